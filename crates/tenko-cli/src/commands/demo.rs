//! `tenko demo`: the real pipeline on a simulated organization.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use tenko::collect::CancellationToken;
use tenko::declare::{IacSource, ManifestFile};
use tenko::history::RunHistory;
use tenko::model::Redactor;
use tenko::sources::Document;
use tenko_testkit::demo;

use crate::args::{DemoArgs, LimitArgs};
use crate::commands::report::keep_and_show;
use crate::failure::Failure;
use crate::output::Out;
use crate::progress::Progress;
use crate::report_args::SuppressionArgs;
use crate::shown::Shown;
use crate::{files, runs, setup};

/// What names a proxy to the HTTP clients.
const PROXIES: [&str; 6] =
    ["ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "https_proxy", "http_proxy"];

/// The demo talks to itself, and a proxy that the environment names would stand in between. A process cannot safely
/// change its own environment, so where there is one, the demo runs in a child that has none. `None`: there is none.
pub(crate) fn past_proxies() -> Option<ExitCode> {
    PROXIES.iter().find_map(std::env::var_os)?;
    let mut child = std::process::Command::new(std::env::current_exe().ok()?);
    child.args(std::env::args_os().skip(1));
    for name in PROXIES {
        child.env_remove(name);
    }
    again(child)
}

/// In this process, so that signals are its own and nothing is left behind. It only comes back where that fails.
#[cfg(unix)]
fn again(mut child: std::process::Command) -> Option<ExitCode> {
    let _failed = std::os::unix::process::CommandExt::exec(&mut child);
    None
}

#[cfg(not(unix))]
fn again(mut child: std::process::Command) -> Option<ExitCode> {
    let code = child.status().ok()?.code().and_then(|code| u8::try_from(code).ok());
    Some(ExitCode::from(code.unwrap_or(1)))
}

/// Serves the organization on loopback and audits it.
///
/// As text it is a tour and ends with 0; in other formats it ends with the code that `tenko audit`
/// would.
pub(crate) async fn run(
    args: &DemoArgs,
    out: &Out,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    let shown = Shown::beside(&args.show, args.out.as_deref())?;
    let catalog = setup::catalog()?;
    let text = demo::manifest();
    let file = ManifestFile { name: demo::MANIFEST_NAME, bytes: text.as_bytes() };
    let mut manifest = tenko::declare::load(&[file], &catalog)
        .map_err(|errors| Failure::new(format!("the demo's manifest cannot be used\n{errors}")))?;
    if let Some(folder) = &args.out {
        // Of an earlier tour into this folder.
        let beside = [folder.join(demo::MANIFEST_NAME)];
        runs::suppress(&mut manifest, &SuppressionArgs::default(), &beside, &catalog)?;
    }
    let demo = demo::start().await.map_err(|error| {
        Failure::new("failed to serve the simulated organization").because(error)
    })?;
    if args.serve {
        return serve(args, text, &demo, out, cancel).await;
    }
    let history = match &args.out {
        Some(folder) => {
            let history = RunHistory::local(&folder.join(runs::FOLDER)).map_err(runs::failure)?;
            history.check_writable().await.map_err(runs::failure)?;
            Some(history)
        }
        None => None,
    };
    // Nothing here is secret, and two runs into one folder are to be compared.
    let redactor = Redactor::new([0; 32]);
    let aws = tenko::aws_provider(&manifest.aws)
        .redactor(redactor.clone())
        .endpoint_url(demo.url())
        .static_credentials(demo.access_key_id(), demo.secret_access_key())
        .load()
        .await
        .map_err(|error| Failure::new("failed to set up the AWS provider").because(error))?;
    let google = tenko::google_provider(&manifest.google)
        .redactor(redactor)
        .endpoint_url(demo.google_url())
        .credentials_file(demo.google_credentials())
        .load()
        .await
        .map_err(|error| {
            Failure::new("failed to set up the Google Cloud provider").because(error)
        })?;
    let code = tenko::code_of(documents(&manifest.iac), &catalog);
    let progress = Arc::new(Progress::new(out.quiet));
    // The simulated organization has nobody to be considerate of.
    let limits = LimitArgs { rate_share: 1.0, ..LimitArgs::default() };
    let audit = setup::build(
        setup::builder(&limits, Some(manifest), progress, cancel)
            .provider(Arc::new(aws))
            .provider(Arc::new(google)),
    )?;
    let snapshot = audit.collect().await;
    let mut place = None;
    if let Some(folder) = &args.out {
        place = Some(keep(folder, text, &snapshot)?);
    }
    let compared = audit.compare_with(snapshot, code);
    let mut document = compared.document;
    if let Some(place) = place {
        document = document.with_snapshot(place);
    }
    let code = keep_and_show(document, history.as_ref(), &shown, out).await?;
    if !shown.is_text() {
        return Ok(code);
    }
    if let Some(folder) = &args.out {
        out.note(&format!(
            "kept in {}: try `tenko diff demo.tenko.zst` or `tenko report` there, and `tenko show`, `tenko adopt`, \
             `tenko parity` and `tenko untangle initech` with `-s demo.tenko.zst`",
            folder.display()
        ));
    }
    out.note("this organization is simulated; `tenko scopes` calls the roll of your own");
    Ok(0)
}

/// Keeps the organization there, for other commands.
async fn serve(
    args: &DemoArgs,
    manifest: &str,
    demo: &demo::Demo,
    out: &Out,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    // All services of both: nothing that is tried with these may reach a real cloud.
    let (aws, google) = (demo.url(), demo.google_variables());
    let file = demo.google_credentials().display().to_string();
    let mut text = String::new();
    for (name, value) in [
        ("AWS_ENDPOINT_URL", aws.as_str()),
        ("AWS_ACCESS_KEY_ID", demo.access_key_id()),
        ("AWS_SECRET_ACCESS_KEY", demo.secret_access_key()),
        ("AWS_REGION", demo.region()),
        ("TENKO_SIGNIN_ENDPOINT", &format!("{aws}/federation")),
        ("GOOGLE_APPLICATION_CREDENTIALS", &file),
    ]
    .into_iter()
    .chain(google.iter().map(|(name, url)| (name.as_str(), url.as_str())))
    {
        // The file is where TMPDIR says.
        text.push_str(&format!("export {name}='{}'\n", value.replace('\'', r"'\''")));
    }
    if let Some(folder) = &args.out {
        write_documents(folder, manifest)?;
        files::write_text(&folder.join("demo.env"), &text)?;
        out.note(&format!(
            "serving until Ctrl-C; in another shell: cd {}; . ./demo.env; tenko login \
             globex/staging",
            folder.display()
        ));
    } else {
        out.text(&text)?;
        out.note("serving until Ctrl-C; --out DIR also writes the manifest that leads there");
    }
    cancel.cancelled().await;
    Ok(0)
}

/// What the manifest lists, from inside this program: the demo has no folder.
fn documents(sources: &[IacSource]) -> Vec<Document> {
    let document = |source: &IacSource| {
        let listed = source.location.to_string();
        let (name, text) = demo::states().into_iter().find(|(name, _)| *name == listed)?;
        Some(Document { name: name.into(), owner: source.owner.clone(), bytes: text.into() })
    };
    sources.iter().filter_map(document).collect()
}

/// Writes the manifest, the states and the snapshot, so that the other commands can be tried offline.
fn keep(
    folder: &Path,
    manifest: &str,
    snapshot: &tenko::model::Snapshot,
) -> Result<String, Failure> {
    write_documents(folder, manifest)?;
    let path = folder.join("demo.tenko.zst");
    files::save(snapshot, Some(&path))?;
    Ok(path.display().to_string())
}

fn write_documents(folder: &Path, manifest: &str) -> Result<(), Failure> {
    for (name, text) in [(demo::MANIFEST_NAME, manifest)].into_iter().chain(demo::states()) {
        let path = folder.join(name);
        let home = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(home).map_err(|error| {
            Failure::new(format!("failed to make the folder {}", home.display())).because(error)
        })?;
        files::write_text(&path, text)?;
    }
    Ok(())
}
