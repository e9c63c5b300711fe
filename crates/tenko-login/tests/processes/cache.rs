use std::convert::Infallible;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tenko_login::cache::{Cache, CacheKey, KeyChoice};
use zeroize::Zeroizing;

use crate::{AMPLE, all_end, pause, start, task, until};

fn open(folder: &Path) -> Cache {
    Cache::open(&folder.join("sessions"), KeyChoice::from_hex(&[b'a'; 64]).unwrap())
}

fn key() -> CacheKey {
    CacheKey::new(&["acme", "production"])
}

/// A line in a file, written with one call: what is counted afterwards.
fn note(path: &Path, line: &str) {
    let mut file = fs::File::options().append(true).create(true).open(path).unwrap();
    file.write_all(format!("{line}\n").as_bytes()).unwrap();
}

fn lines(path: &Path) -> Vec<String> {
    fs::read_to_string(path).unwrap_or_default().lines().map(str::to_owned).collect()
}

#[tokio::main(flavor = "current_thread")]
async fn run<T>(future: impl Future<Output = T>) -> T {
    future.await
}

/// Gets the entry, and writes down if this process had to make it, and what it got.
fn get(folder: &Path) {
    let me = std::process::id().to_string();
    let cache = open(folder);
    let made = run(cache.get_or(&key(), |_| true, false, async {
        note(&folder.join("made"), &me);
        tokio::time::sleep(Duration::from_millis(100)).await;
        Ok::<_, Infallible>(Zeroizing::new(me.clone().into_bytes()))
    }));
    note(&folder.join("got"), std::str::from_utf8(&made.unwrap()).unwrap());
}

#[test]
fn fifty_processes_make_one_session() {
    if let Some((task, folder)) = task() {
        note(&folder.join("ready"), &task);
        until(&folder.join("go"));
        return get(&folder);
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "cache::fifty_processes_make_one_session";
    let children: Vec<_> = (0..50).map(|_| start(name, "get", folder.path())).collect();
    while lines(&folder.path().join("ready")).len() < 50 {
        pause();
    }
    fs::write(folder.path().join("go"), "").unwrap();
    all_end(children);
    let made = lines(&folder.path().join("made"));
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(lines(&folder.path().join("got")), vec![made[0].clone(); 50]);
}

#[test]
fn a_maker_that_is_killed_lets_the_next_one_make_it() {
    if let Some((task, folder)) = task() {
        if task == "get" {
            note(&folder.join("ready"), &task);
            return get(&folder);
        }
        let cache = open(&folder);
        drop(run(cache.get_or(&key(), |_| true, false, async {
            note(&folder.join("making"), &task);
            tokio::time::sleep(AMPLE).await;
            Err("nobody has killed this process")
        })));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "cache::a_maker_that_is_killed_lets_the_next_one_make_it";
    let mut hangs = start(name, "hang", folder.path());
    until(&folder.path().join("making"));
    let waits: Vec<_> = (0..3).map(|_| start(name, "get", folder.path())).collect();
    while lines(&folder.path().join("ready")).len() < 3 {
        pause();
    }
    // They have got to the lock by then, or will find it held all the same.
    (0..100).for_each(|_| pause());
    assert!(lines(&folder.path().join("made")).is_empty(), "somebody did not wait");
    hangs.kill();
    all_end(waits);
    assert_eq!(lines(&folder.path().join("made")).len(), 1);
    assert_eq!(lines(&folder.path().join("got")).len(), 3);
}

/// Large, so that writing takes its time; whole, if all bytes are the same.
fn content(nth: u8) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(vec![nth; 200_000])
}

/// The one entry's file.
fn sealed(folder: &Path) -> PathBuf {
    let files = fs::read_dir(folder.join("sessions")).unwrap().map(|file| file.unwrap().path());
    let mut sealed = files.filter(|path| path.extension().is_some_and(|end| end == "sealed"));
    sealed.next().unwrap()
}

#[test]
fn a_writer_that_is_killed_leaves_the_old_or_the_new_entry() {
    if let Some((_, folder)) = task() {
        let cache = open(&folder);
        let give_up = Instant::now() + AMPLE;
        for nth in (0..=u8::MAX).cycle().take_while(|_| Instant::now() < give_up) {
            let made = async { Ok::<_, Infallible>(content(nth)) };
            run(cache.get_or(&key(), |_| true, true, made)).unwrap();
            if nth == 1 {
                note(&folder.join("wrote"), "");
            }
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "cache::a_writer_that_is_killed_leaves_the_old_or_the_new_entry";
    for round in 0..40 {
        let mut writer = start(name, "write", folder.path());
        until(&folder.path().join("wrote"));
        // Somewhere else in the middle of it each time; and nobody ever sees a part.
        let until = Instant::now() + Duration::from_millis(2 * (round % 9));
        while Instant::now() < until {
            assert!(fs::metadata(sealed(folder.path())).unwrap().len() > 200_000);
        }
        writer.kill();
        fs::remove_file(folder.path().join("wrote")).unwrap();
        let cache = open(folder.path());
        let never = async { Err::<Zeroizing<Vec<u8>>, _>("there was none") };
        let found = run(cache.get_or(&key(), |_| true, false, never)).unwrap();
        assert_eq!(*found, *content(found[0]), "round {round}");
    }
    // The lock is free, and what is left of unfinished files is in nobody's way.
    let cache = open(folder.path());
    run(cache.get_or(&key(), |_| true, true, async { Ok::<_, Infallible>(content(7)) })).unwrap();
    assert_eq!(cache.clear().unwrap(), 1);
    let left = fs::read_dir(folder.path().join("sessions")).unwrap();
    let left: Vec<_> =
        left.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(left.iter().all(|name| name.ends_with(".lock")), "{left:?}");
}
