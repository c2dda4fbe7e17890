use std::fmt;
use std::io;

/// The closed list of error codes; the page has the same in `contract/errors.ts`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Code {
    NotFound,
    NoPermission,
    IsDirectory,
    Io,
    Empty,
    NotATrace,
    IsPprof,
    IsGzip,
    NotABinary,
    Truncated,
    TooNew,
    Damaged,
    Changed,
    Range,
    Cancelled,
    Internal,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Code::NotFound => "NOT_FOUND",
            Code::NoPermission => "NO_PERMISSION",
            Code::IsDirectory => "IS_DIRECTORY",
            Code::Io => "IO",
            Code::Empty => "EMPTY",
            Code::NotATrace => "NOT_A_TRACE",
            Code::IsPprof => "IS_PPROF",
            Code::IsGzip => "IS_GZIP",
            Code::NotABinary => "NOT_A_BINARY",
            Code::Truncated => "TRUNCATED",
            Code::TooNew => "TOO_NEW",
            Code::Damaged => "DAMAGED",
            Code::Changed => "CHANGED",
            Code::Range => "RANGE",
            Code::Cancelled => "CANCELLED",
            Code::Internal => "INTERNAL",
        }
    }
}

/// An error for people: a code, a sentence that says what to do, and where in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceError {
    pub code: Code,
    pub message: String,
    pub offset: Option<u64>,
}

pub type Result<T, E = TraceError> = std::result::Result<T, E>;

impl TraceError {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        TraceError { code, message: message.into(), offset: None }
    }
    pub fn at(code: Code, offset: u64, message: impl Into<String>) -> Self {
        TraceError { code, message: message.into(), offset: Some(offset) }
    }
    pub fn damaged(offset: u64, message: impl Into<String>) -> Self {
        Self::at(Code::Damaged, offset, message)
    }
    pub fn cancelled() -> Self {
        Self::new(Code::Cancelled, "Stopped")
    }
}

/// `CODE: sentence (byte N)`, the form in which errors cross processes.
impl fmt::Display for TraceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message)?;
        match self.offset {
            Some(o) => write!(f, " (byte {o})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for TraceError {}

pub(crate) fn from_io(e: &io::Error, path: &str) -> TraceError {
    match e.kind() {
        io::ErrorKind::NotFound => TraceError::new(
            Code::NotFound,
            format!("There is no file {path}; it was moved, deleted or never written"),
        ),
        io::ErrorKind::PermissionDenied => TraceError::new(
            Code::NoPermission,
            format!("You may not read {path}; ask its owner, or change its permissions"),
        ),
        io::ErrorKind::IsADirectory => {
            TraceError::new(Code::IsDirectory, format!("{path} is a folder; open a trace file in it"))
        }
        _ => TraceError::new(Code::Io, format!("The system could not read {path}: {e}")),
    }
}
