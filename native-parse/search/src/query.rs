//! What a query is once it is read. `Display` writes it so that reading gives the same query again.

use std::fmt::{self, Display, Formatter, Write};

use crate::field::{Field, State, Type};

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Query {
    /// An empty text: everything.
    All,
    /// Two and more, none of them an `And`.
    And(Vec<Query>),
    /// Two and more, none of them an `Or`.
    Or(Vec<Query>),
    /// Not of a `Not`.
    Not(Box<Query>),
    Text(Pattern),
    Test(Test),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// Anywhere, whatever the case.
    Contains(String),
    /// The same by regular expression.
    Regex(String),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Test {
    pub field: Field,
    pub op: Op,
    /// One and more; more than one, and ranges, with `:`, `=` and `!=` only.
    pub values: Vec<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Op {
    Has,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Op {
    /// Longer ones first, so that the first that fits is meant.
    pub const ALL: [Op; 7] =
        [Op::NotEqual, Op::LessOrEqual, Op::GreaterOrEqual, Op::Has, Op::Equal, Op::Less, Op::Greater];

    pub fn as_str(self) -> &'static str {
        match self {
            Op::Has => ":",
            Op::Equal => "=",
            Op::NotEqual => "!=",
            Op::Less => "<",
            Op::LessOrEqual => "<=",
            Op::Greater => ">",
            Op::GreaterOrEqual => ">=",
        }
    }
    pub fn is_order(self) -> bool {
        matches!(self, Op::Less | Op::LessOrEqual | Op::Greater | Op::GreaterOrEqual)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    Number(i64),
    /// Both ends belong to it.
    Range(i64, i64),
    Text(String),
    Regex(String),
    State(State),
}

impl Query {
    /// Leaves of the tree, in order.
    pub fn each_leaf<'q>(&'q self, see: &mut impl FnMut(&'q Query)) {
        match self {
            Query::All => {}
            Query::And(of) | Query::Or(of) => of.iter().for_each(|q| q.each_leaf(see)),
            Query::Not(q) => q.each_leaf(see),
            leaf => see(leaf),
        }
    }

    /// Names of goroutines or of tasks are asked for: they may be told later than the event that they are asked of.
    pub fn needs_names(&self) -> bool {
        let mut needs = false;
        self.each_leaf(&mut |leaf| {
            needs |= match leaf {
                Query::Test(t) => {
                    t.field == Field::Fn
                        || t.field == Field::Task && t.values.iter().any(|v| !matches!(v, Value::Number(_)))
                }
                _ => true,
            }
        });
        needs
    }
}

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Query::All => Ok(()),
            Query::And(of) => joined(f, of, " ", |q| matches!(q, Query::Or(_))),
            Query::Or(of) => joined(f, of, " or ", |_| false),
            Query::Not(q) => {
                f.write_str("not ")?;
                in_parens(f, q, matches!(**q, Query::And(_) | Query::Or(_)))
            }
            Query::Text(Pattern::Contains(text)) => word(f, text),
            Query::Text(Pattern::Regex(text)) => regex(f, text),
            Query::Test(t) => t.fmt(f),
        }
    }
}

fn joined(f: &mut Formatter<'_>, of: &[Query], by: &str, parens: fn(&Query) -> bool) -> fmt::Result {
    for (i, q) in of.iter().enumerate() {
        if i > 0 {
            f.write_str(by)?;
        }
        in_parens(f, q, parens(q))?;
    }
    Ok(())
}

fn in_parens(f: &mut Formatter<'_>, q: &Query, parens: bool) -> fmt::Result {
    if parens { write!(f, "({q})") } else { q.fmt(f) }
}

impl Display for Test {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let info = self.field.info();
        write!(f, "{}{}", info.name, self.op.as_str())?;
        for (i, v) in self.values.iter().enumerate() {
            if i > 0 {
                f.write_char(',')?;
            }
            match v {
                Value::Number(n) => number(f, info.of, *n)?,
                Value::Range(a, b) => {
                    number(f, info.of, *a)?;
                    f.write_str("..")?;
                    number(f, info.of, *b)?;
                }
                Value::Text(t) => word(f, t)?,
                Value::Regex(t) => regex(f, t)?,
                Value::State(s) => f.write_str(s.as_str())?,
            }
        }
        Ok(())
    }
}

fn number(f: &mut Formatter<'_>, of: Type, n: i64) -> fmt::Result {
    if of != Type::Nanos {
        return write!(f, "{n}");
    }
    let units = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us")];
    match units.iter().find(|(unit, _)| n % unit == 0 && n != 0) {
        Some((unit, name)) => write!(f, "{}{name}", n / unit),
        None => write!(f, "{n}ns"),
    }
}

/// Bare where no other reading is possible, else quoted.
fn word(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    if is_plain(text) {
        return f.write_str(text);
    }
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}

/// A word that needs no quotes wherever it stands.
pub fn is_plain(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '-' | '*'))
        && !crate::lexer::is_keyword(text)
}

fn regex(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('/')?;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '/' => f.write_str("\\/")?,
            '\\' => {
                f.write_char('\\')?;
                if let Some(next) = chars.next() {
                    f.write_char(next)?;
                }
            }
            c => f.write_char(c)?,
        }
    }
    f.write_char('/')
}
