//! The cases of the rules.

use tenko_core::{Finding, Verdict};

use super::World;

/// One case of a rule.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) world: World,
    pub(crate) expect: Expect,
    says: Vec<&'static str>,
}

/// What a rule has to say in a case. Subjects are `scope` or `scope/resource id`, sorted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// Findings on exactly these subjects, and nothing unknown.
    Fires(Vec<&'static str>),
    /// Something passes, and nothing else is said.
    Quiet,
    /// Nothing is said: the rule does not speak of what is there.
    Apart,
    /// Unknown on exactly these subjects, and no finding.
    Unknown(Vec<&'static str>),
}

/// The rule fires on exactly these subjects.
pub(crate) fn fires(name: &'static str, on: &[&'static str], world: World) -> Case {
    Case { name, world, expect: Expect::Fires(on.to_vec()), says: vec![] }
}

/// The rule passes.
pub(crate) fn quiet(name: &'static str, world: World) -> Case {
    Case { name, world, expect: Expect::Quiet, says: vec![] }
}

/// The rule does not speak of what is there.
pub(crate) fn apart(name: &'static str, world: World) -> Case {
    Case { name, world, expect: Expect::Apart, says: vec![] }
}

/// The rule cannot tell, on exactly these subjects.
pub(crate) fn unknown(name: &'static str, on: &[&'static str], world: World) -> Case {
    Case { name, world, expect: Expect::Unknown(on.to_vec()), says: vec![] }
}

impl Case {
    /// A text that one of the messages has to hold.
    pub(crate) fn saying(mut self, text: &'static str) -> Self {
        self.says.push(text);
        self
    }

    /// Evaluates the case, and compares.
    pub(crate) fn check(&self, rule: &str) {
        let evaluation = self.world.evaluate();
        let result = evaluation.results.iter().find(|result| result.rule == rule).unwrap();
        let said: Vec<_> = evaluation.findings.iter().filter(|f| f.rule == rule).collect();
        let of = |verdict: Verdict| {
            let mut subjects: Vec<_> =
                said.iter().filter(|f| f.verdict == verdict).map(|f| subject(f)).collect();
            subjects.sort();
            subjects
        };
        let (found, unknown) = (of(Verdict::Finding), of(Verdict::Unknown));
        let none: Vec<String> = vec![];
        let (want_found, want_unknown) = match &self.expect {
            Expect::Fires(on) => (on.iter().map(ToString::to_string).collect(), none),
            Expect::Unknown(on) => (none, on.iter().map(ToString::to_string).collect()),
            Expect::Quiet | Expect::Apart => (none.clone(), none),
        };
        let case = format!("{rule}: {}: {said:#?} {:?}", self.name, result.not_evaluated);
        assert_eq!((found, unknown), (want_found, want_unknown), "{case}");
        match self.expect {
            Expect::Quiet => assert!(result.passed > 0, "nothing passed: {case}"),
            Expect::Apart => assert_eq!(result.passed, 0, "something passed: {case}"),
            Expect::Fires(_) | Expect::Unknown(_) => {}
        }
        for text in &self.says {
            assert!(said.iter().any(|f| f.message.contains(text)), "{text:?}: {case}");
        }
        for finding in said {
            assert!(finding.message.ends_with('.'), "not a sentence: {case}");
        }
    }
}

fn subject(finding: &Finding) -> String {
    let cloud = if finding.cloud == "aws" { String::new() } else { format!("{}:", finding.cloud) };
    match &finding.resource {
        Some(resource) => {
            format!("{cloud}{}/{}", finding.scope, resource.id.as_deref().unwrap_or_default())
        }
        None => format!("{cloud}{}", finding.scope),
    }
}
