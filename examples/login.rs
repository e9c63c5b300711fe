//! A tool that runs a command in every environment of a stage, with a read-only session each.
//!
//! ```sh
//! cargo run -p tenko-examples --example login -- tenants.yaml staging aws sts get-caller-identity
//! ```
//!
//! Credentials, region and endpoints come from the environment, as for the clouds' own tools.

use std::error::Error;
use std::process::Command;

use tenko::declare::ManifestFile;
use tenko::login::cache::Cache;
use tenko::login::log::AccessLog;
use tenko::login::{Ask, Login, Targets, child};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (Some(path), Some(stage), Some(program)) = (args.next(), args.next(), args.next()) else {
        return Err("usage: login MANIFEST STAGE COMMAND...".into());
    };
    let args: Vec<String> = args.collect();
    let bytes = std::fs::read(&path)?;
    let manifest =
        tenko::declare::load(&[ManifestFile { name: &path, bytes: &bytes }], &tenko::catalog()?)?;

    // Sessions are kept sealed for the next time, and each is recorded.
    let log = AccessLog::from_environment().ok_or("there is no folder for the access log")?;
    let login = Login::new(manifest.declaration.login.clone(), Cache::from_environment(), log);
    let targets = Targets::of(&manifest.declaration, None);
    for target in targets.many(&[format!("stage={stage}")], None)? {
        // Nothing but `Login::session` makes a session, and it proves each before it is given out.
        let session = match login.session(target, &Ask::default()).await {
            Ok(session) => session,
            Err(error) => {
                println!("{target}: no session: {error}");
                continue;
            }
        };
        println!("{target}: {}", session.proof());
        let changes = child::changes(&session)?;
        let mut command = Command::new(&program);
        command.args(&args);
        changes.apply(&mut command);
        println!("{target}: {}", command.status()?);
    }
    Ok(())
}
