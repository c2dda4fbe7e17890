//! A query made ready to be asked of very many records.

use regex::Regex;
use tracewell_order::event::KIND_NAMES;
use tracewell_source::SeededMap;

use crate::field::{Field, State, Type};
use crate::parse::compile;
use crate::query::{Op, Pattern, Query, Test, Value};
use crate::record::{Record, Text};

/// Says of records whether a query matches. Remembers what it found out about texts and stacks that come again:
/// memory by distinct texts, and by stacks of a generation.
#[derive(Clone)]
pub struct Matcher {
    root: Node,
}

#[derive(Clone)]
enum Node {
    All,
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    Names(Texts),
    Texts(Field, Texts),
    Stacks(Texts),
    Task(Numbers, Texts),
    Number(Field, Numbers),
    /// A bit for each state or kind that fits.
    State(u32),
    Kind(u32),
}

/// Any of these, or with `negated` none.
#[derive(Clone)]
struct Texts {
    any: Vec<Pat>,
    negated: bool,
    /// By number of a known text: 0 not yet, 1 no, 2 yes.
    memo: Vec<u8>,
    stacks: SeededMap<u64, bool>,
}

#[derive(Clone)]
enum Pat {
    Regex(Regex),
    Equal(Box<str>),
}

impl Pat {
    fn fits(&self, text: &str) -> bool {
        match self {
            Pat::Regex(r) => r.is_match(text),
            Pat::Equal(t) => **t == *text,
        }
    }
}

#[derive(Clone)]
struct Numbers {
    /// Both ends belong to them.
    any: Vec<(i64, i64)>,
    negated: bool,
}

impl Numbers {
    #[inline]
    fn fit(&self, numbers: [Option<i64>; 2]) -> bool {
        let mut numbers = numbers.into_iter().flatten();
        match self.negated {
            false => numbers.any(|n| self.holds(n)),
            true => {
                let mut some = false;
                numbers.all(|n| {
                    some = true;
                    !self.holds(n)
                }) && some
            }
        }
    }
    #[inline]
    fn holds(&self, n: i64) -> bool {
        self.any.iter().any(|(a, b)| (*a..=*b).contains(&n))
    }
}

impl Matcher {
    pub fn new(query: &Query) -> Matcher {
        Matcher { root: node(query) }
    }

    /// Cost: O(leaves), and a look at each text that is new.
    #[inline]
    pub fn matches(&mut self, record: &impl Record) -> bool {
        self.root.matches(record)
    }

    /// Known texts from this number on will mean others, and so will stacks: at the begin of each generation at least.
    pub fn forget(&mut self, from: u32) {
        self.root.forget(from as usize);
    }
}

fn node(query: &Query) -> Node {
    match query {
        Query::All => Node::All,
        Query::And(of) => Node::And(cheap_first(of)),
        Query::Or(of) => Node::Or(cheap_first(of)),
        Query::Not(q) => Node::Not(Box::new(node(q))),
        Query::Text(Pattern::Contains(text)) => Node::Names(Texts::new([contains(text)], false)),
        Query::Text(Pattern::Regex(source)) => Node::Names(Texts::new([regex(source)], false)),
        Query::Test(t) => test(t),
    }
}

/// Numbers before texts before stacks: the order tells nothing else.
fn cheap_first(of: &[Query]) -> Vec<Node> {
    let mut nodes: Vec<Node> = of.iter().map(node).collect();
    nodes.sort_by_key(Node::cost);
    nodes
}

fn contains(text: &str) -> Pat {
    regex(&regex::escape(text))
}

fn regex(source: &str) -> Pat {
    // The parser compiled it before; a text that is too large to be one is looked for as it is.
    compile(source).map_or_else(|_| Pat::Equal(source.into()), Pat::Regex)
}

fn test(t: &Test) -> Node {
    let negated = t.op == Op::NotEqual;
    match t.field.info().of {
        Type::State => {
            let mut bits = 0;
            for v in &t.values {
                if let Value::State(s) = v {
                    bits |= 1 << *s as u32;
                }
            }
            Node::State(flip(bits, State::ALL.len(), negated))
        }
        Type::Kind => {
            let fits = |kind: &str, v: &Value| match v {
                Value::Text(text) if t.op == Op::Has => {
                    kind.to_ascii_lowercase().contains(&text.to_ascii_lowercase())
                }
                Value::Text(text) => kind.eq_ignore_ascii_case(text),
                _ => false,
            };
            let mut bits = 0;
            for (i, kind) in KIND_NAMES.iter().enumerate() {
                bits |= u32::from(t.values.iter().any(|v| fits(kind, v))) << i;
            }
            Node::Kind(flip(bits, KIND_NAMES.len(), negated))
        }
        Type::Number | Type::Nanos => Node::Number(t.field, numbers(t)),
        Type::Text if t.field == Field::Stack => Node::Stacks(texts(t)),
        Type::Text => Node::Texts(t.field, texts(t)),
        Type::IdOrName => Node::Task(numbers(t), texts(t)),
    }
}

