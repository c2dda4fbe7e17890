//! The few JSON writers that hot answers need; everything else goes through serde_json.

use std::fmt::Write;

/// A JSON string as Go's encoder without HTML escaping writes it.
pub fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            // What was not UTF-8 in the file.
            '\u{fffd}' => out.push_str("\\ufffd"),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes_as_go_does() {
        let mut s = String::new();
        super::string(&mut s, "a\"b\\c\n\u{1}<é>\u{fffd}");
        assert_eq!(s, "\"a\\\"b\\\\c\\n\\u0001<é>\\ufffd\"");
    }
}
