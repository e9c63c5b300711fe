//! `tenko declare`: what documents declare, without a look at any cloud.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use tenko::declare::stacks::{self, read_stack};
use tenko::declare::terraform::{Mappings, Skipped, StateFile, StateInfo, fold, read_state};
use tenko::declare::{
    Diagnostic, IacLocation, IacSource, Level, LocationError, ManifestFile, parse_location,
};
use tenko::messages::english;
use tenko::model::{Arg, Catalog, Claim, Declaration, IacOwner, Message, UnreadCode, msg};
use tenko::report::{Declared, SkippedAddress, json, text};
use tenko::sources::{Reader, Settings};
use tenko::with_causes;

use crate::code;
use crate::commands::{globs, text_options};
use crate::failure::Failure;
use crate::form::Form;
use crate::iac_args::DeclareArgs;
use crate::output::Out;
use crate::{files, setup};

/// What standard input is called.
const INPUT: &str = "standard input";

/// What one document turned out to be.
enum Found {
    Manifest(Arc<str>, Vec<u8>),
    State(Box<StateFile>, Option<IacOwner>),
    Claims(Vec<Claim>, Arc<str>, Vec<Skipped>),
}

/// Shows what the sources declare.
pub(crate) async fn run(args: &DeclareArgs, out: &Out) -> Result<u8, Failure> {
    let mut catalog = setup::catalog()?;
    let types = globs(&args.types)?;
    let mut found = Vec::new();
    let mut declared = Declared::default();
    let mut sources = Vec::new();
    for name in &args.sources {
        if name == "-" {
            let mappings = mappings(&catalog)?;
            let understood = understand(INPUT, &standard_input()?, None, &mappings);
            found.push(understood.map_err(|why| unread(INPUT.into(), None, why)));
        } else if is_snapshot(name) {
            found.push(snapshot(name));
        } else {
            sources.push(source(name)?);
        }
    }
    found.extend(read(&sources, &catalog, out).await?);
    let (mut manifests, mut states) = (Vec::new(), Vec::new());
    for one in found {
        match one {
            Ok(Found::Manifest(name, bytes)) => manifests.push((name, bytes)),
            Ok(Found::State(file, owner)) => states.push((*file, owner)),
            Ok(Found::Claims(claims, file, skipped)) => {
                claims.iter().for_each(|claim| declared.claim(claim, &catalog));
                skipped.into_iter().for_each(|one| skip(&mut declared, &file, one));
            }
            Err(unread) => declared.errors.push(unread),
        }
    }
    match manifest(&manifests, &catalog)? {
        Ok((further, declaration, listed)) => {
            catalog = further;
            for (_, environment) in declaration.environments() {
                environment.expected.iter().for_each(|e| declared.expected(e, &catalog));
            }
            let listed = local(listed, &mut declared);
            for one in read(&listed, &catalog, out).await? {
                match one {
                    Ok(Found::State(file, owner)) => {
                        // The manifest says whose a state is, which its name alone does not.
                        states.retain(|(known, _)| !is_same(&known.name, &file.name));
                        states.push((*file, owner));
                    }
                    Ok(Found::Manifest(file, _) | Found::Claims(_, file, _)) => {
                        let why = in_its_words("it is no Terraform state");
                        declared.errors.push(unread(file, None, why));
                    }
                    Err(unread) => declared.errors.push(unread),
                }
            }
        }
        Err(unread) => declared.errors.extend(unread),
    }
    for (state, owner) in &states {
        uncounted(&mut declared, &state.name, &state.info);
        let gap = state.gap().map(|why| unread(state.name.clone(), owner.clone(), why));
        declared.errors.extend(gap);
    }
    let folded = fold(states);
    folded.claims.iter().for_each(|claim| declared.claim(claim, &catalog));
    folded.skipped.into_iter().for_each(|(file, one)| skip(&mut declared, &file, one));
    if !args.types.is_empty() {
        let before = declared.resources.len();
        declared.resources.retain(|r| types.is_match(r.resource_type.as_str()));
        if declared.resources.is_empty() && before > 0 {
            out.note(&format!("none of the {before} declared resources is of these types"));
        }
    }
    if out.is_json() {
        out.text(&json::text(&json::declared(&declared)))?;
    } else {
        out.text(&text::declared(&declared, &text_options(out)))?;
    }
    Ok(declared.exit_code())
}

