//! Text to `Query`, by descent. The grammar:
//!
//! ```text
//! query = or;  or = and ("or" and)*;  and = not (["and"] not)*;  not = ["not" | "-"] (field | text | "(" query ")")
//! field = name op value;  text = word | "quoted" | /regex/
//! ```
//!
//! A word is read as a field when a name of letters and an operator begin it; Go's names may hold parentheses.

use crate::field::{FIELDS, Field, State, Type};
use crate::lexer::{self, is_keyword, name_end, skip_blanks, word_end};
use crate::query::{Op, Pattern, Query, Test, Value};
use crate::value;
use tracewell_order::event::KIND_NAMES;

/// Longer texts are no questions.
const MAX_BYTES: usize = 16 << 10;
const MAX_DEPTH: usize = 64;
/// Limits of a compiled regular expression.
const REGEX_BYTES: usize = 1 << 20;
const REGEX_NEST: u32 = 64;

/// What is wrong with a query, and where. Units: bytes of its text; `from` = `to`: between two characters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QueryError {
    pub from: usize,
    pub to: usize,
    /// A sentence without its full stop.
    pub message: String,
    /// What could stand there.
    pub expected: Vec<String>,
}

impl QueryError {
    /// One line for a terminal: columns count characters from 1.
    pub fn line(&self, text: &str) -> String {
        let column = |byte: usize| text.get(..byte).map_or(0, |t| t.chars().count()) + 1;
        let (from, to) = (column(self.from), column(self.to));
        let place = if to > from + 1 { format!("{from} to {}", to - 1) } else { from.to_string() };
        let expected = match &self.expected[..] {
            [] => String::new(),
            all => format!("; expected {}", all.join(", ")),
        };
        format!("at column {place}: {}{expected}", self.message)
    }
}

type Result<T> = std::result::Result<T, QueryError>;

/// Reads a query. An empty text is `Query::All`. Errors: with place and what was expected.
/// Cost: O(text), and compiling its regular expressions.
pub fn parse(text: &str) -> Result<Query> {
    if text.len() > MAX_BYTES {
        return Err(error(0, text.len(), "The query is too long", &[]));
    }
    let mut p = Parser { text, pos: 0, depth: 0 };
    p.blanks();
    if p.at_end() {
        return Ok(Query::All);
    }
    let query = p.or()?;
    if !p.at_end() {
        return Err(error(p.pos, p.pos + 1, "This parenthesis closes nothing", &[]));
    }
    Ok(query)
}

fn error(from: usize, to: usize, message: impl Into<String>, expected: &[&str]) -> QueryError {
    let expected = expected.iter().map(|e| e.to_string()).collect();
    QueryError { from, to, message: message.into(), expected }
}

/// A regular expression as all places of the language compile it: whatever the case, with limits.
pub fn compile(source: &str) -> std::result::Result<regex::Regex, regex::Error> {
    regex::RegexBuilder::new(source)
        .case_insensitive(true)
        .size_limit(REGEX_BYTES)
        .dfa_size_limit(REGEX_BYTES)
        .nest_limit(REGEX_NEST)
        .build()
}

