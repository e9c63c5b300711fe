//! `tenko schedule`: what runs audits on its own.

use crate::tool::Tool;

const KINDS: [(&str, &[&str]); 4] = [
    ("github-actions", &["github-actions.yml"]),
    ("kubernetes", &["kubernetes.yaml"]),
    ("systemd", &["tenko.service", "tenko.timer"]),
    ("eventbridge", &["eventbridge-fargate.yaml"]),
];

const MANIFEST: &str = "\
version: 1
tenants: { acme: { environments: { production: { scopes: [\"222222222222\"] } } } }
report:
  timezone: Europe/Berlin
  history: s3://acme-audit/tenko
  slack: ACME_WEBHOOK
  github: { repository: acme/infrastructure, label: tenko }
  schedule:
    at: \"06:40\"
    aws_role: arn:aws:iam::111111111111:role/TenkoAudit
    aws_region: eu-central-1
    image: registry.example.com/tenko:0.1.0
";

#[test]
fn without_a_manifest_what_it_would_say_is_to_be_filled_in() {
    let tool = Tool::new();
    for (kind, files) in KINDS {
        let ran = tool.ends(0, &["schedule", kind]);
        assert!(ran.stderr.contains("there is no manifest here"), "{}", ran.stderr);
        for file in files {
            let alone = files.len() == 1 || ran.stdout.contains(&format!("# {file}\n"));
            assert!(alone, "{kind}: {}", ran.stdout);
        }
        assert!(ran.stdout.contains("tenko audit"), "{kind}: {}", ran.stdout);
        if kind != "systemd" {
            assert!(ran.stdout.contains("CHANGE-ME"), "{kind}: {}", ran.stdout);
        }
    }
    assert!(tool.files().is_empty() && !tool.path(".tenko").exists());
    tool.fails(&["invalid value 'cron'", "kubernetes"], &["schedule", "cron"]);
    tool.fails(&["<KIND>"], &["schedule"]);
}

#[test]
fn what_the_manifest_says_is_filled_in() {
    let tool = Tool::new().env("ACME_WEBHOOK", "https://hooks.slack.com/services/secret");
    tool.write("tenants.yaml", MANIFEST);
    for (kind, files) in KINDS {
        let ran = tool.ends(0, &["schedule", kind]);
        assert_eq!(ran.stderr, "", "{kind}");
        assert!(ran.stdout.contains("ACME_WEBHOOK"), "{kind}: {}", ran.stdout);
        assert!(!ran.stdout.contains("hooks.slack.com"), "{kind}: a secret");
        let own: &[&str] = match kind {
            "github-actions" => &["role/TenkoAudit", "eu-central-1", "cron: \"40 "],
            "kubernetes" => &["role/TenkoAudit", "\"40 6 * * *\"", "Europe/Berlin", "tenko:0.1.0"],
            "systemd" => &["06:40", "Europe/Berlin"],
            _ => &["cron(40 6", "Europe/Berlin", "registry.example.com/tenko:0.1.0"],
        };
        for word in own {
            assert!(ran.stdout.contains(word), "{kind}: no {word}:\n{}", ran.stdout);
        }
        // The same in files, of which none is replaced.
        let folder = format!("of-{kind}");
        let written = tool.ends(0, &["schedule", kind, "--out", &folder]);
        let mut whole = String::new();
        for file in files {
            let name = format!("{folder}/{file}");
            assert!(written.stdout.contains(&format!("{name}\n")), "{}", written.stdout);
            if files.len() > 1 {
                whole.push_str(&format!("# {file}\n"));
            }
            whole.push_str(&tool.read(&name));
        }
        assert_eq!(whole, ran.stdout, "{kind}");
        let last = format!("{folder}/{}", files[files.len() - 1]);
        tool.write(&last, "mine");
        for file in &files[..files.len() - 1] {
            std::fs::remove_file(tool.path(&format!("{folder}/{file}"))).unwrap();
        }
        let words = [&format!("{last} is there already"), "name another folder"];
        tool.fails(&words, &["schedule", kind, "--out", &folder]);
        assert_eq!(tool.read(&last), "mine");
        let left = std::fs::read_dir(tool.path(&folder)).unwrap().count();
        assert_eq!(left, 1, "{kind}: all files or none");
    }
    tool.write("tenants.yaml", MANIFEST.replace("06:40", "25:00"));
    tool.fails(&["the manifest cannot be used", "tenants.yaml:"], &["schedule", "systemd"]);
    tool.fails(&["failed to read gone.yaml"], &["schedule", "systemd", "-f", "gone.yaml"]);
}
