//! The fields of the language: names, what their values look like, and what they mean.

/// Also the place of the field in `FIELDS`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Field {
    G,
    P,
    M,
    Goroutine,
    Fn,
    Stack,
    State,
    Reason,
    Kind,
    Dur,
    T,
    Task,
    Region,
    Log,
    Cat,
    Parent,
    Exec,
    Wait,
    Sched,
    Syscall,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// A whole number.
    Number,
    /// A duration; a bare number is ns.
    Nanos,
    Text,
    /// A number is an id, all else is a name.
    IdOrName,
    State,
    Kind,
}

impl Type {
    /// What a value of it looks like, as one would say it.
    pub fn expected(self) -> &'static str {
        match self {
            Type::Number => "a number",
            Type::Nanos => "a duration such as 10us, 1.5ms or 2s",
            Type::Text => "a word or a \"quoted string\"",
            Type::IdOrName => "a number or a name",
            Type::State => "running, runnable, waiting or syscall",
            Type::Kind => "a kind of event",
        }
    }
    /// It can be less or greater.
    pub fn is_ordered(self) -> bool {
        matches!(self, Type::Number | Type::Nanos)
    }
}

pub struct FieldInfo {
    pub field: Field,
    pub name: &'static str,
    pub of: Type,
    pub about: &'static str,
}

const fn info(field: Field, name: &'static str, of: Type, about: &'static str) -> FieldInfo {
    FieldInfo { field, name, of, about }
}

pub const FIELDS: [FieldInfo; 20] = [
    info(Field::G, "g", Type::Number, "goroutine in whose context it happens"),
    info(Field::P, "p", Type::Number, "processor"),
    info(Field::M, "m", Type::Number, "thread"),
    info(Field::Goroutine, "goroutine", Type::Number, "goroutine that acts, or that it happens to"),
    info(Field::Fn, "fn", Type::Text, "start function of the goroutine"),
    info(Field::Stack, "stack", Type::Text, "any frame of its stacks"),
    info(Field::State, "state", Type::State, "state of a span; state that an event leads to"),
    info(Field::Reason, "reason", Type::Text, "why a goroutine stopped or waits"),
    info(Field::Kind, "kind", Type::Kind, "kind of event"),
    info(Field::Dur, "dur", Type::Nanos, "duration; events have none"),
    info(Field::T, "t", Type::Nanos, "start, from the trace's first event"),
    info(Field::Task, "task", Type::IdOrName, "user task, by number or name"),
    info(Field::Region, "region", Type::Text, "user region"),
    info(Field::Log, "log", Type::Text, "message of a user log"),
    info(Field::Cat, "cat", Type::Text, "category of a user log"),
    info(Field::Parent, "parent", Type::Number, "what made it: goroutine of a goroutine, task of a task"),
    info(Field::Exec, "exec", Type::Nanos, "time that a goroutine ran"),
    info(Field::Wait, "wait", Type::Nanos, "time that it waited"),
    info(Field::Sched, "sched", Type::Nanos, "time that it was runnable"),
    info(Field::Syscall, "syscall", Type::Nanos, "time that it was in system calls"),
];

impl Field {
    pub fn info(self) -> &'static FieldInfo {
        &FIELDS[self as usize]
    }
    pub fn named(name: &str) -> Option<Field> {
        FIELDS.iter().find(|f| f.name == name).map(|f| f.field)
    }
}

/// States that can be asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum State {
    Running,
    Runnable,
    Waiting,
    Syscall,
}

impl State {
    pub const ALL: [State; 4] = [State::Running, State::Runnable, State::Waiting, State::Syscall];

    pub fn as_str(self) -> &'static str {
        match self {
            State::Running => "running",
            State::Runnable => "runnable",
            State::Waiting => "waiting",
            State::Syscall => "syscall",
        }
    }
    pub fn named(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|s| s.as_str().eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_fields() {
        for (i, f) in FIELDS.iter().enumerate() {
            assert_eq!(f.field as usize, i);
            assert_eq!(Field::named(f.name), Some(f.field));
        }
    }
}
