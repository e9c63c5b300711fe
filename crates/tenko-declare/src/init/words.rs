//! Words that people put into names of accounts, projects, units, folders and tags, and what they
//! mean.

/// Stage words: as written, the environment's name, the stage.
const STAGES: [(&str, &str, &str); 22] = [
    ("prod", "production", "production"),
    ("production", "production", "production"),
    ("prd", "production", "production"),
    ("live", "production", "production"),
    ("stg", "staging", "staging"),
    ("stag", "staging", "staging"),
    ("staging", "staging", "staging"),
    ("stage", "staging", "staging"),
    ("preprod", "preprod", "staging"),
    ("nonprod", "nonprod", "development"),
    ("dev", "development", "development"),
    ("develop", "development", "development"),
    ("development", "development", "development"),
    ("test", "test", "test"),
    ("testing", "test", "test"),
    ("tst", "test", "test"),
    ("qa", "qa", "test"),
    ("uat", "uat", "test"),
    ("demo", "demo", "demo"),
    ("sandbox", "sandbox", "sandbox"),
    ("sbx", "sandbox", "sandbox"),
    ("sb", "sandbox", "sandbox"),
];

/// Words of accounts that serve all tenants, with the purpose.
const SHARED: [(&str, &str); 26] = [
    ("management", "management account"),
    ("master", "management account"),
    ("payer", "management account"),
    ("root", "management account"),
    ("billing", "billing"),
    ("log", "log archive"),
    ("logs", "log archive"),
    ("logging", "log archive"),
    ("logarchive", "log archive"),
    ("audit", "audit"),
    ("security", "security"),
    ("sec", "security"),
    ("shared", "shared services"),
    ("sharedservices", "shared services"),
    ("network", "network"),
    ("networking", "network"),
    ("transit", "network"),
    ("dns", "network"),
    ("identity", "identity"),
    ("sso", "identity"),
    ("backup", "backup"),
    ("infrastructure", "infrastructure"),
    ("tooling", "tooling"),
    ("monitoring", "monitoring"),
    ("bootstrap", "bootstrap"),
    ("common", "shared services"),
];

/// Units that hold tenants and say nothing of which.
const CONTAINERS: [&str; 22] = [
    "root",
    "workload",
    "workloads",
    "tenant",
    "tenants",
    "client",
    "clients",
    "customer",
    "customers",
    "project",
    "projects",
    "team",
    "teams",
    "account",
    "accounts",
    "environment",
    "environments",
    "sdlc",
    "apps",
    "applications",
    "exceptions",
    "deployments",
];

/// Words in names of accounts, projects and folders that say nothing.
const FILLERS: [&str; 8] = ["account", "aws", "gcp", "acct", "prj", "proj", "fldr", "folder"];

/// Tag keys that name a tenant, the surest first.
const TENANT_KEYS: [&str; 9] = [
    "tenant",
    "tenantid",
    "tenantname",
    "client",
    "clientname",
    "customer",
    "customername",
    "project",
    "projectname",
];

/// Tag keys that name an environment, the surest first.
const ENVIRONMENT_KEYS: [&str; 4] = ["environment", "env", "environmentname", "stage"];

/// A stage as read from a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stage {
    /// The environment's name.
    pub(crate) environment: String,
    /// The stage.
    pub(crate) stage: &'static str,
}

/// The words of a name, in lower case: split at anything that is no letter or digit, and where
/// an upper-case letter follows a lower-case one.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut lower_before = false;
    // Long enough for every real name; a hostile one must not cost time.
    for c in name.chars().take(256) {
        if !c.is_alphanumeric() || lower_before && c.is_uppercase() {
            out.push(String::new());
        }
        lower_before = c.is_lowercase();
        if let Some(word) = out.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    out.retain(|word| !word.is_empty());
    out
}

/// The words that say something, as one id: `Acme Corp.` becomes `acme-corp`.
pub(crate) fn slug(name: &str) -> String {
    join(&words(name))
}

/// Words joined to an id of at most 60 characters.
pub(crate) fn join(words: &[String]) -> String {
    let id: String = words.join("-").chars().take(60).collect();
    id.trim_end_matches('-').to_owned()
}

/// The stage that a word names; a number at its end stays in the environment's name.
pub(crate) fn stage(word: &str) -> Option<Stage> {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = word.get(letters.len()..).unwrap_or_default();
    let (_, environment, stage) = STAGES.iter().find(|(written, ..)| *written == letters)?;
    let dash = if number.is_empty() { "" } else { "-" };
    Some(Stage { environment: format!("{environment}{dash}{number}"), stage })
}

