//! One issue that tells of the last run, and is closed when all is well.

use ::http::Method;
use reqwest::{RequestBuilder, Url};
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use crate::error::NotifyError;
use crate::http::{Answer, Http, address};

const WHOSE: &str = "GitHub";
/// Issues on a page; the most that GitHub gives.
const PER_PAGE: usize = 100;
/// So many pages are looked through for the issue: a label with more issues is somebody else's.
const MAX_PAGES: usize = 20;
/// What a mark in an issue's text begins and ends with.
const BEGIN: &str = "<!-- tenko:run=";
const END: &str = " -->";

/// A repository, and the way in.
#[derive(Clone, Debug)]
pub struct GitHub {
    /// The API's address: `https://api.github.com`.
    pub api: String,
    /// The token.
    pub token: Zeroizing<String>,
    /// `owner/name`.
    pub repository: String,
    /// The label that the issue is found by.
    pub label: String,
}

/// What the issue is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollingIssue {
    /// The run that it tells of. Ids of later runs sort after those of earlier ones.
    pub run: String,
    /// The title.
    pub title: String,
    /// The text, with [`mark`] in it.
    pub body: String,
    /// Whether there is something to do: else the issue is closed, and none is made.
    pub open: bool,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// A new issue was made; its address.
    Created(String),
    /// The issue was brought up to date, and opened again if it was closed.
    Updated(String),
    /// All is well: the issue was brought up to date and closed.
    Closed(String),
    /// It tells of this run already.
    Unchanged(String),
    /// All is well, and no issue is open.
    Nothing,
}

/// The line that has to be in the text of an issue, so that it is found again. It cannot be seen.
pub fn mark(run: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    format!("{BEGIN}{}{END}", run.chars().filter(|c| plain(*c)).collect::<String>())
}

/// The run that a text is of.
fn marked(body: &str) -> Option<&str> {
    let (_, rest) = body.split_once(BEGIN)?;
    Some(rest.split_once(END)?.0)
}

#[derive(Debug, Deserialize)]
struct Issue {
    number: u64,
    state: String,
    #[serde(default)]
    body: Option<String>,
    html_url: String,
    /// Pull requests are issues too.
    #[serde(default)]
    pull_request: Option<serde::de::IgnoredAny>,
}

impl GitHub {
    /// Brings the issue up to date. Doing it again for the same run changes nothing.
    ///
    /// # Errors
    /// [`NotifyError`]; [`NotifyError::Later`] where the issue tells of a later run.
    pub async fn keep(&self, http: &Http, issue: &RollingIssue) -> Result<Change, NotifyError> {
        let api = address(&self.api, "the address of GitHub's API")?;
        let issues = self.url(&api, None)?;
        let Some(found) = self.find(http, &issues).await? else {
            if !issue.open {
                return Ok(Change::Nothing);
            }
            return self.create(http, &issues, issue).await;
        };
        let told = found.body.as_deref().and_then(marked).unwrap_or_default();
        let is_open = found.state == "open";
        if told == issue.run && is_open == issue.open {
            return Ok(Change::Unchanged(found.html_url));
        }
        if told > issue.run.as_str() {
            return Err(NotifyError::Later { url: found.html_url, run: told.to_owned() });
        }
        if !is_open && !issue.open {
            return Ok(Change::Nothing);
        }
        let mut change = json!({"title": issue.title, "body": issue.body});
        if let Some(object) = change.as_object_mut() {
            if is_open && !issue.open {
                object.insert("state".to_owned(), "closed".into());
                object.insert("state_reason".to_owned(), "completed".into());
            } else if !is_open {
                object.insert("state".to_owned(), "open".into());
            }
        }
        let url = self.url(&api, Some(found.number))?;
        let request = || self.request(http, Method::PATCH, &url).json(&change);
        http.send(WHOSE, true, request).await?;
        Ok(if issue.open {
            Change::Updated(found.html_url)
        } else {
            Change::Closed(found.html_url)
        })
    }

    async fn create(
        &self,
        http: &Http,
        issues: &Url,
        issue: &RollingIssue,
    ) -> Result<Change, NotifyError> {
        let new = json!({"title": issue.title, "body": issue.body, "labels": [self.label]});
        let request = || self.request(http, Method::POST, issues).json(&new);
        match http.send(WHOSE, false, request).await {
            Ok(answer) => Ok(Change::Created(parse::<Issue>(&answer)?.html_url)),
            // It may be there all the same: looking is better than a second one.
            Err(error @ NotifyError::NoAnswer { .. }) => match self.find(http, issues).await? {
                Some(found) if found.body.as_deref().and_then(marked) == Some(&issue.run) => {
                    Ok(Change::Created(found.html_url))
                }
                _ => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// The issue with a mark: an open one first, else the newest.
    async fn find(&self, http: &Http, issues: &Url) -> Result<Option<Issue>, NotifyError> {
        let mut closed: Option<Issue> = None;
        for page in 1..=MAX_PAGES {
            let mut url = issues.clone();
            url.query_pairs_mut()
                .append_pair("labels", &self.label)
                .append_pair("state", "all")
                .append_pair("sort", "updated")
                .append_pair("per_page", &PER_PAGE.to_string())
                .append_pair("page", &page.to_string());
            let answer = http.send(WHOSE, true, || self.request(http, Method::GET, &url)).await?;
            let all: Vec<Issue> = parse(&answer)?;
            let count = all.len();
            let ours = all.into_iter().filter(|issue| {
                issue.pull_request.is_none()
                    && issue.body.as_deref().is_some_and(|body| marked(body).is_some())
            });
            for issue in ours {
                if issue.state == "open" {
                    return Ok(Some(issue));
                }
                closed.get_or_insert(issue);
            }
            if count < PER_PAGE {
                break;
            }
        }
        Ok(closed)
    }

    fn url(&self, api: &Url, number: Option<u64>) -> Result<Url, NotifyError> {
        let wrong = || NotifyError::Address { whose: "the address of GitHub's API".to_owned() };
        let mut url = api.clone();
        {
            let mut segments = url.path_segments_mut().map_err(|()| wrong())?;
            segments.pop_if_empty().push("repos");
            // Each is one segment, whatever is in it.
            for part in self.repository.splitn(2, '/') {
                segments.push(part);
            }
            segments.push("issues");
            if let Some(number) = number {
                segments.push(&number.to_string());
            }
        }
        Ok(url)
    }

    fn request(&self, http: &Http, method: Method, url: &Url) -> RequestBuilder {
        http.client
            .request(method, url.clone())
            .bearer_auth(self.token.as_str())
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
    }
}

fn parse<T: serde::de::DeserializeOwned>(answer: &Answer) -> Result<T, NotifyError> {
    serde_json::from_slice(&answer.body)
        .map_err(|error| NotifyError::Answer { whose: WHOSE.to_owned(), why: error.to_string() })
}
