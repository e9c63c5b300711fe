//! What expressions say of a resource, and why they say nothing.

mod common;

use common::{evaluate, now, scope, tenant};
use serde_json::{Value, json};
use tenko_cel::{Expression, Facts, Over};
use tenko_core::{Environment, Scope};

fn attributes() -> Value {
    json!({
        "Versioning": {"Status": "Suspended"},
        "Size": 3,
        "Ratio": 0.5,
        "Large": u64::MAX,
        "Open": true,
        "Quote": "a\"b\u{e9}",
        "Rules": [{"Port": 22, "Cidr": "0.0.0.0/0"}, {"Port": 443, "Sources": ["a", "b"]}],
        "Nulls": [null, 1],
        "x.y": {"z w": 1},
        "Created": "2026-02-01T00:00:00Z",
    })
}

#[test]
fn what_is_true() {
    for text in [
        "resource.cloud == \"aws\" && resource.account == \"222222222222\"",
        "resource.region == \"eu-central-1\" && resource.type == \"AWS::S3::Bucket\"",
        "resource.id == \"logs\" && resource.name == \"\" && !has(resource.name)",
        "has(resource.id) && has(resource.created_at) && has(resource.tags)",
        "!resource.made_by_provider",
        "resource.created_at == timestamp(\"2026-01-01T00:00:00Z\")",
        "now - resource.created_at > duration(\"1000h\")",
        "now - timestamp(resource.attributes.Created) == duration(\"684h\")",
        "now.getFullYear() == 2026 && now.getHours(\"Europe/Berlin\") == 13",
        "scope.id == \"222222222222\" && scope.name == \"acme-prod\" && scope.cloud == \"aws\"",
        "scope.kind == \"account\" && scope.status == \"pending_closure\" && !scope.management",
        "scope.parent == \"ou-1\" && scope.path == [\"Root\", \"acme-prod\"] && scope.path[0] == \"Root\"",
        "scope.tags.team == \"web\" && \"team\" in scope.tags && has(scope.tags.team)",
        "environment.tenant == \"acme\" && environment.name == \"prod\"",
        "environment.stage == \"production\" && environment.owner == \"ops@acme.example\"",
        "environment != null && has(environment.owner)",
        "resource.tags.owner == \"ops\" && resource.tags[\"cost-center\"] == \"42\"",
        "int(resource.tags[\"cost-center\"]) > 41",
        "\"owner\" in resource.tags && has(resource.tags.owner) && !(\"stage\" in resource.tags)",
        "size(resource.tags) == 2 && resource.tags.exists(key, key.startsWith(\"cost\"))",
        "resource.tags == {\"owner\": \"ops\", \"cost-center\": \"42\"}",
        "{\"cost-center\": \"42\", \"owner\": \"ops\"} == resource.tags",
        "resource.attributes.Versioning.Status != \"Enabled\"",
        "resource.attributes[\"Versioning\"].Status == \"Suspended\"",
        "resource.attributes[\"x.y\"][\"z w\"] == 1",
        "has(resource.attributes.Size) && !has(resource.attributes.Other)",
        "has(resource.attributes.Versioning.Status) && !has(resource.attributes.Versioning.X)",
        "\"Size\" in resource.attributes && !(\"Other\" in resource.attributes)",
        "resource.attributes.Size == 3 && resource.attributes.Size == 3.0",
        "resource.attributes.Ratio < 1 && resource.attributes.Large > 1",
        "resource.attributes.Open",
        "resource.attributes.Quote == \"a\\\"b\\u00e9\"",
        "resource.attributes.Rules.exists(r, r.Port == 22 && r.Cidr == \"0.0.0.0/0\")",
        "resource.attributes.Rules.filter(r, has(r.Sources)).size() == 1",
        "resource.attributes.Rules.map(r, r.Port) == [22, 443]",
        "[22, 443] == resource.attributes.Rules.map(r, r.Port)",
        "resource.attributes.Rules.map(r, r.Port > 22, r.Port) == [443]",
        "resource.attributes.Rules.exists_one(r, r.Port == 443)",
        "resource.attributes.Rules.all(r, r.Port in [22, 443])",
        "resource.attributes.Rules[1].Sources == [\"a\", \"b\"]",
        "\"b\" in resource.attributes.Rules[1].Sources",
        "resource.attributes.Rules[size(resource.attributes.Rules) - 1].Port == 443",
        "resource.attributes.Nulls[0] == null",
        "size(resource.attributes) == 10 && resource.attributes.exists(k, k == \"Size\")",
        "resource.id.matches(\"^lo.s$\") && matches(resource.id, \"g\")",
        "type(resource.attributes.Size) == int && type(resource.id) == string",
        // An error beside what decides is no error, as CEL has it.
        "true || resource.attributes.Other == 1",
        "resource.attributes.Other == 1 || true",
    ] {
        assert_eq!(evaluate(text, &attributes()), Ok(true), "{text}");
        assert_eq!(evaluate(&format!("!({text})"), &attributes()), Ok(false), "{text}");
    }
}

