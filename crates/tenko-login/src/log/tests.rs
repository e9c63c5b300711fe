use std::collections::BTreeSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::*;

fn entry(who: &str) -> Entry {
    Entry {
        time: "2026-03-01T12:00:00Z".parse().unwrap(),
        event: "session".to_owned(),
        who: who.to_owned(),
        tenant: "acme".to_owned(),
        environment: "production".to_owned(),
        scope: "aws:333333333301".to_owned(),
        stage: "production".to_owned(),
        identity: None,
        levels: BTreeSet::from(["logs".to_owned()]),
        ticket: Some("OPS-1 \"quoted\",\"hash\":\"x\"}\n\u{1b}[2J".to_owned()),
        proof: None,
        policy: None,
        how: Some("exec".to_owned()),
        reason: None,
        expires: None,
    }
}

struct Fixture {
    _folder: tempfile::TempDir,
    log: AccessLog,
}

impl Fixture {
    fn new(entries: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = AccessLog::at(&folder.path().join("state/tenko/access.log"));
        for nth in 0..entries {
            log.append(&entry(&format!("person {nth}"))).unwrap();
        }
        Self { _folder: folder, log }
    }

    /// As [`new`](Self::new), from a log that was written once: writing takes its time, as it goes to the disk.
    fn copy(entries: usize) -> Self {
        static WRITTEN: LazyLock<Vec<(Vec<u8>, Vec<u8>)>> = LazyLock::new(|| {
            let states = (0..6).map(|entries| {
                let fixture = Fixture::new(entries);
                (
                    fs::read(fixture.log.path()).unwrap_or_default(),
                    fs::read(fixture.head()).unwrap_or_default(),
                )
            });
            states.collect()
        });
        let (fixture, (log, head)) = (Self::new(0), &WRITTEN[entries]);
        private_folder(fixture.log.path().parent().unwrap()).unwrap();
        fixture.put(log);
        fs::write(fixture.head(), head).unwrap();
        fixture
    }

    fn bytes(&self) -> Vec<u8> {
        fs::read(self.log.path()).unwrap()
    }

    fn lines(&self) -> Vec<String> {
        String::from_utf8(self.bytes()).unwrap().lines().map(|line| format!("{line}\n")).collect()
    }

    fn put(&self, bytes: impl AsRef<[u8]>) {
        fs::write(self.log.path(), bytes).unwrap();
    }

    fn head(&self) -> PathBuf {
        self.log.path().with_extension("log.head")
    }

    fn broken(&self) -> Option<(u64, Reason)> {
        self.log.read().unwrap().broken.map(|broken| (broken.line, broken.reason))
    }
}