struct Parser<'t> {
    text: &'t str,
    pos: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn at_end(&self) -> bool {
        self.pos >= self.text.len()
    }
    fn rest(&self) -> &'t str {
        &self.text[self.pos..]
    }
    fn blanks(&mut self) {
        self.pos = skip_blanks(self.text, self.pos);
    }
    fn word_at(&self) -> &'t str {
        &self.text[self.pos..word_end(self.text, self.pos, false)]
    }
    /// Takes a keyword, and the blanks behind it.
    fn keyword(&mut self, word: &str) -> bool {
        let found = self.word_at();
        let is = is_keyword(found) && found.eq_ignore_ascii_case(word);
        if is {
            self.pos += found.len();
            self.blanks();
        }
        is
    }

    fn or(&mut self) -> Result<Query> {
        let mut of = Vec::new();
        loop {
            match self.and()? {
                Query::Or(more) => of.extend(more),
                q => of.push(q),
            }
            if !self.keyword("or") {
                break;
            }
        }
        Ok(if of.len() == 1 { of.remove(0) } else { Query::Or(of) })
    }

    fn and(&mut self) -> Result<Query> {
        let mut of = Vec::new();
        loop {
            match self.not()? {
                Query::And(more) => of.extend(more),
                q => of.push(q),
            }
            self.blanks();
            if self.keyword("and") {
                continue;
            }
            if self.at_end()
                || self.rest().starts_with(')')
                || self.word_at().eq_ignore_ascii_case("or") && is_keyword(self.word_at())
            {
                break;
            }
        }
        Ok(if of.len() == 1 { of.remove(0) } else { Query::And(of) })
    }

    fn not(&mut self) -> Result<Query> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(error(self.pos, self.text.len(), "The query is nested too deeply", &[]));
        }
        let start = self.pos;
        let negated = if self.rest().starts_with('-') {
            self.pos += 1;
            true
        } else {
            self.keyword("not")
        };
        let query = if negated {
            if self.pos == start + 1 && skip_blanks(self.text, self.pos) > self.pos {
                return Err(error(self.pos, self.pos, "Nothing follows the minus", &WANTED));
            }
            match self.not()? {
                Query::Not(q) => *q,
                q => Query::Not(Box::new(q)),
            }
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(query)
    }

    fn primary(&mut self) -> Result<Query> {
        let (text, start) = (self.text, self.pos);
        let Some(first) = self.rest().chars().next() else {
            return Err(error(start, start, "The query ends here", &WANTED));
        };
        match first {
            '(' => self.group(start),
            ')' => Err(error(start, start + 1, "Nothing stands before this parenthesis", &WANTED)),
            '"' => Ok(Query::Text(Pattern::Contains(self.quoted()?))),
            '/' => {
                let Some((source, end)) = lexer::regex(text, start, false) else {
                    let why = "This regular expression is not closed; put quotes around a text that begins with a slash";
                    return Err(error(start, text.len(), why, &["/"]));
                };
                self.pos = end;
                Ok(Query::Text(Pattern::Regex(self.checked(source, start)?)))
            }
            _ => self.field_or_word(start),
        }
    }

    fn group(&mut self, start: usize) -> Result<Query> {
        self.pos += 1;
        self.blanks();
        let query = self.or()?;
        if !self.rest().starts_with(')') {
            return Err(error(start, start + 1, "This parenthesis is not closed", &[")"]));
        }
        self.pos += 1;
        Ok(query)
    }

    fn quoted(&mut self) -> Result<String> {
        let Some((value, end)) = lexer::quoted(self.text, self.pos) else {
            return Err(error(self.pos, self.text.len(), "This quote is not closed", &["\""]));
        };
        self.pos = end;
        Ok(value)
    }

    fn checked(&self, source: String, start: usize) -> Result<String> {
        let at = |why: &str| error(start, self.pos, why, &[]);
        if source.is_empty() {
            return Err(at("This regular expression is empty"));
        }
        match compile(&source) {
            Ok(_) => Ok(source),
            Err(regex::Error::CompiledTooBig(_)) => Err(at("This regular expression is too large")),
            Err(e) => {
                // The last line of the library's message is the reason.
                let text = e.to_string();
                let why = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_string();
                Err(at(&format!("This regular expression is wrong: {why}")))
            }
        }
    }

    fn field_or_word(&mut self, start: usize) -> Result<Query> {
        let text = self.text;
        let end = name_end(text, start);
        if end > start && !is_keyword(&text[start..end]) {
            // Blanks around a sign are no matter, but a colon stands right behind its field.
            let sign = skip_blanks(text, end);
            if let Some(op) = op_at(text, sign).filter(|op| sign == end || *op != Op::Has) {
                return self.field(start, end, sign, op);
            }
        }
        let word = self.word_at();
        if let Some(op) = op_at(text, start) {
            let why = format!("No field stands before {}", op.as_str());
            return Err(unknown(start, start + op.as_str().len(), why));
        }
        if is_keyword(word) {
            let why = format!("{word} has nothing to join; put quotes around it to find the word");
            return Err(error(start, start + word.len(), why, &WANTED));
        }
        self.pos = start + word.len();
        Ok(Query::Text(Pattern::Contains(word.into())))
    }

    fn field(&mut self, start: usize, end: usize, sign: usize, op: Op) -> Result<Query> {
        let name = &self.text[start..end];
        let Some(field) = Field::named(name) else {
            let why = format!("Unknown field \"{name}\"; put quotes around a text that is no field");
            return Err(unknown(start, end, why));
        };
        let of = field.info().of;
        let op_end = sign + op.as_str().len();
        if op.is_order() && !of.is_ordered() {
            let why = format!("\"{name}\" has no order");
            return Err(error(sign, op_end, why, &[":", "=", "!="]));
        }
        self.pos = skip_blanks(self.text, op_end);
        let mut values = Vec::new();
        loop {
            let at = self.pos;
            let value = self.value(field, op)?;
            if op.is_order() && (matches!(value, Value::Range(..)) || self.rest().starts_with(',')) {
                let why = format!("{} compares with one value", op.as_str());
                return Err(error(at, word_end(self.text, at, false).max(at), why, &[of.expected()]));
            }
            values.push(value);
            if !self.rest().starts_with(',') {
                break;
            }
            self.pos += 1;
        }
        if let Some(c) = self.rest().chars().next()
            && !c.is_whitespace()
            && c != ')'
        {
            let why = "A blank is missing before this";
            return Err(error(self.pos, self.pos + c.len_utf8(), why, &["a blank", ","]));
        }
        Ok(Query::Test(Test { field, op, values }))
    }

    fn value(&mut self, field: Field, op: Op) -> Result<Value> {
        let (text, start) = (self.text, self.pos);
        let info = field.info();
        let bad = |to: usize, why: String| Err(error(start, to, why, &[info.of.expected()]));
        if self.rest().starts_with('"') {
            let value = self.quoted()?;
            return match info.of {
                Type::Text | Type::IdOrName => Ok(Value::Text(value)),
                of => {
                    let read = read(of, &value, op);
                    read.or_else(|why| bad(self.pos, format!("\"{}\" {why}", info.name)))
                }
            };
        }
        if matches!(info.of, Type::Text | Type::IdOrName)
            && self.rest().starts_with('/')
            && let Some((source, end)) = lexer::regex(text, start, true)
        {
            self.pos = end;
            return Ok(Value::Regex(self.checked(source, start)?));
        }
        let end = word_end(text, start, true);
        let word = &text[start..end];
        if word.is_empty() {
            return bad(start, format!("\"{}{}\" has no value", info.name, op.as_str()));
        }
        self.pos = end;
        read(info.of, word, op).or_else(|why| bad(end, format!("\"{}\" {why}", info.name)))
    }
}