/// The files among the sources of a manifest; the others are left out, and it says so.
fn local(listed: Vec<IacSource>, declared: &mut Declared) -> Vec<IacSource> {
    let is_local = |source: &IacSource| matches!(source.location, IacLocation::Path { .. });
    let (local, elsewhere): (Vec<_>, Vec<_>) = listed.into_iter().partition(is_local);
    for source in elsewhere {
        let file = source.place.map(|place| place.file.to_string()).unwrap_or_default();
        let address = source.location.to_string();
        let reason = "not a file: name it as a source of its own to read it".to_owned();
        declared.skipped.push(SkippedAddress { file, address, reason, count: 1 });
    }
    local
}

/// Whether two names are of one file.
fn is_same(one: &str, other: &str) -> bool {
    let real = |name: &str| Path::new(name).canonicalize().ok();
    one == other || real(one).is_some_and(|path| real(other) == Some(path))
}

fn mappings(catalog: &Catalog) -> Result<Mappings, Failure> {
    Mappings::new(catalog)
        .map_err(|error| Failure::new("failed to read the types' mappings").because(error))
}

/// Where a source is, from what a user wrote.
fn source(name: &str) -> Result<IacSource, Failure> {
    let location = parse_location(name).map_err(|error| {
        let hint = match error {
            LocationError::Secret => {
                "list it below `iac` in the manifest, with `token_env`, or `user_env` and \
                 `password_env`, that name environment variables"
                    .to_owned()
            }
            _ => error.help(),
        };
        // What stands before an `@` or after a `?` may be a secret.
        let what = match name.contains(['@', '?']) && name.contains("://") {
            true => "a source cannot be used".to_owned(),
            false => format!("`{name}` is no source"),
        };
        Failure::new(what).because(error).hint(hint)
    })?;
    Ok(IacSource { owner: None, place: None, location })
}

/// Whether a source is a kept snapshot: a file of that kind, or what every other command takes.
fn is_snapshot(name: &str) -> bool {
    let is_id = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'-';
    // Ids of runs begin with the date.
    let is_kept = name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(is_id)
        && !Path::new(name).exists()
        && files::history().find(name).is_ok();
    name.ends_with(tenko::store::EXTENSION) || name == "latest" || is_kept
}

async fn read(
    sources: &[IacSource],
    catalog: &Catalog,
    out: &Out,
) -> Result<Vec<Result<Found, UnreadCode>>, Failure> {
    if sources.is_empty() {
        return Ok(Vec::new());
    }
    let settings = code::settings(sources, None, out).await;
    let reader = Reader::new(settings)
        .map_err(|error| Failure::new("failed to set up the way to the sources").because(error))?;
    let mappings = mappings(catalog)?;
    let understand = move |document: tenko::sources::Document| {
        understand(&document.name, &document.bytes, document.owner, &mappings)
    };
    Ok(reader.read(sources, understand).await)
}

/// A document by its content.
fn understand(
    name: &str,
    bytes: &[u8],
    owner: Option<IacOwner>,
    mappings: &Mappings,
) -> Result<Found, Message> {
    match Form::of(name, bytes) {
        Form::Manifest => Ok(Found::Manifest(name.into(), bytes.to_vec())),
        Form::Stack => {
            let file =
                read_stack(name, bytes).map_err(|error| in_its_words(with_causes(&error)))?;
            Ok(Found::Claims(file.claims, name.into(), file.skipped))
        }
        Form::State => {
            let file = read_state(name, bytes, mappings).map_err(|error| error.wording())?;
            Ok(Found::State(Box::new(file), owner))
        }
        Form::Other(reason) => Err(in_its_words(reason)),
    }
}

