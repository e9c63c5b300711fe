//! The read-only guard of REST calls: a request leaves only when method and path are those of a call that some
//! resource type makes. It looks at what would go over the wire, not at who made it.

use crate::call::Operation;
use crate::types::{Call, Piece};

/// What may leave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Guard(Vec<Allowed>);

#[derive(Clone, Debug)]
struct Allowed {
    operation: Operation,
    http: String,
    pieces: Vec<Piece>,
}

impl Guard {
    /// Lets these calls through. A call whose path is none, or that is posted and does not end in a custom verb of a
    /// read, is left out: it could not be told from a write.
    pub(crate) fn new<'a>(calls: impl IntoIterator<Item = &'a Call>) -> Self {
        Self::posting(calls, &[":getIamPolicy"])
    }

    /// The same for logins, which post two verbs more: neither changes anything in a project.
    pub(crate) fn of_logins<'a>(calls: impl IntoIterator<Item = &'a Call>) -> Self {
        Self::posting(calls, &[":generateAccessToken", ":testIamPermissions", ":getIamPolicy"])
    }

    fn posting<'a>(calls: impl IntoIterator<Item = &'a Call>, verbs: &[&str]) -> Self {
        let allowed = calls.into_iter().filter_map(|call| {
            let pieces = call.path.pattern()?;
            let reads = match call.def.http.as_str() {
                "GET" => true,
                "POST" => verbs.iter().any(|verb| call.def.path.ends_with(verb)),
                _ => false,
            };
            reads.then(|| Allowed {
                operation: call.operation.clone(),
                http: call.def.http.clone(),
                pieces,
            })
        });
        Self(allowed.collect())
    }

    /// The operations that it lets through.
    pub(crate) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.0.iter().map(|allowed| &allowed.operation)
    }

    /// Whether the request is the operation that it claims to be.
    pub(crate) fn admits(&self, operation: &Operation, http: &str, path: &str) -> bool {
        self.0.iter().any(|allowed| {
            allowed.operation == *operation
                && allowed.http == http
                && matches(&allowed.pieces, path)
        })
    }
}

/// Dots that would climb out of a path never match.
fn matches(pieces: &[Piece], path: &str) -> bool {
    !path.split('/').any(|part| matches!(part, "." | "..")) && walk(pieces, path)
}

fn walk(pieces: &[Piece], path: &str) -> bool {
    let Some((first, rest)) = pieces.split_first() else { return path.is_empty() };
    match first {
        Piece::Text(text) => path.strip_prefix(text.as_str()).is_some_and(|path| walk(rest, path)),
        Piece::Segment => {
            let end = path.find('/').unwrap_or(path.len());
            ends(path, end).any(|(_, after)| walk(rest, after))
        }
        Piece::Segments => ends(path, path.len()).any(|(_, after)| walk(rest, after)),
    }
}

/// Every way to split off at least one character, up to `end`, the longest first.
fn ends(path: &str, end: usize) -> impl Iterator<Item = (&str, &str)> {
    (1..=end).rev().filter(|at| path.is_char_boundary(*at)).map(|at| path.split_at(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Template;

    fn admits(template: &str, path: &str) -> bool {
        let pieces = Template::parse("t", template).unwrap().pattern().unwrap();
        matches(&pieces, path)
    }

    #[test]
    fn only_the_path_of_the_call() {
        let list = "/compute/v1/projects/{project}/aggregated/instances";
        assert!(admits(list, "/compute/v1/projects/acme/aggregated/instances"));
        assert!(!admits(list, "/compute/v1/projects/acme/aggregated/instances/x"));
        assert!(!admits(list, "/compute/v1/projects//aggregated/instances"));
        assert!(!admits(list, "/compute/v1/projects/a/b/aggregated/instances"));
        let policy = "/v1/{+name}:getIamPolicy";
        assert!(admits(policy, "/v1/projects/a/serviceAccounts/x@y:getIamPolicy"));
        assert!(!admits(policy, "/v1/projects/a/serviceAccounts/x@y:setIamPolicy"));
        assert!(!admits(policy, "/v1/projects/../x:getIamPolicy"));
    }
}
