//! Generated files are fresh. `cargo xtask generate` writes them anew.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::fmt::Write;

use tenko::aws::policy;
use tenko::model::{AttrPath, Catalog, Cloud, ReachKind, TypeInfo};

fn check(path: &str, current: &str) {
    let file = tenko_tests::root().join(path);
    if std::env::var_os("TENKO_UPDATE").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, current).unwrap();
    }
    let stored = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(stored == current, "{path} is stale: run `cargo xtask generate`");
}

fn catalog() -> Catalog {
    tenko::catalog().unwrap()
}

#[test]
fn the_catalogue() {
    let catalog = catalog();
    let mut page = String::from(
        "# Resource types\n\nGenerated from the types' own files by `cargo xtask generate`; \
         `tenko types` shows the same.\n\n| type | what | listed | permissions |\n|---|---|---|---|\n",
    );
    for info in catalog.iter() {
        let name = info.resource_type.as_str();
        let anchor: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
        let reach = match info.reach {
            ReachKind::Global if info.cloud == Cloud::gcp() => "per project",
            ReachKind::Global => "per account",
            ReachKind::Regional => "per region",
        };
        let permissions = info.permissions.len();
        writeln!(page, "| [`{name}`](#{anchor}) | {} | {reach} | {permissions} |", info.title)
            .unwrap();
    }
    for info in catalog.iter() {
        section(&mut page, info);
    }
    check("docs/types.md", &page);
}

fn section(page: &mut String, info: &TypeInfo) {
    write!(page, "\n## {}\n\n{}: {}\n\n", info.resource_type, info.title, info.doc.trim()).unwrap();
    let list = |paths: &[AttrPath]| {
        paths.iter().map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ")
    };
    let compared: Vec<_> = info.compared().map(|name| format!("`{name}`")).collect();
    writeln!(page, "- Compared: {}", compared.join(", ")).unwrap();
    if !info.ignored.is_empty() {
        writeln!(page, "- Shown, not compared: {}", list(&info.ignored)).unwrap();
    }
    if !info.sensitive.is_empty() {
        writeln!(page, "- Redacted at collection: {}", list(&info.sensitive)).unwrap();
    }
    let permissions: Vec<_> = info.permissions.iter().map(|p| format!("`{p}`")).collect();
    writeln!(page, "- Permissions: {}", permissions.join(", ")).unwrap();
}

#[test]
fn the_policies() {
    let text = |value: &serde_json::Value| serde_json::to_string_pretty(value).unwrap() + "\n";
    let aws = tenko::aws::catalog().unwrap();
    check("docs/policy-member.json", &text(&policy::least_privilege_policy(&aws)));
    let role = tenko::gcp::policy::role(catalog().iter());
    check("docs/role-gcp.json", &text(&serde_json::to_value(role).unwrap()));
    check(
        "docs/policy-caller.json",
        &text(&policy::caller_policy(tenko::aws::DEFAULT_ROLE, false)),
    );
}

#[test]
fn the_rules() {
    let mut page =
        String::from("# Rules\n\nGenerated from the rules' own files by `cargo xtask generate`.\n");
    for rule in tenko::rules::rules() {
        write!(page, "\n## {}: {}\n\nSeverity: {}\n\n", rule.id, rule.name, rule.severity).unwrap();
        writeln!(page, "{}", rule.page().trim()).unwrap();
        writeln!(page, "\n**Remediation.** {}", rule.remediation).unwrap();
        if !rule.references.is_empty() {
            let references: Vec<_> =
                rule.references.iter().map(|r| format!("{} {}", r.framework, r.id)).collect();
            writeln!(page, "\nEvidence for: {}", references.join("; ")).unwrap();
        }
    }
    check("docs/rules.md", &page);
}

/// What the README shows must be what the reader accepts.
#[test]
fn the_manifest_of_the_readme() {
    let readme = std::fs::read_to_string(tenko_tests::root().join("README.md")).unwrap();
    let text = readme.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let file = tenko::declare::ManifestFile { name: "README.md", bytes: text.as_bytes() };
    let manifest = tenko::declare::load(&[file], &catalog()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(manifest.warnings, []);
    assert_eq!(manifest.declaration.environments().count(), 2);
}