/// The stage that a whole name stands for, such as `Non-Prod`.
pub(crate) fn stage_of_name(name: &str) -> Option<Stage> {
    let mut words = words(name);
    words.retain(|word| !FILLERS.contains(&word.as_str()));
    stage(&words.concat())
}

/// What an account of this name serves, if it serves all tenants.
pub(crate) fn purpose(words: &[String]) -> Option<&'static str> {
    let find = |word: &String| SHARED.iter().find(|(w, _)| w == word).map(|(_, purpose)| *purpose);
    // `acme-network-prod` is a tenant's; `network-prod` is not.
    if words.iter().any(|word| stage(word).is_some()) {
        words.first().and_then(find)
    } else {
        words.iter().find_map(find)
    }
}

/// Whether a unit of this name holds tenants and says nothing of which.
pub(crate) fn is_container(name: &str) -> bool {
    let says_nothing =
        |word: &String| CONTAINERS.contains(&word.as_str()) || FILLERS.contains(&word.as_str());
    words(name).iter().all(says_nothing)
}

/// A name without the number that Google Cloud and its tools put behind it to make a project's id
/// unlike all others: `acme-prod-418203`, `acme-prod-3f2a`.
pub(crate) fn without_suffix(name: &str) -> &str {
    let Some((rest, last)) = name.rsplit_once('-') else { return name };
    let digits = last.bytes().filter(u8::is_ascii_digit).count();
    let hex = last.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let is_suffix = digits >= 4 && digits == last.len() || hex && last.len() == 4 && digits > 0;
    if is_suffix && !rest.is_empty() { rest } else { name }
}

/// The tenant's words and the stage in an account's name.
pub(crate) fn split(name: &str) -> (String, Option<Stage>) {
    let mut words = words(name);
    words.retain(|word| !FILLERS.contains(&word.as_str()));
    // `non-prod` and `pre-prod` are one word to people.
    if let Some(at) = words.windows(2).position(
        |w| matches!(w, [a, b] if (a == "non" || a == "pre") && (b == "prod" || b == "production")),
    ) {
        let prefix = words.remove(at);
        if let Some(word) = words.get_mut(at) {
            *word = format!("{prefix}prod");
        }
    }
    let found = words.iter().rposition(|word| stage(word).is_some());
    let stage = found.and_then(|at| stage(&words.remove(at)));
    (join(&words), stage)
}

/// How sure a tag key names a tenant; less is surer.
pub(crate) fn tenant_key(key: &str) -> Option<usize> {
    rank(&TENANT_KEYS, key)
}

/// How sure a tag key names an environment; less is surer.
pub(crate) fn environment_key(key: &str) -> Option<usize> {
    rank(&ENVIRONMENT_KEYS, key)
}

fn rank(keys: &[&str], key: &str) -> Option<usize> {
    // `acme:tenant` and `Tenant-Id` are meant too; the last part counts.
    let last = key.rsplit([':', '/']).next().unwrap_or(key);
    let letters: String = last
        .chars()
        .take(64)
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    keys.iter().position(|known| *known == letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_tenant_and_stage() {
        for (name, tenant, environment) in [
            ("acme-prod", "acme", Some("production")),
            ("acme_staging", "acme", Some("staging")),
            ("Acme Production", "acme", Some("production")),
            ("AcmeDev", "acme", Some("development")),
            ("aws-acme-corp-uat2", "acme-corp", Some("uat-2")),
            ("prod", "", Some("production")),
            ("acme-non-prod", "acme", Some("nonprod")),
            ("globex", "globex", None),
            ("点呼-prod", "点呼", Some("production")),
        ] {
            let (found, stage) = split(name);
            assert_eq!(
                (found.as_str(), stage.as_ref().map(|s| s.environment.as_str())),
                (tenant, environment),
                "{name}"
            );
        }
    }

    #[test]
    fn what_makes_an_id_unique_says_nothing() {
        for (name, left) in [
            ("acme-prod-418203", "acme-prod"),
            ("acme-prod-3f2a", "acme-prod"),
            ("acme-prod", "acme-prod"),
            ("acme-face", "acme-face"),
            ("acme-2", "acme-2"),
            ("418203", "418203"),
        ] {
            assert_eq!(without_suffix(name), left, "{name}");
        }
        assert_eq!(stage_of_name("fldr-production").unwrap().environment, "production");
        assert!(is_container("fldr-workloads"));
    }

    #[test]
    fn accounts_for_all_are_told_by_their_names() {
        for name in ["log-archive", "Audit", "Shared Services", "network-prod", "acme-security"] {
            assert!(purpose(&words(name)).is_some(), "{name}");
        }
        assert_eq!(purpose(&words("acme-network-prod")), None);
    }
}