#[test]
fn why_there_is_no_answer() {
    for (text, expected) in [
        (
            "resource.attributes.Other == 1",
            "the resource has no attribute `Other`; ask first: `has(resource.attributes.Other)`",
        ),
        (
            "resource.attributes.Versioning.MFA == 1",
            "the resource has no attribute `Versioning.MFA`; ask first: \
             `has(resource.attributes.Versioning.MFA)`",
        ),
        (
            "has(resource.attributes.Other.Part)",
            "the resource has no attribute `Other`; ask first: `has(resource.attributes.Other)`",
        ),
        (
            "resource.tags.stage == \"x\"",
            "the resource has no tag `stage`; ask first: `\"stage\" in resource.tags`",
        ),
        (
            "scope.tags[\"stage\"] == \"x\"",
            "the account or project has no tag `stage`; ask first: `\"stage\" in scope.tags`",
        ),
        (
            "resource.attributes.Rules[2].Port == 1",
            "the resource has no attribute `Rules[2]`; ask first for the `size(...)` of the list",
        ),
        ("resource.attributes.Rules[size(resource.tags)].Port == 1", "the list has no element 2"),
        (
            "resource.attributes.Size.Unit == 1",
            "the attribute `Size` is a number and has no members",
        ),
        (
            "resource.attributes.Rules.Port == 1",
            "the attribute `Rules` is a list and has no members",
        ),
        (
            "resource.attributes.Rules.all(r, r.Cidr != \"x\")",
            "there is no key `Cidr`; ask first: `has(x.Cidr)` or `\"Cidr\" in x`",
        ),
        ("resource.attributes.Size > \"3\"", "`>` cannot be used on a number and text"),
        ("resource.attributes.Size + \"3\" == \"33\"", "`+` cannot be used on a number and text"),
        (
            "resource.attributes.Size.startsWith(\"3\")",
            "`startsWith` cannot be used on a number, text",
        ),
        ("size(resource.attributes.Size) > 1", "`size` cannot be used on a number"),
        (
            "resource.attributes.Size.exists(x, true)",
            "a list or a map is needed, and there is a number",
        ),
        ("resource.attributes.Size", "the expression is a number, not true or false"),
        ("!resource.attributes.Size", "true or false is needed, and there is a number"),
        ("resource.attributes.Size && true", "`&&` cannot be used on a number and true or false"),
        ("3 in resource.attributes.Size", "`in` cannot be used on a number and a number"),
        ("1 / (resource.attributes.Size - 3) > 0", "a number is divided by zero"),
        ("resource.attributes.Size + 9223372036854775807 > 0", "a number becomes too large"),
        (
            "resource.id.matches(resource.attributes.Versioning.Status + \"(\")",
            "`matches` failed: the pattern cannot be read: unclosed group",
        ),
        ("timestamp(resource.id) > now", "`timestamp` failed: premature end of input"),
    ] {
        let error = evaluate(text, &attributes()).unwrap_err().to_string();
        assert_eq!(error, expected, "{text}");
    }
}

#[test]
fn what_is_not_known_of_an_account() {
    let account = Scope { parent: None, ..scope() };
    let facts =
        Facts { resource: None, scope: Some(&account), path: &[], environments: &[], now: now() };
    let evaluate = |text: &str| Expression::compile(text, Over::Scope).unwrap().evaluate(&facts);
    assert_eq!(evaluate("environment == null && !has(environment.stage)"), Ok(true));
    assert_eq!(evaluate("scope.parent == \"\" && scope.path.size() == 0"), Ok(true));
    assert_eq!(evaluate("environment != null && environment.stage == \"x\""), Ok(false));
    assert_eq!(
        evaluate("environment.stage == \"x\"").unwrap_err().to_string(),
        "the account or project belongs to no environment; ask first: `environment != null`"
    );
}

#[test]
fn several_environments_say_what_they_agree_on() {
    let (account, tenant) = (scope(), tenant());
    let prod = tenant.environments.first().unwrap();
    let staging = Environment {
        name: "staging".to_owned(),
        stage: Some("staging".to_owned()),
        ..prod.clone()
    };
    let facts = Facts {
        resource: None,
        scope: Some(&account),
        path: &[],
        environments: &[(&tenant, prod), (&tenant, &staging)],
        now: now(),
    };
    let evaluate = |text: &str| Expression::compile(text, Over::Scope).unwrap().evaluate(&facts);
    assert_eq!(evaluate("environment == null"), Ok(false));
    assert_eq!(evaluate("environment != null && environment.tenant == \"acme\""), Ok(true));
    assert_eq!(evaluate("environment.owner == \"ops@acme.example\""), Ok(true));
    for text in ["environment.stage == \"production\"", "has(environment.stage)"] {
        assert_eq!(
            evaluate(text).unwrap_err().to_string(),
            "the account or project belongs to several environments, and `stage` is not the same \
             in all of them",
            "{text}"
        );
    }
}

