//! The infrastructure code that was compared with, and what of it could not be read.

use std::collections::BTreeMap;

use tenko_core::{IacOwner, Message, SourceKind, UnreadCode, msg};

use super::Context;
use super::page::{BOLD, DIM, Line, Page, YELLOW};

pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let code = &context.document.code;
    if code.unread.is_empty() {
        return;
    }
    page.heading(&context.say(&msg!("text-heading-code")));
    let mut by_owner: BTreeMap<Option<&IacOwner>, Vec<&UnreadCode>> = BTreeMap::new();
    for unread in &code.unread {
        by_owner.entry(unread.owner.as_ref()).or_default().push(unread);
    }
    let options = context.options;
    for (owner, unread) in by_owner {
        let whose = match owner {
            Some(owner) => format!("{} / {}", owner.tenant, owner.environment),
            None => context.say(&msg!("text-code-everywhere")),
        };
        let line = Line::default().styled(context.clip(&whose), BOLD).text("  ");
        page.line(2, 4, &line.append(context.styled(&msg!("text-code-withheld"), YELLOW)));
        let count = unread.len();
        for one in unread.into_iter().take(options.limit()) {
            let reason = crate::words::unread(options.lang, one);
            let (file, reason) = (context.clip(&one.file), context.clip(&reason));
            page.line(4, 6, &context.line(&msg!("text-statement", what = file, text = reason)));
        }
        context.more(page, 4, count, options.limit());
    }
    let withheld = context.document.summary.counts.withheld;
    if withheld > 0 {
        page.line(2, 4, &context.styled(&msg!("text-code-live", n = withheld), DIM));
    }
}

/// `declared in 3 Terraform states and 2 CloudFormation stacks: 120 resources, ...`, if there is any
/// code.
pub(super) fn compared(context: &Context<'_>) -> Option<Message> {
    let read = &context.document.code.read;
    if read.is_empty() {
        return None;
    }
    let count = |kind| read.iter().filter(|row| row.kind == kind).count();
    let (states, stacks) = (count(SourceKind::Terraform), count(SourceKind::CloudFormation));
    let terraform = msg!("text-terraform-states", n = states);
    let code = match (states, stacks) {
        (_, 0) => terraform,
        (0, n) => msg!("text-cloudformation-stacks", n = n),
        (_, n) => {
            msg!("text-and", first = terraform, then = msg!("text-cloudformation-stacks", n = n))
        }
    };
    let resources: u64 = read.iter().map(|row| row.resources).sum();
    let compared: u64 = read.iter().map(|row| row.compared).sum();
    Some(msg!("text-code-compared", code = code, resources = resources, compared = compared))
}
