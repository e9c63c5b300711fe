//! The file itself: nothing half-written, nothing lost.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::{Plan, Profile, ProfilesError, Program};

/// More than any configuration has.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// How many links may lead to the file.
const MAX_LINKS: usize = 16;

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The file, behind links.
    pub file: PathBuf,
    /// The copy of what it was; `None` where nothing was changed, or there was no file.
    pub backup: Option<PathBuf>,
    /// Whether it was written.
    pub changed: bool,
    /// The profiles that are in the block.
    pub profiles: Vec<String>,
    /// The profiles that are not, because the file has ones of these names outside of the block.
    pub left_out: Vec<String>,
}

/// Puts the block with these profiles into the configuration at `path`. A file that is as it should be
/// is not touched.
///
/// # Errors
/// [`ProfilesError`]; the file is then as it was.
pub fn write(
    path: &Path,
    profiles: &[Profile],
    program: &Program<'_>,
) -> Result<Outcome, ProfilesError> {
    change(path, |old| Plan::of(old, profiles, program))
}

/// Takes the block out again.
///
/// # Errors
/// [`ProfilesError`]; the file is then as it was.
pub fn remove(path: &Path) -> Result<Outcome, ProfilesError> {
    change(path, Plan::removal)
}

fn change(
    path: &Path,
    plan: impl FnOnce(&[u8]) -> Result<Plan, ProfilesError>,
) -> Result<Outcome, ProfilesError> {
    let file = behind_links(path)?;
    let old = read(&file)?;
    let plan = plan(old.as_deref().unwrap_or_default())?;
    let mut outcome = Outcome {
        file,
        backup: None,
        changed: plan.changed,
        profiles: plan.profiles,
        left_out: plan.left_out,
    };
    if !plan.changed {
        return Ok(outcome);
    }
    if let Some(old) = &old {
        // Beside the link: what it leads to may be in a repository, and backups are not.
        outcome.backup = Some(backup(path, old)?);
    }
    if let Err(error) = replace(&outcome.file, &plan.text, old.as_deref()) {
        // The file is as it was: a copy would only lie about.
        if let Some(backup) = &outcome.backup {
            let _ = fs::remove_file(backup);
        }
        return Err(error);
    }
    Ok(outcome)
}

/// Where links lead, though nothing may be there yet.
fn behind_links(path: &Path) -> Result<PathBuf, ProfilesError> {
    let mut at = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&at) {
            Ok(to) => at = at.parent().unwrap_or(Path::new("")).join(to),
            // No link, or not there: whoever reads it tells which.
            Err(_) => return Ok(at),
        }
    }
    Err(ProfilesError::File { path: path.to_owned(), reason: "is a link that leads nowhere" })
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, ProfilesError> {
    let failed = |source| ProfilesError::Io { what: "read", path: path.to_owned(), source };
    let wrong = |reason| ProfilesError::File { path: path.to_owned(), reason };
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => return Err(wrong("is no file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(failed)?,
    };
    let mut text = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut text).map_err(failed)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(wrong("is too large to be a configuration"));
    }
    Ok(Some(text))
}

/// `config.tenko-backup-20261122T172422Z`, and what makes that new.
fn backup(path: &Path, old: &[u8]) -> Result<PathBuf, ProfilesError> {
    let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".tenko-backup-{time}"));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    for attempt in 0..1_000 {
        let mut name = name.clone();
        if attempt > 0 {
            name.push(format!("-{attempt}"));
        }
        let at = path.with_file_name(name);
        let failed = |source| ProfilesError::Io { what: "write", path: at.clone(), source };
        match options.open(&at) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => {
                let mut file = opened.map_err(failed)?;
                let written = file.write_all(old).and_then(|()| file.sync_all());
                if let Err(error) = written {
                    // Half a copy is worse than none.
                    let _ = fs::remove_file(&at);
                    return Err(failed(error));
                }
                return Ok(at);
            }
        }
    }
    Err(ProfilesError::File { path: path.to_owned(), reason: "has too many backups" })
}

fn replace(path: &Path, new: &[u8], old: Option<&[u8]>) -> Result<(), ProfilesError> {
    let failed = |what, source| ProfilesError::Io { what, path: path.to_owned(), source };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    make_folder(folder).map_err(|error| failed("make the folder of", error))?;
    // Files for a moment are 0600 from the start.
    let mut file = tempfile::Builder::new()
        .prefix(".tenko-")
        .tempfile_in(folder)
        .map_err(|error| failed("write", error))?;
    file.write_all(new).map_err(|error| failed("write", error))?;
    if old.is_some() {
        let mode = fs::metadata(path).map_err(|error| failed("read", error))?.permissions();
        file.as_file().set_permissions(mode).map_err(|error| failed("write", error))?;
    }
    file.as_file().sync_all().map_err(|error| failed("write", error))?;
    if read(path)?.as_deref() != old {
        let reason = "was changed by somebody else meanwhile and is left as it is";
        return Err(ProfilesError::File { path: path.to_owned(), reason });
    }
    file.persist(path).map_err(|error| failed("write", error.error))?;
    // The name is only there for good once the folder is written. Not every file system can do that,
    // and the file is in place.
    #[cfg(unix)]
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(())
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
