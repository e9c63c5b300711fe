//! The infrastructure code that was compared with, and what of it could not be read.

use std::collections::BTreeMap;

use tenko_core::{IacOwner, SourceKind, UnreadCode};

use super::Context;
use super::page::{BOLD, DIM, Line, Page, YELLOW};
use super::words::{self, clip, plural};

pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let code = &context.document.code;
    if code.unread.is_empty() {
        return;
    }
    page.heading("CODE THAT COULD NOT BE READ");
    let mut by_owner: BTreeMap<Option<&IacOwner>, Vec<&UnreadCode>> = BTreeMap::new();
    for unread in &code.unread {
        by_owner.entry(unread.owner.as_ref()).or_default().push(unread);
    }
    let options = context.options;
    for (owner, unread) in by_owner {
        let whose = match owner {
            Some(owner) => format!("{} / {}", owner.tenant, owner.environment),
            None => "all environments".to_owned(),
        };
        let line = Line::default().styled(clip(&whose, options.long()), BOLD);
        page.line(2, 4, &line.styled("  the verdict `unmanaged` is withheld here", YELLOW));
        let count = unread.len();
        for one in unread.into_iter().take(options.limit()) {
            let text = format!(
                "{}: {}",
                clip(&one.file, options.long()),
                clip(&one.reason, options.long())
            );
            page.line(4, 6, &Line::new(text));
        }
        super::more(page, 4, count, options.limit());
    }
    let withheld = context.document.summary.counts.withheld;
    if withheld > 0 {
        let text = format!(
            "{} that nothing else declares may be declared there",
            plural(withheld, "live resource")
        );
        page.line(2, 4, &Line::default().styled(text, DIM));
    }
}

/// `declared in 3 Terraform states and 2 CloudFormation stacks: 120 resources, ...`, if there is any
/// code.
pub(super) fn compared(context: &Context<'_>) -> Option<String> {
    let read = &context.document.code.read;
    if read.is_empty() {
        return None;
    }
    let count = |kind| read.iter().filter(|row| row.kind == kind).count() as u64;
    let parts: Vec<_> = [
        (count(SourceKind::Terraform), "Terraform state"),
        (count(SourceKind::CloudFormation), "CloudFormation stack"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, noun)| plural(n, noun))
    .collect();
    let resources: u64 = read.iter().map(|row| row.resources).sum();
    let compared: u64 = read.iter().map(|row| row.compared).sum();
    Some(format!(
        "declared in {}: {}, {} of them compared by attribute",
        parts.join(" and "),
        plural(resources, "resource"),
        words::number(compared),
    ))
}
