//! Fields of a CSV file (RFC 4180, lines end in LF).

use std::fmt::Write;

/// A text. What a spreadsheet would take for a formula gets an apostrophe in front: names in a trace are written by
/// whoever made the program.
pub fn text(out: &mut String, text: &str) {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = text.contains(['"', ',', '\n', '\r'])
        || text.starts_with(char::is_whitespace)
        || text.ends_with(char::is_whitespace);
    if quoted {
        out.push('"');
    }
    if formula {
        out.push('\'');
    }
    for c in text.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    if quoted {
        out.push('"');
    }
}

/// A number; nothing where there is none.
pub fn number(out: &mut String, n: Option<impl std::fmt::Display>) {
    if let Some(n) = n {
        let _ = write!(out, "{n}");
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn formulas_and_quotes_are_harmless() {
        for (text, want) in [
            ("main.main", "main.main"),
            ("", ""),
            ("=1+1", "'=1+1"),
            ("-x", "'-x"),
            ("@a,b", "\"'@a,b\""),
            ("say \"a\"", "\"say \"\"a\"\"\""),
            (" a", "\" a\""),
            ("a\nb", "\"a\nb\""),
        ] {
            let mut out = String::new();
            super::text(&mut out, text);
            assert_eq!(out, want);
        }
    }
}
