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

/// What a read-only login may do, and how that compares with AWS's own policies.
#[test]
fn the_login_policy() {
    check("docs/login-policy.md", &tenko::login::policy::page());
}

/// One page for each rule, and a list of them.
#[test]
fn the_rules() {
    let mut index = String::from(
        "# Rules\n\nGenerated from the rules' own files by `cargo xtask generate`; \
         `tenko rules explain RULE` shows the same.\n\n\
         References are evidence for what a framework asks, never a claim of compliance with it.\n\n\
         | rule | severity | clouds | bad state |\n|---|---|---|---|\n",
    );
    let mut names = vec!["README.md".to_owned()];
    for rule in tenko::rule_pages(None) {
        let clouds = if rule.clouds.is_empty() { "all".to_owned() } else { rule.clouds.join(", ") };
        let (id, name, severity) = (&rule.id, &rule.name, rule.severity);
        writeln!(index, "| [{id}]({id}.md) | {severity} | {clouds} | {name} |").unwrap();
        let mut page = format!("# {id}: {name}\n\nSeverity: {severity} · Clouds: {clouds}\n\n");
        if rule.needs_tenants {
            page.push_str("Evaluated only where tenants are declared.\n\n");
        }
        writeln!(page, "{}", rule.doc.trim()).unwrap();
        writeln!(page, "\n## How to fix\n{}", rule.remediation).unwrap();
        if !rule.references.is_empty() {
            writeln!(page, "\n## Evidence for").unwrap();
            for reference in &rule.references {
                writeln!(page, "- {}", reference.in_a_line()).unwrap();
            }
        }
        check(&format!("docs/rules/{id}.md"), &page);
        names.push(format!("{id}.md"));
    }
    check("docs/rules/README.md", &index);
    // A rule that is gone leaves no page.
    for file in std::fs::read_dir(tenko_tests::root().join("docs/rules")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name), "docs/rules/{name} belongs to no rule");
    }
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
