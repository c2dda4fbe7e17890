//! Rows that a page holds itself as records of the search language: names, numbers and texts by field.

use serde_json::{Map, Value, json};
use tracewell_search::field::{Field, State};
use tracewell_search::record::{See, Text};
use tracewell_search::{Matcher, Record};
use tracewell_source::Result;

use super::input::{list, text, whole};
use super::search::parsed;

/// Places of the rows that a query finds. Errors: RANGE with the place of what is wrong. Cost: O(rows).
pub fn matching(input: &Value) -> Result<Value> {
    let mut matcher = Matcher::new(&parsed(text(input, "query")?)?);
    let rows = list(input, "rows").iter().enumerate();
    let found = rows.filter(|(_, row)| matcher.matches(&Given(row))).map(|(i, _)| json!(i));
    Ok(found.collect())
}

/// `SearchedRow` of contract/search.ts.
struct Given<'v>(&'v Value);

impl Given<'_> {
    fn of(&self, part: &str) -> Option<&Map<String, Value>> {
        self.0[part].as_object()
    }
}

impl Record for Given<'_> {
    fn number(&self, field: Field) -> Option<i64> {
        self.of("numbers")?.get(field.info().name).and_then(whole)
    }

    fn state(&self) -> Option<State> {
        State::named(self.0["state"].as_str()?)
    }

    fn texts(&self, field: Field, see: &mut See<'_>) {
        let Some(texts) = self.of("texts").and_then(|t| t.get(field.info().name)) else { return };
        match texts {
            Value::String(text) => {
                see(Text::Once(text));
            }
            Value::Array(all) => {
                let _ = all.iter().filter_map(Value::as_str).any(|text| see(Text::Once(text)));
            }
            _ => {}
        }
    }

    fn stacks(&self) -> [u64; 2] {
        let has = self.of("texts").is_some_and(|t| t.contains_key(Field::Stack.info().name));
        [u64::from(has), 0]
    }

    fn frames(&self, stack: u64, see: &mut dyn FnMut(&str) -> bool) {
        if stack > 0 {
            self.texts(Field::Stack, &mut |t: Text<'_>| see(t.as_str()));
        }
    }

    fn names(&self, see: &mut See<'_>) {
        let _ = list(self.0, "names").iter().filter_map(Value::as_str).any(|name| see(Text::Once(name)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_rows_by_name_number_text_and_state() {
        let rows = json!([
            {"names": ["main.worker"], "numbers": {"exec": 5_000_000, "g": 7}, "texts": {"reason": ["sync", "sleep"]}},
            {"names": ["net/http.serve"], "numbers": {"exec": 10}, "texts": {"fn": "net/http.serve", "stack": "main.main"}, "state": "running"},
        ]);
        let found = |query: &str| matching(&json!({"query": query, "rows": rows})).ok();
        assert_eq!(found("worker"), Some(json!([0])));
        assert_eq!(found("exec>=1ms"), Some(json!([0])));
        assert_eq!(found("fn:http or reason:sleep"), Some(json!([0, 1])));
        assert_eq!(found("state:running"), Some(json!([1])));
        assert_eq!(found("stack:main.main"), Some(json!([1])));
        assert_eq!(found("g:7 -worker"), Some(json!([])));
        assert_eq!(found(""), Some(json!([0, 1])));
        assert_eq!(found("exec>=soon"), None);
    }
}
