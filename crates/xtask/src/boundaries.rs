//! What each crate must not know, checked from the resolved dependency graph and the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};

const RUNTIME: &[&str] = &["tokio"];
const AWS: &[&str] = &[
    "aws-config",
    "aws-sdk-ec2",
    "aws-sdk-organizations",
    "aws-sdk-s3",
    "aws-sdk-sts",
    "aws-smithy-runtime",
];
const GOOGLE: &[&str] = &[
    "google-cloud-asset-v1",
    "google-cloud-auth",
    "google-cloud-gax",
    "google-cloud-resourcemanager-v3",
    "google-cloud-storage",
];
const TERMINAL: &[&str] = &["clap", "indicatif"];
/// What comes after a provider in the flow of data.
const LATER: &[&str] = &["tenko-declare", "tenko-diff", "tenko-rules"];
/// What is neither a provider's nor a source's affair.
const COMPARING: &[&str] = &["tenko-diff", "tenko-rules", "tenko-report"];
const PROVIDERS: &[&str] = &["tenko-aws", "tenko-gcp"];
const DOUBLES: &[&str] = &["tenko-testkit"];

/// Source text that reads files, the environment or the clock.
const FILES: &[&str] = &["std::fs", "File::open", "File::create"];
const ENVIRONMENT: &[&str] = &["std::env", "env::var"];
const CLOCK: &[&str] = &["SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now"];

