//! Files, folders and globs.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use tenko_core::{Arg, Message, msg};
use walkdir::WalkDir;

use crate::reason;

/// Deeper folders are an error: no layout of states needs them.
const MAX_DEPTH: usize = 64;
/// More entries than this are somebody's whole disk, named by mistake.
const MAX_ENTRIES: usize = 1_000_000;
/// What states are called below a folder.
const STATES: [&str; 2] = [".tfstate", ".tfstate.gz"];
/// Where Terraform keeps its own things: its `terraform.tfstate` is no state but a backend's
/// settings.
const OWN_FOLDER: &str = ".terraform";

/// What a pattern stands for: a file, or why there is none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) unread: Option<Message>,
}

impl Found {
    fn unread(path: impl Into<PathBuf>, reason: Message) -> Vec<Self> {
        vec![Self { path: path.into(), unread: Some(reason) }]
    }
}

/// Whether a file's or object's name is that of a state.
pub(crate) fn is_state(name: &str) -> bool {
    STATES.iter().any(|end| name.ends_with(end))
}

/// Whether a text is more than a name.
pub(crate) fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{', '\\'])
}

/// A glob in which a star stops at a slash.
pub(crate) fn glob(text: &str) -> Result<GlobMatcher, Message> {
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    glob.map(|glob| glob.compile_matcher())
        .map_err(|error| msg!("code-glob", error = Arg::text(error.kind())))
}

/// The files that a pattern stands for, sorted; never nothing.
pub(crate) fn expand(base: &Path, pattern: &str) -> Vec<Found> {
    let path = base.join(pattern);
    match fs::metadata(&path) {
        Ok(data) if data.is_dir() => {
            let all = walk(&path, MAX_DEPTH, false, &|name| is_state(&name.to_string_lossy()));
            if all.is_empty() { Found::unread(path, msg!("code-folder-nothing")) } else { all }
        }
        Ok(_) => vec![Found { path, unread: None }],
        Err(_) if is_glob(pattern) => matches(base, pattern),
        Err(error) => Found::unread(path, reason::of_io(&error)),
    }
}

fn matches(base: &Path, pattern: &str) -> Vec<Found> {
    let shown = base.join(pattern);
    // What comes before the first star is a folder; only the rest has to be matched.
    let mut parts: VecDeque<Component<'_>> = Path::new(pattern).components().collect();
    let mut root = base.to_owned();
    while let Some(part) = parts.front().filter(|p| !is_glob(&p.as_os_str().to_string_lossy())) {
        root.push(part);
        parts.pop_front();
    }
    let tail: PathBuf = parts.iter().collect();
    let tail = tail.to_string_lossy().into_owned();
    let matcher = match glob(&tail) {
        Ok(matcher) => matcher,
        Err(reason) => return Found::unread(shown, reason),
    };
    let folder = if root.as_os_str().is_empty() { Path::new(".") } else { &root };
    if let Err(error) = fs::metadata(folder) {
        let (folder, why) = (Arg::text(folder.display()), reason::of_io(&error));
        return Found::unread(shown, msg!("code-folder", folder = folder, why = why));
    }
    let depth = if tail.contains("**") || tail.contains('{') { MAX_DEPTH } else { parts.len() };
    let all = walk(folder, depth, tail.contains(OWN_FOLDER), &|path| matcher.is_match(path));
    if !all.is_empty() {
        return all;
    }
    Found::unread(shown, msg!("code-glob-nothing"))
}

/// The files below a folder whose path from there fits, and what could not be looked at.
fn walk(folder: &Path, depth: usize, own: bool, fits: &dyn Fn(&Path) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    let walk = WalkDir::new(folder).follow_links(true).max_depth(depth.min(MAX_DEPTH) + 1);
    let entries = walk.sort_by_file_name().into_iter().filter_entry(move |entry| {
        own || entry.depth() == 0 || !entry.file_type().is_dir() || entry.file_name() != OWN_FOLDER
    });
    for (count, entry) in entries.enumerate() {
        if count >= MAX_ENTRIES {
            found.extend(Found::unread(folder, msg!("code-folder-many", n = MAX_ENTRIES)));
            break;
        }
        match entry {
            Ok(entry) if entry.depth() > depth => {
                if depth == MAX_DEPTH && entry.file_type().is_dir() {
                    let reason = msg!("code-folder-deep", n = MAX_DEPTH);
                    found.extend(Found::unread(entry.path(), reason));
                }
            }
            Ok(entry) => {
                let inner = entry.path().strip_prefix(folder).unwrap_or(entry.path());
                if !entry.file_type().is_dir() && fits(inner) {
                    // The folder in which one stands goes without saying.
                    let path = entry.path().strip_prefix(".").unwrap_or(entry.path());
                    // Opening a pipe would wait for whoever writes into it.
                    let unread = (!entry.file_type().is_file()).then(|| msg!("code-file-special"));
                    found.push(Found { path: path.to_owned(), unread });
                }
            }
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                let reason = match error.io_error() {
                    Some(io) => reason::of_io(io),
                    None => msg!("code-folder-loop"),
                };
                // A link to nowhere that is no state is nobody's business.
                let inner = path.strip_prefix(folder).unwrap_or(&path);
                if path.is_dir() || error.io_error().is_none() || fits(inner) {
                    found.extend(Found::unread(path, reason));
                }
            }
        }
    }
    found
}

/// The content of a file.
pub(crate) fn read(path: &Path, max: u64) -> Result<Vec<u8>, Message> {
    let of_io = |error: std::io::Error| reason::of_io(&error);
    let file = File::open(path).map_err(of_io)?;
    let data = file.metadata().map_err(of_io)?;
    if data.is_dir() {
        return Err(msg!("code-file-folder"));
    }
    if data.len() > max {
        return Err(reason::too_large(max));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(data.len()).unwrap_or_default());
    // A pipe, and a file that grows, tell no length.
    file.take(max.saturating_add(1)).read_to_end(&mut bytes).map_err(of_io)?;
    if bytes.len() as u64 > max { Err(reason::too_large(max)) } else { Ok(bytes) }
}
