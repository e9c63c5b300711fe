//! What to fix first.

use tenko_core::msg;

use super::Context;
use super::page::{BOLD, DIM, Line, Page};
use super::{few, findings};
use crate::words;

pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let Some(most) = context.options.top else { return };
    let lang = context.options.lang;
    page.heading(&context.say(&msg!("text-heading-top")));
    let fixes = crate::top(context.document, most);
    if fixes.is_empty() {
        page.line(2, 2, &context.line(&msg!("text-top-none")));
    }
    let column = 4 + fixes.len().to_string().len();
    for (i, fix) in fixes.iter().enumerate() {
        let number = format!("{}.", i + 1);
        let severity = words::severity(lang, fix.severity);
        let title = Line::default().padded(number, column - 2, DIM);
        let title = title.styled(severity, findings::style(fix.severity)).text("  ");
        // The id of a rule is known to people; a kind of drift has its name.
        let title = match fix.rule.starts_with("drift:") {
            true => title.styled(context.clip(&words::fix_name(lang, fix)), BOLD),
            false => title
                .styled(context.clip(&fix.rule), BOLD)
                .text(format!("  {}", context.clip(&words::fix_name(lang, fix)))),
        };
        page.line(2, column, &title);
        let mut facts = vec![msg!("text-fix-closes", n = fix.closes.len())];
        if !fix.tenants.is_empty() {
            let tenants = few(fix.tenants.iter().cloned(), context.options.few());
            facts.push(msg!("text-fix-tenants", n = fix.tenants.len(), tenants = tenants));
        }
        if !fix.place.is_empty() {
            facts.push(msg!("text-fix-place", place = context.clip(&fix.place)));
        }
        if let Some(since) = fix.first_seen {
            let date = words::date(since, &context.options.timezone);
            facts.push(msg!("text-fix-since", date = date));
        }
        let facts: Vec<_> = facts.iter().map(|fact| context.say(fact)).collect();
        page.line(column, column, &Line::default().styled(facts.join(" · "), DIM));
        findings::write_fix(page, context, column, &words::fix_remediation(lang, fix));
    }
}
