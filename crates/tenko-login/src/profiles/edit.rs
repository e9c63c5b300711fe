//! The new text of a configuration file from the old one. Bytes in, bytes out: what is outside of
//! the block is kept as it is, whatever it is.

use std::collections::BTreeSet;
use std::ops::Range;

use super::quote::quoted;
use super::{Profile, ProfilesError, Program};

const BEGIN: &str = "# BEGIN tenko";
const END: &str = "# END tenko";
const ABOUT: &str = " (written by `tenko profiles --write`; changes between these lines are lost)";

/// What a file would become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The whole new text.
    pub text: Vec<u8>,
    /// Whether that differs from the old one.
    pub changed: bool,
    /// The profiles that are in the block.
    pub profiles: Vec<String>,
    /// The profiles that are not, because the file has ones of these names outside of the block.
    pub left_out: Vec<String>,
}

impl Plan {
    /// The block with these profiles, in place of the one that is there or at the end.
    ///
    /// # Errors
    /// [`ProfilesError::Markers`] and [`ProfilesError::Path`].
    pub fn of(
        old: &[u8],
        profiles: &[Profile],
        program: &Program<'_>,
    ) -> Result<Self, ProfilesError> {
        let (before, block, after) = parts(old)?;
        let mut names: BTreeSet<String> = profile_sections(before).collect();
        names.extend(profile_sections(after));
        let (kept, left_out): (Vec<&Profile>, Vec<&Profile>) =
            profiles.iter().partition(|profile| !names.contains(&profile.name));
        let end = line_end(&[before, after].concat());
        let mut new = render(&kept, program, end)?;
        // A file without a last line end keeps it that way, and the line end before the block is then
        // the block's: so taking the block out gives back the very file.
        let lead: &[u8] = match block {
            Some(block) if block.ends_with(b"\n") => b"",
            Some(block) => leading_line_end(block),
            None if before.is_empty() || before.ends_with(b"\n") => b"",
            None if before.ends_with(b"\r") => b"\r\n",
            None => end.as_bytes(),
        };
        let is_last = block.map_or(!lead.is_empty(), |block| !block.ends_with(b"\n"));
        if is_last {
            new.truncate(new.len() - end.len());
        }
        let text = [before, lead, new.as_bytes(), after].concat();
        let names = |profiles: Vec<&Profile>| {
            profiles.into_iter().map(|profile| profile.name.clone()).collect()
        };
        Ok(Self { changed: text != old, text, profiles: names(kept), left_out: names(left_out) })
    }

    /// The file without the block.
    ///
    /// # Errors
    /// [`ProfilesError::Markers`].
    pub fn removal(old: &[u8]) -> Result<Self, ProfilesError> {
        let (before, _, after) = parts(old)?;
        let text = [before, after].concat();
        Ok(Self { changed: text != old, text, profiles: Vec::new(), left_out: Vec::new() })
    }
}

fn render(
    profiles: &[&Profile],
    program: &Program<'_>,
    end: &str,
) -> Result<String, ProfilesError> {
    let mut lines = vec![format!("{BEGIN}{ABOUT}")];
    let path = |path: &std::path::Path| {
        let wrong =
            |reason| ProfilesError::Path { path: path.to_string_lossy().into_owned(), reason };
        let text = path.to_str().ok_or_else(|| wrong("it is not Unicode"))?;
        if path.is_absolute() || program.platform != super::Platform::HERE {
            quoted(text, program.platform)
        } else {
            Err(wrong("it is not absolute"))
        }
    };
    let (tenko, manifest) = (path(program.tenko)?, path(program.manifest)?);
    for profile in profiles {
        let selector = quoted(&profile.selector, program.platform)?;
        lines.push(format!("[profile {}]", profile.name));
        lines.push(format!(
            "credential_process = {tenko} credentials --manifest {manifest} {selector}"
        ));
        if let Some(region) =
            profile.region.as_deref().filter(|region| !region.chars().any(char::is_control))
        {
            lines.push(format!("region = {region}"));
        }
    }
    lines.push(END.to_owned());
    lines.push(String::new());
    Ok(lines.join(end))
}

/// What is before the block, the block, and what is after it.
type Parts<'a> = (&'a [u8], Option<&'a [u8]>, &'a [u8]);

/// Looks for the block. A block that a file without a last line
/// end was given has the line end before it, too.
fn parts(text: &[u8]) -> Result<Parts<'_>, ProfilesError> {
    let mut begin: Option<Range<usize>> = None;
    let mut block: Option<Range<usize>> = None;
    for (number, range) in lines(text).enumerate() {
        let line = text.get(range.clone()).unwrap_or_default();
        let wrong = |reason| Err(ProfilesError::Markers { line: number + 1, reason });
        if is_marker(line, BEGIN) {
            if begin.is_some() || block.is_some() {
                return wrong("a second `# BEGIN tenko`");
            }
            begin = Some(range);
        } else if is_marker(line, END) {
            let Some(begin) = begin.take() else {
                return wrong("`# END tenko` without its beginning");
            };
            block = Some(begin.start..range.end);
        }
    }
    if let Some(begin) = begin {
        let before = text.get(..begin.start).unwrap_or_default();
        let line = lines(before).count() + 1;
        return Err(ProfilesError::Markers { line, reason: "`# BEGIN tenko` without its end" });
    }
    let Some(mut block) = block else { return Ok((text, None, &[])) };
    let get = |range: Range<usize>| text.get(range).unwrap_or_default();
    if !get(block.clone()).ends_with(b"\n") {
        let before = get(0..block.start);
        let line_end =
            if before.ends_with(b"\r\n") { 2 } else { usize::from(before.ends_with(b"\n")) };
        block.start -= line_end;
    }
    Ok((get(0..block.start), Some(get(block.clone())), get(block.end..text.len())))
}

/// How the lines of a text end: as the first does.
fn line_end(text: &[u8]) -> &'static str {
    let first = text.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    if first.ends_with(b"\r\n") { "\r\n" } else { "\n" }
}

fn leading_line_end(block: &[u8]) -> &'static [u8] {
    match block {
        [b'\r', b'\n', ..] => b"\r\n",
        [b'\n', ..] => b"\n",
        _ => b"",
    }
}

/// The ranges of all lines, with their ends.
fn lines(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    text.split_inclusive(|byte| *byte == b'\n').scan(0, |at, line| {
        let start = *at;
        *at += line.len();
        Some(start..*at)
    })
}

fn is_marker(line: &[u8], marker: &str) -> bool {
    let rest = line.trim_ascii().strip_prefix(marker.as_bytes());
    rest.is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_whitespace))
}

/// The names between brackets, as they stand.
pub(super) fn sections(text: &[u8]) -> impl Iterator<Item = String> {
    lines(text).filter_map(|range| {
        let line = String::from_utf8_lossy(text.get(range)?).into_owned();
        let (name, _) = line.trim().strip_prefix('[')?.split_once(']')?;
        Some(name.trim().to_owned())
    })
}

/// The profiles of a configuration file.
fn profile_sections(text: &[u8]) -> impl Iterator<Item = String> {
    sections(text).filter_map(|section| {
        let name = section.strip_prefix("profile")?;
        let name =
            name.strip_prefix(|char: char| char.is_whitespace() || matches!(char, '"' | '\''))?;
        Some(name.trim().trim_matches(['"', '\'']).to_owned())
    })
}