fn flip(bits: u32, n: usize, negated: bool) -> u32 {
    if negated { !bits & ((1 << n) - 1) } else { bits }
}

fn numbers(t: &Test) -> Numbers {
    let any = t.values.iter().filter_map(|v| match (v, t.op) {
        (Value::Range(a, b), _) => Some((*a, *b)),
        (Value::Number(n), Op::Less) => Some((i64::MIN, n.checked_sub(1)?)),
        (Value::Number(n), Op::LessOrEqual) => Some((i64::MIN, *n)),
        (Value::Number(n), Op::Greater) => Some((n.checked_add(1)?, i64::MAX)),
        (Value::Number(n), Op::GreaterOrEqual) => Some((*n, i64::MAX)),
        (Value::Number(n), _) => Some((*n, *n)),
        _ => None,
    });
    Numbers { any: any.collect(), negated: t.op == Op::NotEqual }
}

fn texts(t: &Test) -> Texts {
    let any = t.values.iter().filter_map(|v| match v {
        Value::Text(text) if t.op == Op::Has => Some(contains(text)),
        Value::Text(text) => Some(Pat::Equal(text.as_str().into())),
        Value::Regex(source) => Some(regex(source)),
        _ => None,
    });
    Texts::new(any, t.op == Op::NotEqual)
}

impl Texts {
    fn new(any: impl IntoIterator<Item = Pat>, negated: bool) -> Texts {
        Texts { any: any.into_iter().collect(), negated, memo: Vec::new(), stacks: SeededMap::default() }
    }

    fn fits(&self, text: &str) -> bool {
        self.any.iter().any(|p| p.fits(text))
    }

    fn look(&mut self, text: Text<'_>) -> bool {
        let Text::Known(number, text) = text else { return self.fits(text.as_str()) };
        let number = number as usize;
        match self.memo.get(number) {
            Some(1) => return false,
            Some(2) => return true,
            _ => {}
        }
        let yes = self.fits(text);
        if self.memo.len() <= number {
            self.memo.resize(number + 1, 0);
        }
        self.memo[number] = 1 + u8::from(yes);
        yes
    }

    /// Whether what `show` shows fits: any of it, or with `negated` something and none of it.
    fn among(&mut self, show: impl FnOnce(&mut crate::record::See<'_>)) -> bool {
        let (mut some, mut any) = (false, false);
        show(&mut |text| {
            if text.as_str().is_empty() {
                return false;
            }
            some = true;
            any = self.look(text);
            any
        });
        if self.negated { some && !any } else { any }
    }

    fn stack(&mut self, id: u64, record: &impl Record) -> bool {
        if let Some(&yes) = self.stacks.get(&id) {
            return yes;
        }
        let mut yes = false;
        record.frames(id, &mut |frame| {
            let func = frame.rsplit_once('@').map_or(frame, |f| f.0);
            yes = self.any.iter().any(|p| match p {
                Pat::Regex(r) => r.is_match(frame),
                Pat::Equal(t) => **t == *func || **t == *frame,
            });
            yes
        });
        self.stacks.insert(id, yes);
        yes
    }
}

impl Node {
    fn cost(&self) -> u32 {
        match self {
            Node::All | Node::State(_) | Node::Kind(_) => 0,
            Node::Number(..) => 1,
            Node::Task(..) => 2,
            Node::Texts(..) => 3,
            Node::Names(_) => 4,
            Node::Stacks(_) => 5,
            Node::Not(n) => n.cost(),
            Node::And(of) | Node::Or(of) => of.iter().map(Node::cost).max().unwrap_or(0),
        }
    }