struct Rule {
    package: &'static str,
    /// Packages that must not be in its normal dependencies, however deep.
    packages: &'static [&'static [&'static str]],
    /// Text that must not be in its sources.
    sources: &'static [&'static [&'static str]],
}

/// The "must not know" column of ARCHITECTURE.md.
const RULES: &[Rule] = &[
    Rule {
        package: "tenko-core",
        packages: &[RUNTIME, AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT, CLOCK],
    },
    Rule { package: "tenko-aws", packages: &[GOOGLE, LATER, TERMINAL, DOUBLES], sources: &[] },
    Rule { package: "tenko-gcp", packages: &[AWS, LATER, TERMINAL, DOUBLES], sources: &[] },
    Rule {
        package: "tenko-cel",
        packages: &[RUNTIME, AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT, CLOCK],
    },
    Rule {
        package: "tenko-collect",
        packages: &[AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT],
    },
    Rule {
        package: "tenko-declare",
        packages: &[RUNTIME, AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT, CLOCK],
    },
    Rule {
        package: "tenko-diff",
        packages: &[RUNTIME, AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT, CLOCK],
    },
    Rule {
        package: "tenko-export",
        packages: &[RUNTIME, AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT, CLOCK],
    },
    // Runs are kept somewhere; how that place is entered is handed in.
    Rule {
        package: "tenko-history",
        packages: &[AWS, GOOGLE, PROVIDERS, LATER, TERMINAL, DOUBLES],
        sources: &[ENVIRONMENT],
    },
    Rule {
        package: "tenko-iam",
        packages: &[RUNTIME, AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT, CLOCK],
    },
    Rule {
        package: "tenko-jq",
        packages: &[RUNTIME, AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT, CLOCK],
    },
    // Where a login leads is handed in: what was declared, not how it is written.
    Rule {
        package: "tenko-login",
        packages: &[COMPARING, &["tenko-declare"], TERMINAL, DOUBLES],
        sources: &[],
    },
    Rule {
        package: "tenko-messages",
        packages: &[RUNTIME, AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT, CLOCK],
    },
    // It sends what it is given: a report, and whom to tell.
    Rule {
        package: "tenko-notify",
        packages: &[AWS, GOOGLE, PROVIDERS, LATER, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT],
    },
    Rule {
        package: "tenko-rules",
        packages: &[RUNTIME, AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT, CLOCK],
    },
    Rule {
        package: "tenko-schedule",
        packages: &[RUNTIME, AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT, CLOCK],
    },
    Rule {
        package: "tenko-sources",
        packages: &[AWS, GOOGLE, PROVIDERS, COMPARING, TERMINAL, DOUBLES],
        sources: &[],
    },
    Rule {
        package: "tenko-store",
        packages: &[AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[ENVIRONMENT],
    },
    Rule {
        package: "tenko-report",
        packages: &[RUNTIME, AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT, CLOCK],
    },
    Rule {
        package: "tenko-untangle",
        packages: &[RUNTIME, AWS, GOOGLE, TERMINAL, DOUBLES],
        sources: &[FILES, ENVIRONMENT, CLOCK],
    },
    Rule { package: "tenko-testkit", packages: &[AWS, GOOGLE, TERMINAL], sources: &[] },
    Rule { package: "tenko", packages: &[TERMINAL, DOUBLES], sources: &[] },
];

/// Checks every rule; the message lists all that is broken.
pub(crate) fn check() -> Result<(), String> {
    let metadata = MetadataCommand::new()
        .exec()
        .map_err(|error| format!("failed to read the workspace's metadata: {error}"))?;
    let known: BTreeSet<&str> = metadata.packages.iter().map(|p| p.name.as_str()).collect();
    let mut broken = Vec::new();
    for rule in RULES {
        let Some(package) =
            metadata.workspace_packages().into_iter().find(|p| p.name == rule.package)
        else {
            broken.push(format!("the rule names {}, which is not in the workspace", rule.package));
            continue;
        };
        let reached = dependencies(&metadata, &package.id);
        for name in rule.packages.iter().copied().flatten() {
            if !known.contains(name) {
                broken.push(format!(
                    "the rule of {} names {name}, which no longer exists",
                    rule.package
                ));
            } else if let Some(path) = reached.get(name) {
                broken.push(format!("{} must not know {name}: {path}", rule.package));
            }
        }
        let words: Vec<_> = rule.sources.iter().copied().flatten().copied().collect();
        if let Some(folder) = package.manifest_path.parent() {
            scan(folder.join("src").as_std_path(), &words, &mut broken)?;
        }
    }
    if broken.is_empty() {
        Ok(())
    } else {
        Err(format!("boundaries are broken:\n  {}", broken.join("\n  ")))
    }
}

/// Every normal dependency by name, with the path that leads to it.
fn dependencies<'a>(metadata: &'a Metadata, root: &'a PackageId) -> BTreeMap<&'a str, String> {
    let nodes: BTreeMap<_, _> =
        metadata.resolve.iter().flat_map(|r| &r.nodes).map(|n| (&n.id, n)).collect();
    let names: BTreeMap<_, _> =
        metadata.packages.iter().map(|p| (&p.id, p.name.as_str())).collect();
    let mut found: BTreeMap<&str, String> = BTreeMap::new();
    let mut stack = vec![(root, String::new())];
    while let Some((id, path)) = stack.pop() {
        let here = names.get(id).copied().unwrap_or_default();
        let path = if path.is_empty() { here.to_owned() } else { format!("{path} -> {here}") };
        for dep in nodes.get(id).into_iter().flat_map(|n| &n.deps) {
            let normal = dep.dep_kinds.iter().any(|k| k.kind == DependencyKind::Normal);
            let name = names.get(&dep.pkg).copied().unwrap_or_default();
            if normal && !found.contains_key(name) {
                found.insert(name, format!("{path} -> {name}"));
                stack.push((&dep.pkg, path.clone()));
            }
        }
    }
    found
}

/// Looks for forbidden words outside of comments and test modules.
fn scan(folder: &Path, words: &[&str], broken: &mut Vec<String>) -> Result<(), String> {
    let fail = |error| format!("failed to read {}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if path.is_dir() {
            scan(&path, words, broken)?;
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| format!("failed to read {}: {error}", path.display()))?;
            // A whole file of tests says so at its top.
            let code = text.split("#![cfg(test)]").next().unwrap_or_default();
            let code = code.split("#[cfg(test)]").next().unwrap_or_default();
            for (number, line) in code.lines().enumerate() {
                let line = line.split("//").next().unwrap_or_default();
                for word in words.iter().filter(|word| line.contains(**word)) {
                    broken.push(format!("{}:{}: must not use {word}", path.display(), number + 1));
                }
            }
        }
    }
    Ok(())
}
