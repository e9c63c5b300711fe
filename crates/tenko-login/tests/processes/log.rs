use std::collections::BTreeSet;
use std::time::Instant;

use tenko_login::log::{AccessLog, Entry};

use crate::{AMPLE, all_end, pause, start, task, until};

fn entry(who: String) -> Entry {
    Entry {
        time: "2026-03-01T12:00:00Z".parse().unwrap(),
        event: "session".to_owned(),
        who,
        tenant: "acme".to_owned(),
        environment: "production".to_owned(),
        scope: "aws:333333333301".to_owned(),
        stage: "production".to_owned(),
        identity: None,
        levels: BTreeSet::new(),
        ticket: None,
        proof: None,
        policy: None,
        how: None,
        reason: None,
        expires: None,
    }
}

#[test]
fn two_hundred_processes_append_one_chain() {
    if let Some((task, folder)) = task() {
        until(&folder.join("go"));
        return AccessLog::at(&folder.join("state/access.log")).append(&entry(task)).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "log::two_hundred_processes_append_one_chain";
    let children: Vec<_> =
        (0..200).map(|nth| start(name, &nth.to_string(), folder.path())).collect();
    std::fs::write(folder.path().join("go"), "").unwrap();
    all_end(children);
    let trail = AccessLog::at(&folder.path().join("state/access.log")).read().unwrap();
    assert_eq!((trail.intact, &trail.broken, trail.torn.len()), (200, &None, 0));
    let who: BTreeSet<_> = trail.entries.into_iter().map(|entry| entry.who).collect();
    assert_eq!(who.len(), 200);
}

#[test]
fn writers_that_are_killed_break_no_chain() {
    if let Some((task, folder)) = task() {
        let log = AccessLog::at(&folder.join("access.log"));
        // Long, so that it may be cut off.
        let give_up = Instant::now() + AMPLE;
        for nth in (0..1_000_000).take_while(|_| Instant::now() < give_up) {
            log.append(&entry(format!("{task} {nth} {}", "x".repeat(50_000)))).unwrap();
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let log = AccessLog::at(&folder.path().join("access.log"));
    let mut seen = 0;
    for round in 0..15 {
        let names = ["one", "two"];
        let name = "log::writers_that_are_killed_break_no_chain";
        let writers: Vec<_> = names.iter().map(|task| start(name, task, folder.path())).collect();
        // Some more entries than before, and then somewhere in the middle.
        while log.read().unwrap().entries.len() < seen + 4 {
            pause();
        }
        for mut writer in writers {
            (0..round % 5).for_each(|_| pause());
            writer.kill();
        }
        log.append(&entry("after".to_owned())).unwrap();
        let trail = log.read().unwrap();
        assert_eq!(trail.broken, None, "round {round}");
        assert!(trail.entries.len() > seen + 4, "what had been confirmed is there");
        seen = trail.entries.len();
    }
}