    fn matches(&mut self, r: &impl Record) -> bool {
        match self {
            Node::All => true,
            Node::And(of) => of.iter_mut().all(|n| n.matches(r)),
            Node::Or(of) => of.iter_mut().any(|n| n.matches(r)),
            Node::Not(n) => !n.matches(r),
            Node::State(bits) => r.state().is_some_and(|s| *bits >> s as u32 & 1 == 1),
            Node::Kind(bits) => r.kind().is_some_and(|k| *bits >> k & 1 == 1),
            Node::Number(field, numbers) => numbers.fit(r.numbers(*field)),
            Node::Names(texts) => texts.among(|see| r.names(see)),
            Node::Texts(field, texts) => texts.among(|see| r.texts(*field, see)),
            Node::Task(numbers, texts) => task(numbers, texts, r),
            Node::Stacks(texts) => {
                let ids = r.stacks();
                let any = ids.into_iter().any(|id| id != 0 && texts.stack(id, r));
                if texts.negated { ids != [0; 2] && !any } else { any }
            }
        }
    }

    fn forget(&mut self, from: usize) {
        match self {
            Node::And(of) | Node::Or(of) => of.iter_mut().for_each(|n| n.forget(from)),
            Node::Not(n) => n.forget(from),
            Node::Names(t) | Node::Texts(_, t) | Node::Task(_, t) => t.memo.truncate(from),
            Node::Stacks(t) => t.stacks.clear(),
            _ => {}
        }
    }
}

/// By number or by name; with `!=` neither.
fn task(numbers: &Numbers, texts: &mut Texts, r: &impl Record) -> bool {
    let Some(id) = r.number(Field::Task) else { return false };
    let mut any = numbers.holds(id);
    if !any && !texts.any.is_empty() {
        r.texts(Field::Task, &mut |text| {
            any = !text.as_str().is_empty() && texts.look(text);
            any
        });
    }
    any != numbers.negated
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    struct Row {
        g: i64,
        dur: Option<i64>,
        func: &'static str,
        state: Option<State>,
        stack: &'static [&'static str],
    }

    impl Record for Row {
        fn number(&self, field: Field) -> Option<i64> {
            match field {
                Field::G => Some(self.g),
                Field::Dur => self.dur,
                _ => None,
            }
        }
        fn state(&self) -> Option<State> {
            self.state
        }
        fn texts(&self, field: Field, see: &mut crate::record::See<'_>) {
            if field == Field::Fn {
                see(Text::Known(self.g as u32, self.func));
            }
        }
        fn names(&self, see: &mut crate::record::See<'_>) {
            self.texts(Field::Fn, see);
        }
        fn stacks(&self) -> [u64; 2] {
            [0, u64::from(!self.stack.is_empty()) * (1 + self.g as u64)]
        }
        fn frames(&self, _stack: u64, see: &mut dyn FnMut(&str) -> bool) {
            for f in self.stack {
                if see(f) {
                    return;
                }
            }
        }
    }

    fn hits(query: &str) -> Vec<i64> {
        let rows = [
            Row {
                g: 1,
                dur: Some(10),
                func: "main.main",
                state: Some(State::Running),
                stack: &["main.main@3"],
            },
            Row { g: 2, dur: Some(1_500), func: "main.Work", state: Some(State::Waiting), stack: &[] },
            Row { g: 3, dur: None, func: "", state: None, stack: &["sync.(*Mutex).Lock@9", "main.work@1"] },
        ];
        let mut m = Matcher::new(&parse(query).unwrap());
        // Twice, so that what is remembered is asked too.
        let once: Vec<i64> = rows.iter().filter(|r| m.matches(*r)).map(|r| r.g).collect();
        assert_eq!(once, rows.iter().filter(|r| m.matches(*r)).map(|r| r.g).collect::<Vec<_>>());
        once
    }

    #[test]
    fn answers() {
        for (query, want) in [
            ("", &[1, 2, 3][..]),
            ("work", &[2]),
            ("MAIN", &[1, 2]),
            ("fn=main.Work", &[2]),
            ("fn=main.work", &[]),
            ("fn!=main.Work", &[1]),
            ("not fn=main.Work", &[1, 3]),
            ("/^main\\.m/", &[1]),
            ("fn:/WORK$/", &[2]),
            ("dur>=10ns dur<1us", &[1]),
            ("dur:5..20,1500", &[1, 2]),
            ("dur!=10", &[2]),
            ("g:1 or g=3", &[1, 3]),
            ("g=1,3", &[1, 3]),
            ("-(g:1..2)", &[3]),
            ("state:waiting,running", &[1, 2]),
            ("state!=waiting", &[1]),
            ("stack:mutex", &[3]),
            ("stack=main.work", &[3]),
            ("stack=main.main@3", &[1]),
            ("stack!=main.main", &[3]),
            ("exec>0", &[]),
            ("g<1", &[]),
            ("g:1 or g:2 fn:work", &[1, 2]),
            ("(g:1 or g:2) fn:work", &[2]),
        ] {
            assert_eq!(hits(query), want, "{query}");
        }
    }
}
