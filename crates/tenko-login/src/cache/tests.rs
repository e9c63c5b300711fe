use std::convert::Infallible;
use std::sync::atomic::AtomicUsize;

use super::*;

fn given() -> KeyChoice {
    KeyChoice::Given(Zeroizing::new([3; 32]))
}

fn bytes(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(text.as_bytes().to_vec())
}

async fn get(cache: &Cache, key: &CacheKey, text: &str) -> String {
    let got = cache
        .get_or(key, |_| true, false, async { Ok::<_, Infallible>(bytes(text)) })
        .await
        .unwrap();
    String::from_utf8(got.to_vec()).unwrap()
}

#[test]
fn names_depend_on_every_part() {
    let names: std::collections::HashSet<_> =
        [&["a", "b"][..], &["ab"], &["a", "", "b"], &["b", "a"], &[]]
            .iter()
            .map(|parts| CacheKey::new(parts).name())
            .collect();
    assert_eq!(names.len(), 5);
    assert!(names.iter().all(|name| CacheKey::is_name(name)));
    assert!(!CacheKey::is_name("../../etc/passwd"));
}

#[tokio::test]
async fn what_was_made_is_found_by_another_process_with_the_key_alone() {
    let folder = tempfile::tempdir().unwrap();
    let key = CacheKey::new(&["a"]);
    let open = |key| Cache::open(folder.path(), key);
    assert_eq!(get(&open(given()), &key, "one").await, "one");
    assert_eq!(get(&open(given()), &key, "two").await, "one");
    assert_eq!(get(&open(given()), &CacheKey::new(&["b"]), "three").await, "three");
    // Another key: as good as not there. It is sealed anew.
    assert_eq!(get(&open(KeyChoice::Given(Zeroizing::new([4; 32]))), &key, "four").await, "four");
    assert_eq!(get(&open(given()), &key, "five").await, "five");
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(!content.windows(4).any(|four| four == b"five"));
    }
    assert_eq!(open(given()).clear().unwrap(), 2);
    assert_eq!(get(&open(given()), &key, "six").await, "six");
}

#[tokio::test]
async fn who_cannot_wait_long_makes_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let key = CacheKey::new(&["a"]);
    let slow = Cache::open(folder.path(), given());
    let never = slow.get_or(&key, |_| true, false, std::future::pending::<Result<_, Infallible>>());
    let short = Cache::open(folder.path(), given()).waiting(Duration::from_millis(50));
    tokio::select! {
        biased;
        _ = never => unreachable!(),
        got = tokio::time::timeout(Duration::from_secs(60), get(&short, &key, "own")) => {
            assert_eq!(got.unwrap(), "own");
        }
    }
}

#[tokio::test]
async fn what_is_not_good_or_not_wanted_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    for cache in
        [Cache::open(folder.path(), given()), Cache::open(folder.path(), KeyChoice::Memory)]
    {
        let key = CacheKey::new(&["a"]);
        assert_eq!(get(&cache, &key, "old").await, "old");
        let made = cache.get_or(&key, |found| found != b"old", false, async {
            Ok::<_, Infallible>(bytes("new"))
        });
        assert_eq!(made.await.unwrap().as_slice(), b"new");
        let made =
            cache.get_or(&key, |_| true, true, async { Ok::<_, Infallible>(bytes("fresh")) });
        assert_eq!(made.await.unwrap().as_slice(), b"fresh");
        assert_eq!(get(&cache, &key, "late").await, "fresh");
        let failed = cache.get_or(&key, |_| false, false, async { Err("no network") }).await;
        assert_eq!(failed, Err("no network"));
        // Whoever is less demanding still gets what is there.
        assert_eq!(get(&cache, &key, "late").await, "fresh");
        cache.forget(&key);
        assert_eq!(get(&cache, &key, "after").await, "after");
        assert_eq!(cache.clear().unwrap(), 1);
        assert_eq!(cache.clear().unwrap(), 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threads_share_one_maker_and_go_on_when_it_fails() {
    let folder = tempfile::tempdir().unwrap();
    for choice in [given(), KeyChoice::Memory] {
        let cache = Arc::new(Cache::open(folder.path(), choice));
        let (key, tries) = (CacheKey::new(&["shared"]), Arc::new(AtomicUsize::new(0)));
        let all: Vec<_> = (0..40)
            .map(|_| {
                let (cache, tries) = (cache.clone(), tries.clone());
                tokio::spawn(async move {
                    let make = async {
                        let nth = tries.fetch_add(1, Ordering::SeqCst);
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        if nth < 3 { Err(nth) } else { Ok(bytes(&nth.to_string())) }
                    };
                    cache.get_or(&key, |_| true, false, make).await
                })
            })
            .collect();
        let mut failed = 0;
        for one in all {
            match one.await.unwrap() {
                Ok(got) => assert_eq!(got.as_slice(), b"3"),
                Err(_) => failed += 1,
            }
        }
        assert_eq!((failed, tries.load(Ordering::SeqCst)), (3, 4));
        cache.clear().unwrap();
    }
}

#[tokio::test]
async fn a_turn_that_is_dropped_is_let_go_and_entries_can_nest() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), given());
    let key = CacheKey::new(&["a"]);
    let never =
        cache.get_or(&key, |_| true, false, std::future::pending::<Result<_, Infallible>>());
    assert!(tokio::time::timeout(Duration::from_millis(50), never).await.is_err());
    let outer = cache.get_or(&key, |_| true, false, async {
        let key = CacheKey::new(&["hub"]);
        let hub = cache.get_or(&key, |_| true, false, async { Ok::<_, Infallible>(bytes("hub")) });
        Ok::<_, Infallible>(bytes(&format!(
            "{} session",
            std::str::from_utf8(&hub.await?).unwrap()
        )))
    });
    assert_eq!(outer.await.unwrap().as_slice(), b"hub session");
}

