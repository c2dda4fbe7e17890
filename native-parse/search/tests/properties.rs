//! Whatever is typed: no panic, errors inside of the text, and what was read is read again from its own text.

use proptest::prelude::*;
use tracewell_search::complete::complete;
use tracewell_search::field::{FIELDS, State, Type};
use tracewell_search::query::{Op, Pattern, Query, Test, Value};
use tracewell_search::{Matcher, Record, parse};

struct Nothing;
impl Record for Nothing {}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z/.]{1,8}",
        "[ -~]{1,12}",
        "\\PC{1,6}",
        Just("or".to_string()),
        Just("a\\\"b\\".to_string()),
        Just("net/http.(*conn).serve".to_string()),
    ]
}

fn regex() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z.]{1,6}",
        Just("a/b".into()),
        Just("\\.x$".into()),
        Just("\\\\/".into()),
        Just("(a|b) c".into())
    ]
}

fn value(of: Type, op: Op) -> BoxedStrategy<Value> {
    let number = prop_oneof![0..100i64, any::<i64>()];
    let range = (number.clone(), number.clone()).prop_map(|(a, b)| Value::Range(a.min(b), a.max(b)));
    match of {
        Type::Number | Type::Nanos if op.is_order() => number.prop_map(Value::Number).boxed(),
        Type::Number | Type::Nanos => prop_oneof![number.prop_map(Value::Number), range].boxed(),
        Type::Text => prop_oneof![text().prop_map(Value::Text), regex().prop_map(Value::Regex)].boxed(),
        Type::IdOrName => {
            prop_oneof![number.prop_map(Value::Number), range, text().prop_map(Value::Text)].boxed()
        }
        Type::State => prop::sample::select(&State::ALL).prop_map(Value::State).boxed(),
        Type::Kind => Just(Value::Text("Log".into())).boxed(),
    }
}

fn test() -> impl Strategy<Value = Query> {
    (0..FIELDS.len(), prop::sample::select(&Op::ALL)).prop_flat_map(|(i, op)| {
        let info = &FIELDS[i];
        let op = if op.is_order() && !info.of.is_ordered() { Op::Has } else { op };
        let most = if op.is_order() { 1 } else { 3 };
        prop::collection::vec(value(info.of, op), 1..=most)
            .prop_map(move |values| Query::Test(Test { field: info.field, op, values }))
    })
}

/// Queries as the parser makes them: no list in a list of its kind, no double negation.
fn query() -> impl Strategy<Value = Query> {
    let leaf = prop_oneof![
        text().prop_map(|t| Query::Text(Pattern::Contains(t))),
        regex().prop_map(|t| Query::Text(Pattern::Regex(t))),
        test(),
    ];
    leaf.prop_recursive(4, 32, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|of| flat(of, true)),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|of| flat(of, false)),
            inner.prop_map(|q| match q {
                Query::Not(q) => *q,
                q => Query::Not(Box::new(q)),
            }),
        ]
    })
}

fn flat(of: Vec<Query>, and: bool) -> Query {
    let mut out = Vec::new();
    for q in of {
        match q {
            Query::And(more) if and => out.extend(more),
            Query::Or(more) if !and => out.extend(more),
            q => out.push(q),
        }
    }
    if and { Query::And(out) } else { Query::Or(out) }
}

/// Texts that look like queries.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(FIELDS.iter().map(|f| f.name.to_string()).collect::<Vec<_>>()),
        prop::sample::select(vec![
            ":", "=", "!=", "<", "<=", ">", ">=", "(", ")", "\"", "/", "-", ",", "..", " ", "or ", "not ",
            "and ", "1", "10us", "1.5ms", "running", "\\", "é", "Log",
        ])
        .prop_map(str::to_string),
        "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|v| v.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn reads_what_it_writes(q in query()) {
        let text = q.to_string();
        let again = parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {}", e.line(&text))))?;
        prop_assert_eq!(&again, &q, "{}", text);
        Matcher::new(&again).matches(&Nothing);
    }

    #[test]
    fn nothing_panics(text in prop_oneof![nearly(), "\\PC{0,40}"], caret in 0usize..60) {
        match parse(&text) {
            Ok(q) => {
                let normal = q.to_string();
                let again = parse(&normal).map_err(|e| TestCaseError::fail(format!("{text:?} -> {normal:?}: {}", e.line(&normal))))?;
                prop_assert_eq!(again, q, "{} -> {}", text, normal);
            }
            Err(e) => {
                prop_assert!(e.from <= e.to && e.to <= text.len());
                prop_assert!(text.is_char_boundary(e.from) && text.is_char_boundary(e.to), "{:?} {:?}", text, e);
                prop_assert!(!e.line(&text).contains('\n'));
            }
        }
        let c = complete(&text, caret, &|_| vec!["a b".into(), "c".into()]);
        prop_assert!(c.from <= c.to && text.get(c.from..c.to).is_some());
    }
}
