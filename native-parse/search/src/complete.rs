//! What could stand at the caret.

use crate::field::{FIELDS, Field, State, Type};
use crate::lexer::{name_end, quoted, skip_blanks};
use crate::parse::op_at;
use crate::query::is_plain;
use tracewell_order::event::KIND_NAMES;

/// At most so many items are offered.
pub const MAX_ITEMS: usize = 50;

/// A text that could stand in place of what is typed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// What to put in, quoted where it must be.
    pub text: String,
    /// What to show.
    pub label: String,
    pub about: String,
}

/// Items for the bytes `from..to` of the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    pub from: usize,
    pub to: usize,
    pub items: Vec<Item>,
}

/// Values of a field that occur in the trace, best first.
pub type Values<'v> = dyn Fn(Field) -> Vec<String> + 'v;

/// What could stand at a caret (a byte of the text). Nothing inside of quotes of a bare text. Cost: O(text + values).
pub fn complete(text: &str, caret: usize, values: &Values<'_>) -> Completion {
    let mut caret = caret.min(text.len());
    while !text.is_char_boundary(caret) {
        caret -= 1;
    }
    let start = token_start(text, caret);
    let name = name_end(text, start);
    if name <= caret
        && let Some(op) = op_at(text, name).filter(|op| name > start && name + op.as_str().len() <= caret)
    {
        let value = name + op.as_str().len();
        return match Field::named(&text[start..name]) {
            Some(field) => value_items(text, value, caret, field, values),
            None => Completion { from: start, to: caret, items: Vec::new() },
        };
    }
    let typed = &text[start..caret];
    let items = if typed.starts_with(['"', '/']) { Vec::new() } else { field_items(typed) };
    Completion { from: start, to: word_to(text, caret), items }
}

/// Begin of the word, field or quoted text that the caret stands in or behind.
fn token_start(text: &str, caret: usize) -> usize {
    let mut pos = 0;
    let mut start = 0;
    let mut fresh = true;
    while pos < caret {
        let Some(c) = text[pos..].chars().next() else { break };
        if c == '"' {
            let end = quoted(text, pos).map_or(text.len(), |(_, end)| end);
            if end > caret {
                return if fresh { pos } else { start };
            }
            if fresh {
                start = pos;
                fresh = false;
            }
            pos = end;
            continue;
        }
        let breaks = c.is_whitespace() || fresh && matches!(c, '(' | '-') || c == ')';
        if breaks {
            fresh = true;
        } else if fresh {
            start = pos;
            fresh = false;
        }
        pos += c.len_utf8();
    }
    if fresh { caret } else { start }
}

/// End of what a word that is taken replaces.
fn word_to(text: &str, caret: usize) -> usize {
    let rest = &text[caret..];
    let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
    caret + end
}

fn field_items(typed: &str) -> Vec<Item> {
    let lower = typed.to_ascii_lowercase();
    let mut items: Vec<Item> = FIELDS
        .iter()
        .filter(|f| f.name.starts_with(&lower))
        .map(|f| {
            let sign = if f.of.is_ordered() && f.of == Type::Nanos { ">" } else { ":" };
            let text = format!("{}{sign}", f.name);
            Item { label: text.clone(), text, about: f.about.into() }
        })
        .collect();
    for (word, about) in [("not", "what follows does not hold"), ("or", "either side holds")] {
        if !lower.is_empty() && word.starts_with(&lower) {
            items.push(Item { text: format!("{word} "), label: word.into(), about: about.into() });
        }
    }
    items
}

fn value_items(text: &str, value: usize, caret: usize, field: Field, values: &Values<'_>) -> Completion {
    let value = skip_blanks(text, value).min(caret);
    // The last item of a list; commas in quotes are none.
    let mut from = value;
    let mut pos = value;
    while pos < caret {
        match text.as_bytes()[pos] {
            b'"' => pos = quoted(text, pos).map_or(caret, |(_, end)| end),
            b',' => {
                pos += 1;
                from = pos;
            }
            _ => pos += 1,
        }
    }
    let from = from.min(caret);
    let typed = text[from..caret].trim_matches('"').to_lowercase();
    let all: Vec<(String, String)> = match field.info().of {
        Type::State => State::ALL.iter().map(|s| (s.as_str().to_string(), String::new())).collect(),
        Type::Kind => KIND_NAMES.iter().map(|k| (k.to_string(), String::new())).collect(),
        Type::Nanos if values(field).is_empty() => {
            ["10us", "100us", "1ms", "10ms", "100ms", "1s"].map(|d| (d.into(), String::new())).to_vec()
        }
        _ => values(field).into_iter().map(|v| (v, String::new())).collect(),
    };
    let (mut first, mut later) = (Vec::new(), Vec::new());
    for (v, about) in all {
        let lower = v.to_lowercase();
        let place = if lower.starts_with(&typed) {
            &mut first
        } else if lower.contains(&typed) {
            &mut later
        } else {
            continue;
        };
        if place.len() < MAX_ITEMS {
            let bare = is_plain(&v)
                || v.starts_with(|c: char| c.is_ascii_digit()) && v.chars().all(char::is_alphanumeric);
            let quoted = || format!("\"{}\"", v.replace('\\', "\\\\").replace('"', "\\\""));
            place.push(Item { text: if bare { v.clone() } else { quoted() }, label: v, about });
        }
    }
    first.append(&mut later);
    first.truncate(MAX_ITEMS);
    let to = if text[caret..].starts_with('"') { caret + 1 } else { word_to(text, caret) };
    Completion { from, to, items: first }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(marked: &str) -> (String, Vec<String>) {
        let caret = marked.find('|').unwrap();
        let text = marked.replace('|', "");
        let c = complete(&text, caret, &|field| match field {
            Field::Fn => vec!["main.main".into(), "net/http.(*conn).serve".into()],
            Field::Reason => vec!["chan receive".into(), "sync".into()],
            _ => Vec::new(),
        });
        (text[c.from..c.to].to_string(), c.items.into_iter().map(|i| i.text).collect())
    }

    #[test]
    fn offers_fields_and_values_where_the_caret_is() {
        assert_eq!(at("|").1.len(), FIELDS.len());
        assert_eq!(at("re|"), ("re".into(), vec!["reason:".into(), "region:".into()]));
        assert_eq!(at("g:1 (du|"), ("du".into(), vec!["dur>".into()]));
        assert_eq!(at("g:1 -st|ate"), ("state".into(), vec!["stack:".into(), "state:".into()]));
        assert_eq!(at("no|"), ("no".into(), vec!["not ".into()]));
        assert_eq!(at("state:run|").1, ["running", "runnable"]);
        assert_eq!(at("state:running,w|"), ("w".into(), vec!["waiting".into()]));
        assert_eq!(at("kind=Region| x").1, ["RegionBegin", "RegionEnd"]);
        assert_eq!(at("fn:conn|").1, ["\"net/http.(*conn).serve\""]);
        assert_eq!(at("reason:\"chan r|\""), ("\"chan r\"".into(), vec!["\"chan receive\"".into()]));
        assert_eq!(at("foo:x|").1, Vec::<String>::new());
        assert_eq!(at("\"quoted r|\"").1, Vec::<String>::new());
        assert_eq!(
            at("dur>1|").1,
            ["10us", "100us", "1ms", "10ms", "100ms", "1s"]
                .iter()
                .filter(|d| d.starts_with('1'))
                .map(|d| d.to_string())
                .collect::<Vec<_>>()
        );
    }
}