const WANTED: [&str; 4] = ["a word", "a field", "/regex/", "("];

fn unknown(from: usize, to: usize, why: String) -> QueryError {
    QueryError { from, to, message: why, expected: FIELDS.iter().map(|f| f.name.to_string()).collect() }
}

pub(crate) fn op_at(text: &str, pos: usize) -> Option<Op> {
    let rest = text.get(pos..)?;
    Op::ALL.into_iter().find(|op| rest.starts_with(op.as_str()))
}

/// A value of a type. Err: what is wrong, to follow the field's name.
fn read(of: Type, word: &str, op: Op) -> std::result::Result<Value, String> {
    match of {
        Type::Number => {
            ranged(word, value::number).ok_or_else(|| format!("wants a number, not \"{word}\""))?
        }
        Type::Nanos => {
            ranged(word, value::duration).ok_or_else(|| format!("wants a duration, not \"{word}\""))?
        }
        Type::IdOrName => match ranged(word, value::number) {
            Some(number) => number,
            None => Ok(Value::Text(word.into())),
        },
        Type::Text => Ok(Value::Text(word.into())),
        Type::State => State::named(word).map(Value::State).ok_or_else(|| format!("has no state \"{word}\"")),
        Type::Kind => {
            let fits = |kind: &str| match op {
                Op::Has => kind.to_ascii_lowercase().contains(&word.to_ascii_lowercase()),
                _ => kind.eq_ignore_ascii_case(word),
            };
            match KIND_NAMES.iter().any(|k| fits(k)) {
                true => Ok(Value::Text(word.into())),
                false => Err(format!("has no \"{word}\"; kinds are {}", KIND_NAMES.join(", "))),
            }
        }
    }
}

