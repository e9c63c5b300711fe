//! What somebody decided to live with.

use std::collections::BTreeMap;

use super::Context;
use super::more;
use super::page::{BOLD, DIM, Line, Page};
use super::words::{self, clip, plural};

/// One line for each suppression that took something out, with how much.
pub(super) fn write(page: &mut Page, context: &Context<'_>) {
    let Context { document, options, .. } = context;
    if document.suppressed.is_empty() {
        return;
    }
    page.heading("SUPPRESSED");
    let mut by: BTreeMap<_, u64> = BTreeMap::new();
    for one in &document.suppressed {
        let key = (&one.finding.rule, &one.source, &one.reason, one.expires, &one.owner);
        *by.entry(key).or_default() += 1;
    }
    let total = by.len();
    for ((rule, source, reason, expires, owner), count) in by.into_iter().take(options.limit()) {
        let line = Line::new("").styled(rule.as_str(), BOLD);
        let reason = clip(reason, options.long());
        page.line(2, 4, &line.text(format!("  {}: {reason}", plural(count, "finding"))));
        let owner = owner.as_ref().map(|owner| format!(" by {owner}")).unwrap_or_default();
        let place = words::source(source, options.verbose);
        let until = expires.strftime("%Y-%m-%d %H:%M UTC");
        let text = format!("until {until}{owner} · {place}");
        page.line(4, 4, &Line::default().styled(text, DIM));
    }
    more(page, 2, total, options.limit());
}
