//! Places in a query's text: words, quoted strings, regular expressions. Works on bytes; all that it cuts at is ASCII.

/// `and`, `or`, `not`, also in capitals as other languages have them.
pub fn is_keyword(word: &str) -> bool {
    matches!(word, "and" | "or" | "not" | "AND" | "OR" | "NOT")
}

/// End of the blanks at `pos`.
pub fn skip_blanks(text: &str, pos: usize) -> usize {
    let rest = &text[pos..];
    pos + (rest.len() - rest.trim_start().len())
}

/// End of the name at `pos`: a letter, then letters and digits; `pos` itself where there is none.
pub fn name_end(text: &str, pos: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = pos;
    while end < bytes.len()
        && (bytes[end].is_ascii_alphabetic()
            || bytes[end] == b'_'
            || end > pos && bytes[end].is_ascii_digit())
    {
        end += 1;
    }
    end
}

/// End of a word: at a blank, a quote, or a parenthesis that it did not open itself, as `net/http.(*conn).serve` does.
/// `in_value`: a comma ends it too, and it may begin with a parenthesis. The keyword before a parenthesis is a word.
pub fn word_end(text: &str, pos: usize, in_value: bool) -> usize {
    let mut open = 0usize;
    for (i, c) in text[pos..].char_indices() {
        let at = pos + i;
        match c {
            c if c.is_whitespace() => return at,
            '"' => return at,
            '(' if (i == 0 && !in_value) || is_keyword(&text[pos..at]) => return at,
            '(' => open += 1,
            ')' if open == 0 => return at,
            ')' => open -= 1,
            ',' if in_value && open == 0 => return at,
            _ => {}
        }
    }
    text.len()
}

/// The text of the quoted string whose quote is at `pos`, and its end behind the closing quote. None: it is not closed.
pub fn quoted(text: &str, pos: usize) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut chars = text[pos + 1..].char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        match c {
            '"' => return Some((out, pos + 1 + i + 1)),
            '\\' => match chars.next_if(|(_, n)| matches!(n, '"' | '\\')) {
                Some((_, n)) => out.push(n),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    None
}

/// The regular expression whose first slash is at `pos`, and its end behind the last one: the first slash with nothing
/// but a blank, a closing parenthesis, in values a comma, or the end behind it. `\/` is a slash. None: there is none.
pub fn regex(text: &str, pos: usize, in_value: bool) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut chars = text[pos + 1..].char_indices().peekable();
    while let Some((i, c)) = chars.next() {
        let end = pos + 1 + i + 1;
        let ends = |next: char| next.is_whitespace() || next == ')' || in_value && next == ',';
        match c {
            '/' if text[end..].chars().next().is_none_or(ends) => return Some((out, end)),
            '\\' => match chars.next() {
                Some((_, '/')) => out.push('/'),
                Some((_, n)) => out.extend(['\\', n]),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_the_parentheses_of_go() {
        let end = |text: &str| text[..word_end(text, 0, false)].to_string();
        assert_eq!(end("net/http.(*conn).serve) x"), "net/http.(*conn).serve");
        assert_eq!(end("not(a)"), "not");
        assert_eq!(end("a)"), "a");
        assert_eq!(&"(*conn),b"[..word_end("(*conn),b", 0, true)], "(*conn)");
    }

    #[test]
    fn a_path_is_no_regular_expression() {
        assert_eq!(regex("/api/v1", 0, true), None);
        assert_eq!(regex("/a b/ c", 0, false), Some(("a b".into(), 5)));
        assert_eq!(regex(r"/a\/b\\/)", 0, false), Some((r"a/b\\".into(), 8)));
    }
}