#[test]
fn what_was_appended_is_read_back() {
    let fixture = Fixture::new(0);
    assert_eq!(fixture.log.read().unwrap(), Trail::default());
    let fixture = Fixture::new(3);
    let trail = fixture.log.read().unwrap();
    assert_eq!((trail.intact, &trail.broken, trail.torn.len()), (3, &None, 0));
    assert_eq!(trail.entries, [entry("person 0"), entry("person 1"), entry("person 2")]);
    let first: serde_json::Value = serde_json::from_str(&fixture.lines()[0]).unwrap();
    assert_eq!(
        (&first["version"], &first["seq"], &first["tenant"]),
        (&1.into(), &1.into(), &"acme".into())
    );
    #[cfg(unix)]
    for path in [fixture.log.path(), &fixture.head()] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn breaks_are_named_with_their_line() {
    let fixture = Fixture::new(4);
    let lines = fixture.lines();
    let without = |nth: usize| {
        lines.iter().enumerate().filter(move |(at, _)| *at != nth).map(|(_, line)| line.as_str())
    };
    let newer = lines[1].replace("\"version\":1", "\"version\":2");
    let long = "x".repeat(3 * line::MOST_BYTES);
    for (content, expected, intact) in [
        (lines.concat().replace("person 1", "person 7"), (2, Reason::Changed), 1),
        (lines.concat().replace("person 3", "person 7"), (4, Reason::Changed), 3),
        (without(1).collect(), (2, Reason::Removed), 1),
        (without(0).collect(), (1, Reason::Removed), 0),
        (without(3).collect(), (4, Reason::EndMissing), 3),
        (String::new(), (1, Reason::EndMissing), 0),
        (
            [&lines[0], &lines[2], &lines[1], &lines[3]].into_iter().cloned().collect(),
            (2, Reason::Reordered),
            1,
        ),
        (
            [&lines[0], &lines[0], &lines[1]].into_iter().cloned().collect(),
            (2, Reason::Reordered),
            1,
        ),
        (lines.concat().trim_end().to_owned(), (4, Reason::CutOff), 3),
        (lines.concat()[..lines.concat().len() - 20].to_owned(), (4, Reason::CutOff), 3),
        (format!("{}\n{}", lines[0], lines[1..].concat()), (2, Reason::NotJson), 1),
        (format!("{}{newer}{}", lines[0], lines[2..].concat()), (2, Reason::UnknownVersion), 1),
        (format!("{}{long}\n{}", lines[0], lines[1..].concat()), (2, Reason::TooLong), 1),
        (format!("{}{long}", lines.concat()), (5, Reason::TooLong), 4),
        (format!("{}{{}}\n", lines.concat()), (5, Reason::Changed), 4),
    ] {
        fixture.put(&content);
        assert_eq!(fixture.broken(), Some(expected), "{}", &content[..content.len().min(3000)]);
        assert_eq!(fixture.log.read().unwrap().intact, intact);
    }
    let different = Fixture::new(1);
    different.log.append(&entry("somebody else")).unwrap();
    fixture.put([&lines[..1], &different.lines()[1..], &lines[2..]].concat().concat());
    assert_eq!(fixture.broken(), Some((3, Reason::Changed)));
}

#[test]
fn the_head_file_shows_what_the_chain_cannot() {
    let fixture = Fixture::new(3);
    let (whole, head) = (fixture.bytes(), fs::read(fixture.head()).unwrap());
    for gone in [fixture.head(), fixture.log.path().to_owned()] {
        fs::remove_file(gone).unwrap();
        assert!(fixture.broken().is_some());
        fixture.put(&whole);
        fs::write(fixture.head(), &head).unwrap();
        assert_eq!(fixture.broken(), None);
    }
    fs::remove_file(fixture.head()).unwrap();
    assert_eq!(fixture.broken(), Some((4, Reason::HeadMissing)));
    for at in 0..head.len() {
        let mut changed = head.clone();
        changed[at] ^= 2;
        fs::write(fixture.head(), changed).unwrap();
        // White space at its end says nothing, and is the one thing that may differ.
        assert!(fixture.broken().is_some() || head[at].is_ascii_whitespace(), "{at}");
    }
    // All of it written anew, with another head: nothing shows that. With the old one, it shows.
    let other = Fixture::new(0);
    for who in ["a", "b", "c"] {
        other.log.append(&entry(who)).unwrap();
    }
    fs::write(fixture.head(), &head).unwrap();
    fixture.put(other.bytes());
    assert_eq!(fixture.broken(), Some((3, Reason::NotAsInHead)));
}

#[test]
fn a_crash_between_the_line_and_the_head_is_no_break() {
    let fixture = Fixture::new(2);
    let head = fs::read(fixture.head()).unwrap();
    fixture.log.append(&entry("third")).unwrap();
    fs::write(fixture.head(), &head).unwrap();
    assert_eq!(fixture.broken(), None);
    fixture.log.append(&entry("fourth")).unwrap();
    let trail = fixture.log.read().unwrap();
    assert_eq!((trail.entries.len(), trail.intact, trail.broken), (4, 4, None));
}

#[test]
fn a_head_that_cannot_be_written_is_caught_up_with_first() {
    let fixture = Fixture::new(2);
    // Something stands where the new head file would be written.
    let obstacle = fixture.log.path().with_extension("log.head.tmp");
    fs::create_dir(&obstacle).unwrap();
    for _ in 0..3 {
        assert!(matches!(fixture.log.append(&entry("again")), Err(LogError::Io { .. })));
        assert_eq!(fixture.broken(), None);
    }
    fs::remove_dir(&obstacle).unwrap();
    fixture.log.append(&entry("now")).unwrap();
    // The first try did write its line, the others did not go on from there.
    assert_eq!((fixture.broken(), fixture.log.read().unwrap().intact), (None, 4));
}

#[test]
fn a_line_that_a_crash_cut_off_is_named_and_the_chain_goes_on() {
    let fixture = Fixture::new(2);
    let (whole, head) = (fixture.bytes(), fs::read(fixture.head()).unwrap());
    fixture.log.append(&entry("third")).unwrap();
    let all = fixture.bytes();
    // All that are special, and some of the others: each takes a dozen fsyncs.
    for end in (whole.len() + 1..all.len())
        .filter(|end| end % 29 == 0 || end + 80 > all.len() && end % 3 == 0 || end + 3 > all.len())
    {
        fixture.put(&all[..end]);
        fs::write(fixture.head(), &head).unwrap();
        assert_eq!(fixture.broken(), Some((3, Reason::CutOff)), "{end}");
        fixture.log.append(&entry("fourth")).unwrap();
        fixture.log.append(&entry("fifth")).unwrap();
        let trail = fixture.log.read().unwrap();
        assert_eq!(trail.broken, None, "{end}");
        if end == all.len() - 1 {
            // All of it was there but the line's end.
            assert_eq!((trail.entries.len(), trail.torn.as_slice()), (5, &[][..]));
        } else {
            let bytes = (end - whole.len() + 1) as u64;
            assert_eq!(
                (trail.entries.len(), trail.torn.as_slice()),
                (4, &[Torn { line: 3, bytes }][..])
            );
        }
        assert_eq!(trail.intact, trail.entries.len());
        // What is left of it is part of what the chain vouches for.
        let mut changed = fixture.bytes();
        changed[whole.len()] ^= 1;
        fixture.put(&changed);
        assert_eq!(fixture.broken().map(|(line, _)| line), Some(3), "{end}");
    }
}

#[test]
fn damage_is_not_covered_up_by_the_next_append() {
    let fixture = Fixture::new(3);
    let (lines, head) = (fixture.lines(), fs::read(fixture.head()).unwrap());
    let all = lines.concat();
    for (content, head, expected) in [
        (lines[..1].concat(), Some(&head), (2, Reason::EndMissing)),
        (String::new(), Some(&head), (1, Reason::EndMissing)),
        (all[..all.len() - 30].to_owned(), Some(&head), (3, Reason::NotJson)),
        (all.replace("person 2", "person 7"), Some(&head), (3, Reason::Changed)),
        (all.replace("person 0", "person 7"), Some(&head), (1, Reason::Changed)),
        (all.clone(), None, (4, Reason::HeadMissing)),
        (format!("{all}{}", "\0".repeat(100)), None, (4, Reason::HeadMissing)),
    ] {
        fixture.put(&content);
        match head {
            Some(head) => fs::write(fixture.head(), head).unwrap(),
            None => fs::remove_file(fixture.head()).unwrap(),
        }
        for _ in 0..3 {
            fixture.log.append(&entry("later")).unwrap();
            assert_eq!(fixture.broken(), Some(expected), "{content}");
        }
        assert!(fixture.bytes().starts_with(content.as_bytes()), "nothing is ever taken away");
    }
}

#[test]
fn what_a_newer_version_wrote_is_left_alone() {
    let fixture = Fixture::new(1);
    let newer = fixture.lines()[0].replace("\"version\":1", "\"version\":2");
    fixture.put(format!("{}{newer}", fixture.lines()[0]));
    let before = fixture.bytes();
    let error = fixture.log.append(&entry("x")).unwrap_err();
    assert!(matches!(error, LogError::UnknownVersion(_)));
    assert!(error.hint().unwrap().contains("update"));
    assert_eq!(fixture.bytes(), before);
}

#[test]
fn fields_of_a_newer_version_are_covered_and_left_out() {
    #[derive(serde::Serialize)]
    struct Newer {
        #[serde(flatten)]
        entry: Entry,
        colour: &'static str,
    }
    let fixture = Fixture::new(1);
    let newer = Newer { entry: entry("newer"), colour: "green" };
    let last = line::read(fixture.lines()[0].trim_end().as_bytes()).unwrap().link();
    let (text, link) = line::of_any(&last, &newer).unwrap();
    fixture.put(format!("{}{text}", fixture.lines()[0]));
    head::write(fixture.log.path(), &link).unwrap();
    assert_eq!(fixture.log.read().unwrap().entries, [entry("person 0"), entry("newer")]);
    assert_eq!(fixture.broken(), None);
    fixture.put(format!("{}{}", fixture.lines()[0], text.replace("green", "brown")));
    assert_eq!(fixture.broken(), Some((2, Reason::Changed)));
}

#[test]
fn what_cannot_be_logged_says_why() {
    let fixture = Fixture::new(1);
    let huge = fixture.log.append(&entry(&"x".repeat(line::MOST_BYTES))).unwrap_err();
    assert!(matches!(huge, LogError::TooLong));
    assert_eq!(fixture.log.read().unwrap().entries.len(), 1);
    let folder = AccessLog::at(fixture.log.path().parent().unwrap());
    assert!(matches!(folder.append(&entry("x")), Err(LogError::NotAFile(_))));
    assert!(matches!(folder.read(), Err(LogError::NotAFile(_))));
    let below = AccessLog::at(&fixture.log.path().join("below"));
    assert!(below.append(&entry("x")).unwrap_err().hint().unwrap().contains("TENKO_STATE_DIR"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let link = AccessLog::at(&fixture.log.path().with_file_name("link"));
        std::os::unix::fs::symlink(fixture.log.path(), link.path()).unwrap();
        assert!(matches!(link.append(&entry("x")), Err(LogError::NotAFile(_))));
        fs::set_permissions(fixture.log.path(), fs::Permissions::from_mode(0o620)).unwrap();
        assert!(matches!(fixture.log.append(&entry("x")), Err(LogError::Writable(_))));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_change_of_any_byte_is_found(entries in 1..6_usize, places in prop::collection::vec((any::<prop::sample::Index>(), 1..=255_u8), 40)) {
        let fixture = Fixture::copy(entries);
        let whole = fixture.bytes();
        for (place, flip) in places {
            let at = place.index(whole.len());
            let mut changed = whole.clone();
            changed[at] ^= flip;
            fixture.put(&changed);
            let line = whole[..at].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            let broken = fixture.log.read().unwrap().broken;
            prop_assert!(broken.as_ref().is_some_and(|broken| broken.line == line), "{at} {flip} {broken:?}");
        }
    }

    #[test]
    fn any_cut_and_anything_put_in_is_found(entries in 1..6_usize, from in any::<prop::sample::Index>(), length in 1..3000_usize, other in prop::collection::vec(any::<u8>(), 1..50)) {
        let fixture = Fixture::copy(entries);
        let whole = fixture.bytes();
        let at = from.index(whole.len());
        let mut cut = whole.clone();
        cut.drain(at..(at + length).min(whole.len()));
        fixture.put(&cut);
        prop_assert!(fixture.broken().is_some());
        let mut longer = whole.clone();
        longer.splice(at..at, other);
        fixture.put(&longer);
        prop_assert!(fixture.broken().is_some());
    }

    #[test]
    fn whatever_lies_there_never_panics_and_is_appended_to(content in prop::collection::vec(any::<u8>(), 1..300), head in prop::collection::vec(any::<u8>(), 0..100)) {
        let fixture = Fixture::copy(1);
        fixture.put(&content);
        fs::write(fixture.head(), &head).unwrap();
        let before = fixture.broken();
        prop_assert!(before.is_some());
        fixture.log.append(&entry("after")).unwrap();
        let trail = fixture.log.read().unwrap();
        prop_assert!(trail.broken.is_some());
        prop_assert_eq!(trail.entries.last(), Some(&entry("after")));
    }
}
