//! Values as text of each format: what is put into a template is one of these, so that no value
//! is there without quotes.

use std::fmt::{self, Display, Formatter, Write as _};

/// A scalar of YAML, in double quotes.
pub(crate) struct Yaml<'a>(pub(crate) &'a str);

impl Display for Yaml<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                c if hidden(c) => write!(f, "\\U{:08x}", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// A scalar of YAML in a workflow: expressions in it stay text.
pub(crate) struct Workflow<'a>(pub(crate) &'a str);

impl Display for Workflow<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // The expression that is the text `${{`.
        Yaml(&self.0.replace("${{", "${{ '${{' }}")).fmt(f)
    }
}

/// A scalar of YAML in a pod: `$(VARIABLE)` in it stays text.
pub(crate) struct Pod<'a>(pub(crate) &'a str);

impl Display for Pod<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Yaml(&self.0.replace('$', "$$")).fmt(f)
    }
}

/// A value of an assignment in a unit file: no specifiers, no variables, one word.
pub(crate) struct Unit<'a>(pub(crate) &'a str);

impl Display for Unit<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        // Quotes and escapes are those of YAML.
        Yaml(&self.0.replace('%', "%%")).fmt(f)
    }
}

/// Text of a comment, on one line.
pub(crate) struct Comment<'a>(pub(crate) &'a str);

impl Display for Comment<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for c in self.0.chars().take(200) {
            f.write_char(if hidden(c) { '\u{fffd}' } else { c })?;
        }
        Ok(())
    }
}

/// What would break a line, or turn or hide the text around it.
fn hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_values() {
        let text = "a\"b\\c\n$(X) ${{ secrets.X }} %h\u{202e}";
        assert_eq!(
            Yaml(text).to_string(),
            r#""a\"b\\c\U0000000a$(X) ${{ secrets.X }} %h\U0000202e""#
        );
        assert_eq!(Workflow("${{ x }}").to_string(), r#""${{ '${{' }} x }}""#);
        assert_eq!(Pod("$(X)$").to_string(), r#""$$(X)$$""#);
        assert_eq!(Unit("a\"b\\c %h\n").to_string(), r#""a\"b\\c %%h\U0000000a""#);
        assert_eq!(Comment("a\nb").to_string(), "a\u{fffd}b");
    }
}