const DIGEST: &str = "redacted:0123456789abcdef0123456789abcdef";

fn hidden() -> Value {
    json!({
        "Password": DIGEST,
        "Environment": {"Variables": {"PLAIN": "x", "TOKEN": DIGEST}},
        "Keys": ["a", DIGEST],
        "Users": [{"Name": "one", "Password": DIGEST}, {"Name": "two"}],
        "Note": "redacted: no digest",
    })
}

#[test]
fn what_is_hidden_has_no_answer() {
    for (text, what) in [
        ("resource.attributes.Password != \"x\"", "the value of `Password`"),
        ("\"x\" == resource.attributes.Password", "the value of `Password`"),
        ("resource.attributes.Password.startsWith(\"redacted\")", "the value of `Password`"),
        ("resource.attributes.Password.Part == 1", "the value of `Password`"),
        ("has(resource.attributes.Password.Part)", "the value of `Password`"),
        (
            "resource.attributes.Environment.Variables.TOKEN != \"x\"",
            "the value of `Environment.Variables.TOKEN`",
        ),
        (
            "resource.attributes.Environment.Variables == {\"PLAIN\": \"x\", \"TOKEN\": \"y\"}",
            "the value of `TOKEN`",
        ),
        ("resource.attributes.Keys[1] == \"b\"", "the value of `Keys[1]`"),
        ("resource.attributes.Keys != [\"a\", \"b\"]", "a value that it reads"),
        ("\"b\" in resource.attributes.Keys", "a value that it reads"),
        ("resource.attributes.Password in [\"b\"]", "the value of `Password`"),
        ("resource.attributes.Keys.exists(k, \"b\" == k)", "a value that it reads"),
        ("resource.attributes.Keys.exists(k, \"b\" < k)", "a value that it reads"),
        ("resource.attributes.Keys.exists(k, k > \"b\")", "a value that it reads"),
        ("resource.attributes.Keys.exists(k, k + \"b\" == \"bb\")", "a value that it reads"),
        ("resource.attributes.Keys.exists(k, \"b\" + k == \"bb\")", "a value that it reads"),
        ("resource.attributes.Keys.exists(k, k.contains(\"b\"))", "a value that it reads"),
        ("resource.attributes.Keys.exists(k, \"b\".contains(k))", "a value that it reads"),
        ("resource.attributes.Keys.exists(k, size(k) > 1)", "a value that it reads"),
        ("resource.attributes.Keys.exists(k, type(k) != string)", "a value that it reads"),
        ("resource.attributes.Keys.exists(k, k in [\"b\"])", "a value that it reads"),
        ("resource.attributes.Keys.exists(k, k in {\"b\": 1})", "a value that it reads"),
        ("resource.attributes.Keys.exists(k, \"b\" in k)", "a value that it reads"),
        (
            "resource.attributes.Keys.exists(k, k != \"a\" && {\"b\": 1}[k] == 1)",
            "a value that it reads",
        ),
        ("resource.attributes.Keys.exists(k, k != \"a\" && has(k.b))", "a value that it reads"),
        ("resource.attributes.Keys.map(k, {k: 1}).size() == 3", "a value that it reads"),
        (
            "resource.attributes.Users.exists(u, has(u.Password) && u.Password == \"x\")",
            "the value of `Password`",
        ),
    ] {
        let answer = evaluate(text, &hidden()).map_err(|error| error.to_string());
        assert_eq!(answer, Err(format!("{what} is hidden")), "{text}");
    }
}

#[test]
fn what_stands_beside_the_hidden_is_read() {
    for text in [
        "has(resource.attributes.Password) && \"Password\" in resource.attributes",
        "has(resource.attributes.Environment.Variables.TOKEN)",
        "\"TOKEN\" in resource.attributes.Environment.Variables",
        "!(\"OTHER\" in resource.attributes.Environment.Variables)",
        "resource.attributes.Environment.Variables.exists(k, k == \"TOKEN\")",
        "resource.attributes.Environment.Variables.PLAIN == \"x\"",
        "resource.attributes.Environment.Variables != {\"PLAIN\": \"x\"}",
        "size(resource.attributes.Keys) == 2 && resource.attributes.Keys != [\"a\"]",
        "\"a\" in resource.attributes.Keys && resource.attributes.Keys[0] == \"a\"",
        "resource.attributes.Keys.all(k, k != null)",
        "resource.attributes.Users.exists(u, u.Name == \"two\" && !has(u.Password))",
        "resource.attributes.Users.filter(u, has(u.Password)).map(u, u.Name) == [\"one\"]",
        "resource.attributes.Note == \"redacted: no digest\"",
        // An error beside what decides is no error.
        "resource.attributes.Password == \"x\" || true",
    ] {
        assert_eq!(evaluate(text, &hidden()), Ok(true), "{text}");
    }
}
