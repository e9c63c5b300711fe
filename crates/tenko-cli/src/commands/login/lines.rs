//! What commands write that run side by side: shown line by line, each behind where it is from, or kept.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use tenko::report::visible;

/// What is kept of one command's output and of its errors, for JSON; more is cut off, and said to be.
const MOST: usize = 16 << 20;

/// The same of all commands together.
pub(super) const MOST_OF_ALL: usize = 256 << 20;

/// What came out of a command.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) bytes: Vec<u8>,
    /// Whether that is not all.
    pub(super) cut: bool,
}

impl Kept {
    /// The beginning of what came: once something is left out, so is the rest.
    fn add(&mut self, line: &[u8], room: &AtomicUsize) {
        let fits = |left: usize| left.checked_sub(line.len());
        self.cut = self.cut
            || self.bytes.len() + line.len() > MOST
            || room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_err();
        if !self.cut {
            self.bytes.extend_from_slice(line);
        }
    }
}

/// Reads to the end: shown line by line with a prefix, or kept without one.
pub(super) fn pass(
    from: Option<impl Read>,
    prefix: Option<&str>,
    terminal: &Mutex<()>,
    room: &AtomicUsize,
    error: bool,
) -> Kept {
    let mut kept = Kept::default();
    let Some(from) = from else { return kept };
    let is_terminal = match error {
        true => std::io::stderr().is_terminal(),
        false => std::io::stdout().is_terminal(),
    };
    let mut lines = BufReader::new(from);
    let mut line = Vec::new();
    loop {
        line.clear();
        // A line without an end is shown in pieces.
        match (&mut lines).take(1 << 20).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return kept,
            Ok(_) => {}
        }
        match prefix {
            Some(prefix) => {
                let text = prefixed(prefix, &line, is_terminal);
                let _turn = terminal.lock().unwrap_or_else(PoisonError::into_inner);
                show(&text, error);
            }
            None => kept.add(&line, room),
        }
    }
}

/// A line behind what says where it is from. On a terminal nothing in the line acts: what comes out of an account could
/// otherwise move the cursor and write another environment's name.
fn prefixed(prefix: &str, line: &[u8], is_terminal: bool) -> Vec<u8> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let mut text = Vec::with_capacity(prefix.len() + line.len() + 1);
    text.extend_from_slice(prefix.as_bytes());
    if is_terminal {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = String::from_utf8_lossy(line);
        let cells: Vec<_> = line.split('\t').map(visible).collect();
        text.extend_from_slice(cells.join("\t").as_bytes());
    } else {
        text.extend_from_slice(line);
    }
    text.push(b'\n');
    text
}

fn show(text: &[u8], error: bool) {
    // A closed output is no reason to stop the others.
    let _ = if error {
        std::io::stderr().lock().write_all(text)
    } else {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(text).and_then(|()| stdout.flush())
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_something_is_left_out_so_is_the_rest() {
        let room = AtomicUsize::new(10);
        let mut kept = Kept::default();
        for line in ["first\n", "much longer\n", "c\n"] {
            kept.add(line.as_bytes(), &room);
        }
        assert_eq!((kept.bytes.as_slice(), kept.cut), (&b"first\n"[..], true));
        // What one left, others have.
        let mut other = Kept::default();
        other.add(b"d\n", &room);
        other.add(b"e\n", &room);
        other.add(b"f\n", &room);
        assert_eq!((other.bytes.as_slice(), other.cut), (&b"d\ne\n"[..], true));
    }

    #[test]
    fn no_output_can_pass_for_that_of_another_environment() {
        let hostile = b"\x1b[1A\rglobex/staging | a\tb \xff\r\n";
        let shown = prefixed("acme/production | ", hostile, true);
        let shown = String::from_utf8(shown).unwrap();
        assert_eq!(shown, "acme/production | \\u{1b}[1A\\u{d}globex/staging | a\tb \u{fffd}\n");
        // A file gets what the command wrote.
        assert_eq!(prefixed("x | ", b"\x1b[1m\xff", false), b"x | \x1b[1m\xff\n");
    }

    #[test]
    fn output_is_read_to_its_end() {
        let (terminal, room) = (Mutex::new(()), AtomicUsize::new(MOST_OF_ALL));
        let text = vec![b'x'; 3 << 20];
        let kept = pass(Some(text.as_slice()), None, &terminal, &room, false);
        assert_eq!((kept.bytes.len(), kept.cut), (text.len(), false));
        let text = vec![b'x'; MOST + 1];
        let kept = pass(Some(text.as_slice()), None, &terminal, &room, false);
        assert!(kept.cut && kept.bytes.len() <= MOST);
        assert!(pass(None::<&[u8]>, None, &terminal, &room, true).bytes.is_empty());
    }
}