#[tokio::test(start_paused = true)]
async fn a_process_that_has_stopped_does_not_hold_others_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path(), given());
    let key = CacheKey::new(&["a"]);
    let _held = cache.folder.as_ref().unwrap().try_lock(&key).unwrap().unwrap();
    let started = Instant::now();
    assert_eq!(get(&cache, &key, "own").await, "own");
    assert!(started.elapsed() >= WAIT && started.elapsed() < WAIT * 2);
}

#[tokio::test]
async fn what_cannot_be_written_is_shared_within_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sessions");
    let cache = Cache::open(&path, given());
    let key = CacheKey::new(&["a"]);
    std::fs::remove_dir_all(&path).unwrap();
    std::fs::write(&path, "a file now").unwrap();
    assert_eq!(get(&cache, &key, "one").await, "one");
    assert_eq!(get(&cache, &key, "two").await, "one");
    let huge = "x".repeat(seal::MOST_BYTES + 1);
    let other = Cache::open(&folder.path().join("other"), given());
    assert_eq!(get(&other, &key, &huge).await, huge);
    assert_eq!(get(&other, &key, "two").await, huge);
}

#[test]
fn states_say_what_is_kept_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let sealed = Cache::open(folder.path(), given()).state();
    assert!(sealed.is_shared() && sealed.hint().is_none());
    assert_eq!(
        sealed.to_string(),
        format!(
            "sessions are kept sealed in {}, their key in TENKO_CACHE_KEY",
            folder.path().display()
        )
    );
    let asked = Cache::open(folder.path(), KeyChoice::Memory).state();
    assert_eq!(
        (asked.to_string().as_str(), asked.hint()),
        ("sessions are kept in this process only", None)
    );
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let unfit = Cache::open(&file, given()).state();
    assert!(!unfit.is_shared() && unfit.hint().unwrap().contains("TENKO_CACHE_DIR"), "{unfit}");
    let passed = |place, reason: &str| PassedOver { place, reason: reason.to_owned() };
    let passed_over = vec![
        passed(KeyPlace::SecretService, "there is no session bus"),
        passed(KeyPlace::KernelKeyring, "denied"),
    ];
    assert_eq!(
        CacheState::NoKey { passed_over }.to_string(),
        "sessions are kept in this process only: there is no keyring for their key \
         (the Secret Service: there is no session bus; the kernel's keyring: denied)"
    );
    assert!(CacheState::BadKey.hint().unwrap().contains("64 hexadecimal digits"));
    assert!(format!("{:?}", KeyChoice::from_hex(&[b'7'; 64]).unwrap()).contains("hidden"));
    assert!(KeyChoice::from_hex(b"7").is_none());
}
