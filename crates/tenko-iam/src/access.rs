//! Which actions give something away: credentials, shells, further sessions, data.
//!
//! `access.txt` is the list, with its sources. It is about reading: what changes things is not in
//! it unless it gives something away besides.

use std::sync::LazyLock;

use tenko_core::DataLevel;

/// What an action gives away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A password, a key or a token, or a way in with the session alone.
    Credential,
    /// A shell, a tunnel or a browser session, or it runs code.
    Shell,
    /// Another session: of a role, of a token.
    Chain,
    /// Data, of a level or of none.
    Data(Option<DataLevel>),
}

/// An action that gives something away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// As AWS writes it: `s3:GetObject`.
    pub name: &'static str,
    /// What it gives away.
    pub kind: Kind,
    /// Whether the field's public list has it among those that read data.
    pub public_data: bool,
    /// Whether the field's public list has it among those that expose credentials.
    pub public_credential: bool,
}

/// A line of the list; no kind where it is on the public list and not counted here.
struct Line {
    kind: Option<Kind>,
    action: Action,
}

const LIST: &str = include_str!("../access.txt");

static ALL: LazyLock<(Vec<Action>, Vec<Action>)> = LazyLock::new(|| {
    let (mut counted, mut open) = (Vec::new(), Vec::new());
    for line in lines().flatten() {
        match line.kind {
            Some(_) => counted.push(line.action),
            None => open.push(line.action),
        }
    }
    (counted, open)
});

/// The actions of the list, in its order; an error for a line that is none.
fn lines() -> impl Iterator<Item = Result<Line, &'static str>> {
    let mut section = Err("no section");
    LIST.lines().filter_map(move |line| {
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            section = kind(name).ok_or(line);
            return section.err().map(Err);
        }
        Some(section.and_then(|kind| read(line, kind)))
    })
}

fn kind(section: &str) -> Option<Option<Kind>> {
    Some(Some(match section.split_once(' ') {
        Some(("data", level)) => Kind::Data(Some(level.parse().ok()?)),
        Some(_) => return None,
        None => match section {
            "credential" => Kind::Credential,
            "shell" => Kind::Shell,
            "chain" => Kind::Chain,
            "data" => Kind::Data(None),
            "open" => return Some(None),
            _ => return None,
        },
    }))
}

fn read(line: &'static str, kind: Option<Kind>) -> Result<Line, &'static str> {
    let mut words = line.split(' ');
    let name = words.next().filter(|name| name.contains(':')).ok_or(line)?;
    let (mut public_data, mut public_credential) = (false, false);
    for word in words {
        match word {
            "D" => public_data = true,
            "C" => public_credential = true,
            _ => return Err(line),
        }
    }
    let of = kind.unwrap_or(Kind::Data(None));
    Ok(Line { kind, action: Action { name, kind: of, public_data, public_credential } })
}

/// All actions that give something away.
pub fn actions() -> &'static [Action] {
    &ALL.0
}

/// Actions on the field's public list that are not counted here; `access.txt` says why.
pub fn open() -> &'static [Action] {
    &ALL.1
}

/// An action by its name, in any case.
pub fn action(name: &str) -> Option<&'static Action> {
    actions().iter().find(|action| action.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_is_read_and_says_something_new() {
        let mut names = BTreeSet::new();
        for line in lines() {
            let name = line.unwrap_or_else(|line| panic!("{line}")).action.name;
            assert!(names.insert(name.to_lowercase()), "{name} is there twice");
        }
        assert_eq!(names.len(), actions().len() + open().len());
        assert!(kind("data gold").is_none() && kind("odd").is_none() && kind("odd x").is_none());
        assert!(read("s3:GetObject X", None).is_err() && read("GetObject", None).is_err());
    }

    #[test]
    fn the_public_list_is_whole() {
        let all = || actions().iter().chain(open());
        assert_eq!(all().filter(|action| action.public_data).count(), 151);
        assert_eq!(all().filter(|action| action.public_credential).count(), 49);
    }

    #[test]
    fn every_kind_is_there() {
        for level in DataLevel::ALL {
            assert!(actions().iter().any(|a| a.kind == Kind::Data(Some(level))), "{level}");
        }
        for (name, kind) in [
            ("secretsmanager:getsecretvalue", Kind::Credential),
            ("ssm:StartSession", Kind::Shell),
            ("STS:AssumeRole", Kind::Chain),
            ("kms:Decrypt", Kind::Data(None)),
            ("sqs:ReceiveMessage", Kind::Data(None)),
            ("s3:GetObject", Kind::Data(Some(DataLevel::Objects))),
            // Those that the usual audit policies allow.
            ("appsync:ListApiKeys", Kind::Credential),
            ("cognito-idp:DescribeUserPoolClient", Kind::Credential),
            ("connect:ListSecurityKeys", Kind::Credential),
            ("lightsail:GetKeyPair", Kind::Credential),
            ("cloudformation:GetTemplate", Kind::Data(Some(DataLevel::Code))),
        ] {
            assert_eq!(action(name).map(|action| action.kind), Some(kind), "{name}");
        }
        assert!(action("ec2:DescribeInstances").is_none());
    }
}