/// A number or a range of two; Some(Err): a range that ends before it begins.
fn ranged(word: &str, one: fn(&str) -> Option<i64>) -> Option<std::result::Result<Value, String>> {
    if let Some((a, b)) = word.split_once("..") {
        let (a, b) = (one(a)?, one(b)?);
        return Some(if a <= b {
            Ok(Value::Range(a, b))
        } else {
            Err("has a range that ends before it begins".into())
        });
    }
    Some(Ok(Value::Number(one(word)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normal(text: &str) -> String {
        parse(text).unwrap_or_else(|e| panic!("{text}: {}", e.line(text))).to_string()
    }

    fn wrong(text: &str) -> (String, String) {
        let e = parse(text).expect_err(text);
        (text[e.from..e.to].to_string(), e.message)
    }

    #[test]
    fn reads_the_grammar() {
        for (text, want) in [
            ("", ""),
            ("  ", ""),
            ("a b", "a b"),
            ("a and b", "a b"),
            ("a or b c", "a or b c"),
            ("(a or b) c", "(a or b) c"),
            ("((a)) (b c)", "a b c"),
            ("not a", "not a"),
            ("-a -(b or c)", "not a not (b or c)"),
            ("not not a", "a"),
            ("dur > 1ms", "dur>1ms"),
            ("dur>=1.5ms t<2s", "dur>=1500us t<2s"),
            ("g:1,3..5,9", "g:1,3..5,9"),
            ("t:1ms..2ms", "t:1ms..2ms"),
            ("dur=0", "dur=0ns"),
            ("fn:net/http.(*conn).serve", "fn:\"net/http.(*conn).serve\""),
            ("reason=\"chan receive\",sync", "reason=\"chan receive\",sync"),
            ("state:Running", "state:running"),
            ("kind=regionbegin", "kind=regionbegin"),
            ("/ab c\\/d/", "/ab c\\/d/"),
            ("log:/api/v1", "log:\"/api/v1\""),
            ("log:/^a,b$/,c", "log:/^a,b$/,c"),
            ("task:5 task:\"5\" task!=5,load", "task:5 task:\"5\" task!=5,load"),
            ("\"a \\\"b\\\" \\\\ c\"", "\"a \\\"b\\\" \\\\ c\""),
            ("\"or\"", "\"or\""),
            ("main.func1:5", "\"main.func1:5\""),
            ("p!=0", "p!=0"),
        ] {
            assert_eq!(normal(text), want, "{text}");
            assert_eq!(normal(&normal(text)), want, "{text} again");
        }
    }

    #[test]
    fn errors_point_at_their_place() {
        for (text, place, message) in [
            ("g:1 foo:2", "foo", "Unknown field"),
            ("dur>1banana", "1banana", "wants a duration"),
            ("g=abc x", "abc", "wants a number"),
            ("t:5ms..1ms", "5ms..1ms", "ends before it begins"),
            ("fn>3", ">", "has no order"),
            ("dur<1ms,2ms", "1ms,2ms", "compares with one value"),
            ("dur<1ms..2ms", "1ms..2ms", "compares with one value"),
            ("state:runing", "runing", "has no state"),
            ("kind:Foo", "Foo", "has no"),
            ("kind=Region", "Region", "has no"),
            ("g:", "", "has no value"),
            ("g:1 or", "", "ends here"),
            ("or a", "or", "nothing to join"),
            ("(a", "(", "not closed"),
            ("a)", ")", "closes nothing"),
            ("()", ")", "Nothing stands before"),
            ("\"abc", "\"abc", "not closed"),
            ("/abc", "/abc", "not closed"),
            ("/a(b/", "/a(b/", "is wrong"),
            ("//", "//", "empty"),
            ("fn:\"a\"b", "b", "blank is missing"),
            ("<5", "<", "No field"),
            ("-", "", "ends here"),
        ] {
            let (at, why) = wrong(text);
            assert_eq!(at, place, "{text}: {why}");
            assert!(why.contains(message), "{text}: {why}");
        }
        let e = parse("é foo:1").unwrap_err();
        assert!(
            e.line("é foo:1").starts_with("at column 3 to 5: Unknown field \"foo\""),
            "{}",
            e.line("é foo:1")
        );
        assert!(e.expected.contains(&"reason".to_string()));
    }

    #[test]
    fn depth_and_length_are_limited() {
        assert!(parse(&"(".repeat(5_000)).unwrap_err().message.contains("deep"));
        assert!(parse(&"-".repeat(5_000)).is_err());
        assert!(parse(&"a ".repeat(20_000)).unwrap_err().message.contains("long"));
        assert!(parse("/(a{1000}){1000}/").unwrap_err().message.contains("large"));
    }
}