/// A reason that is given in English alone.
fn in_its_words(text: impl Into<Arg>) -> Message {
    msg!("as-it-is", text = text)
}

fn unread(file: Arc<str>, owner: Option<IacOwner>, why: Message) -> UnreadCode {
    UnreadCode { file, owner, reason: english(&why), reason_wording: Some(why) }
}

/// The stacks of a snapshot.
fn snapshot(name: &str) -> Result<Found, UnreadCode> {
    let unread = |error: tenko::store::StoreError| {
        unread(name.into(), None, in_its_words(with_causes(&error)))
    };
    let file = Path::new(name);
    let path = if file.is_file() { Ok(file.to_owned()) } else { files::history().find(name) };
    let snapshot = path.and_then(|path| tenko::store::read(&path)).map_err(unread)?;
    Ok(Found::Claims(stacks::claims(&snapshot), name.into(), Vec::new()))
}

fn standard_input() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    // What is larger is refused by whoever reads it.
    let mut input = std::io::stdin().lock().take(Settings::default().max_bytes.saturating_add(1));
    input
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::new("failed to read standard input").because(error))?;
    Ok(bytes)
}

/// What manifests say, and the types that they add.
type Said = (Catalog, Declaration, Vec<IacSource>);

/// The manifests as one, and the sources that they list; or what is wrong with them.
fn manifest(
    files: &[(Arc<str>, Vec<u8>)],
    catalog: &Catalog,
) -> Result<Result<Said, Vec<UnreadCode>>, Failure> {
    if files.is_empty() {
        return Ok(Err(Vec::new()));
    }
    let named: Vec<_> = files.iter().map(|(name, bytes)| ManifestFile { name, bytes }).collect();
    Ok(match tenko::declare::load(&named, catalog) {
        Ok(manifest) => Ok((setup::catalog_for(&manifest)?, manifest.declaration, manifest.iac)),
        Err(errors) => {
            let wrong = errors.0.iter().filter(|one| one.level == Level::Error);
            Err(wrong.map(|one| unread_manifest(one, files)).collect())
        }
    })
}

fn unread_manifest(wrong: &Diagnostic, files: &[(Arc<str>, Vec<u8>)]) -> UnreadCode {
    let place = wrong.place.as_ref();
    let mut reason = match place.filter(|place| place.line > 0) {
        Some(place) => format!("line {}, column {}: {}", place.line, place.column, wrong.message),
        None => wrong.message.clone(),
    };
    if let Some(suggestion) = &wrong.suggestion {
        reason = format!("{reason} ({suggestion})");
    }
    let file = match place {
        Some(place) => place.file.as_str().into(),
        None => files.first().map(|(name, _)| name.clone()).unwrap_or_default(),
    };
    unread(file, None, in_its_words(reason))
}

/// What a state holds besides, in numbers.
fn uncounted(declared: &mut Declared, file: &str, info: &StateInfo) {
    let mut add = |address: String, reason: &str, count: usize| {
        let (file, reason) = (file.to_owned(), reason.to_owned());
        declared.skipped.push(SkippedAddress { file, address, reason, count: count as u64 });
    };
    if info.data_sources > 0 {
        add("data".to_owned(), "data sources declare nothing", info.data_sources);
    }
    for (provider, count) in &info.foreign {
        add(provider.to_string(), "of a provider that tenko does not know", *count);
    }
}

fn skip(declared: &mut Declared, file: &str, one: Skipped) {
    let (file, Skipped { address, reason, .. }) = (file.to_owned(), one);
    declared.skipped.push(SkippedAddress { file, address, reason, count: 1 });
}
