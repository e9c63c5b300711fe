//! The one place that makes text from elsewhere safe within Markdown.

use crate::visible::visible;

/// A longer text is cut: it is a name or a message, no document.
const LONGEST: usize = 500;

/// Text as text: what has a meaning in Markdown or HTML is escaped, what is not seen is made
/// visible, and it stays on its line.
pub(crate) fn escape(text: &str) -> String {
    let text = visible(text);
    let mut out = String::with_capacity(text.len() + 8);
    let mut chars = text.chars().enumerate().peekable();
    // Digits and then a point at the beginning would begin a list.
    let mut number = true;
    while let Some((at, ch)) = chars.next() {
        if at >= LONGEST {
            out.push('…');
            break;
        }
        let next = chars.peek().map(|(_, ch)| *ch);
        let is_marked = match ch {
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '$' => true,
            // Would begin a list, a rule or a heading.
            '-' | '+' | '=' => at == 0,
            // Would be a link.
            ':' => next == Some('/'),
            '.' | ')' => (number && at > 0) || (ch == '.' && out.to_lowercase().ends_with("www")),
            _ => false,
        };
        number = number && ch.is_ascii_digit();
        match ch {
            // Would call somebody, or be a link to write to them: what renders Markdown looks for that in
            // the finished text, where a backslash is gone, but never in code.
            '@' if out.ends_with("@`") => out.insert(out.len() - 1, '@'),
            '@' => out.push_str("`@`"),
            // Would be a link to an issue, which would then tell that it was mentioned.
            '#' if next.is_some_and(|next| next.is_ascii_digit()) => out.push_str("`#`"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            ch => {
                if is_marked {
                    out.push('\\');
                }
                out.push(ch);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        for (hostile, shown) in [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            ("[x](http://evil)", "\\[x\\](http\\://evil)"),
            ("a|b\n- [x] c", "a\\|b\\\\u{a}- \\[x\\] c"),
            ("![](x) `y` @all", "!\\[\\](x) \\`y\\` `@`all"),
            ("@@@a`@`b", "`@@@`a\\``@`\\`b"),
            ("acme/web#12 #x", "acme/web`#`12 \\#x"),
            ("- item", "\\- item"),
            ("1. item", "1\\. item"),
            ("see www.evil.example", "see www\\.evil.example"),
            ("AWS::EC2::VPC 10.0.0.0/16", "AWS::EC2::VPC 10.0.0.0/16"),
            ("acme-web", "acme-web"),
            ("&lt;", "&amp;lt;"),
        ] {
            assert_eq!(escape(hostile), shown);
        }
    }

    #[test]
    fn endless_text_is_cut() {
        assert!(escape(&"x".repeat(10_000)).chars().count() <= LONGEST + 1);
    }
}
