//! An answer of one object whose long lists are made while they are written: a JSON tree of millions of rows would take
//! many times the memory of what it tells.

use std::io::{self, Write};

use serde_json::{Map, Value};

pub enum Field {
    One(Value),
    List(Box<dyn Iterator<Item = Value>>),
}

/// Fields in the order in which they are written.
#[derive(Default)]
pub struct Answer {
    fields: Vec<(&'static str, Field)>,
}

impl Answer {
    pub fn one(mut self, name: &'static str, value: Value) -> Answer {
        self.fields.push((name, Field::One(value)));
        self
    }

    pub fn list(mut self, name: &'static str, rows: impl Iterator<Item = Value> + 'static) -> Answer {
        self.fields.push((name, Field::List(Box::new(rows))));
        self
    }

    /// One line of JSON. Errors: those of `out`.
    pub fn write(self, out: &mut impl Write) -> io::Result<()> {
        for (i, (name, field)) in self.fields.into_iter().enumerate() {
            write!(out, "{}\"{name}\":", if i == 0 { '{' } else { ',' })?;
            match field {
                Field::One(v) => serde_json::to_writer(&mut *out, &v)?,
                Field::List(rows) => {
                    out.write_all(b"[")?;
                    for (j, row) in rows.enumerate() {
                        if j > 0 {
                            out.write_all(b",")?;
                        }
                        serde_json::to_writer(&mut *out, &row)?;
                    }
                    out.write_all(b"]")?;
                }
            }
        }
        out.write_all(b"}\n")
    }

    /// The rows of one of its lists, alone.
    pub fn rows(self, name: &str) -> Option<Box<dyn Iterator<Item = Value>>> {
        let (_, field) = self.fields.into_iter().find(|(n, _)| *n == name)?;
        Some(match field {
            Field::List(rows) => rows,
            Field::One(Value::Array(rows)) => Box::new(rows.into_iter()),
            Field::One(v) => Box::new(std::iter::once(v)),
        })
    }

    /// The whole as a tree, for answers that are known to be short.
    pub fn into_value(self) -> Value {
        let fields = self.fields.into_iter().map(|(name, field)| match field {
            Field::One(v) => (name.to_string(), v),
            Field::List(rows) => (name.to_string(), Value::Array(rows.collect())),
        });
        Value::Object(fields.collect::<Map<_, _>>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn is_the_same_written_and_as_a_tree() {
        let make = || Answer::default().list("a", (0..3).map(|i| json!({ "i": i }))).one("b", json!(null));
        let mut text = Vec::new();
        make().write(&mut text).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "{\"a\":[{\"i\":0},{\"i\":1},{\"i\":2}],\"b\":null}\n");
        assert_eq!(make().into_value()["a"][2]["i"], 2);
        assert_eq!(make().rows("a").unwrap().count(), 3);
    }
}
