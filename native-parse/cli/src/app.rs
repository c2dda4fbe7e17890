//! `open` and `shot` of an installed app: starts the app that this program lies in and hands it the words. A clone has
//! `bin/tracewell` for that, with a launcher of its own.
//!
//! The app answers with lines `@tracewell {"event": …}` on its standard output, which is a file here: an app that
//! outlives us would fail at its next word to a broken pipe.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

/// Words that the native program answers itself; all others are files, or for the app.
const OWN: &[&str] = &[
    "info",
    "events",
    "goroutines",
    "profile",
    "pprof",
    "tasks",
    "regions",
    "mmu",
    "gc",
    "counters",
    "causes",
    "slices",
    "insights",
    "compare",
    "export",
    "help",
    "--help",
    "-h",
    "--version",
    "-V",
];
const POLL: Duration = Duration::from_millis(15);

/// True when the words are for the app: a window, a picture, or files by themselves.
pub fn is_for_app(words: &[OsString]) -> bool {
    let Some(first) = words.first() else { return true };
    let first = first.to_string_lossy();
    if first == "compare" && words.iter().any(|w| w == "--open") {
        return true;
    }
    !(OWN.contains(&first.as_ref()) || first.starts_with("-pprof="))
}

/// The app's executable: two folders above `resources/bin/tracewell`. None in a clone.
pub fn installed_app() -> Option<PathBuf> {
    let own = std::env::current_exe().ok()?.canonicalize().ok()?;
    let bin = own.parent()?;
    let resources = bin.parent()?;
    if bin.file_name()? != "bin" || !resources.join("app.asar").is_file() {
        return None;
    }
    let home = resources.parent()?;
    let names = ["tracewell-app", "tracewell-app.exe", "MacOS/Tracewell"];
    names.iter().map(|n| home.join(n)).find(|p| p.is_file())
}

/// Starts the app with these words and waits for what they ask for. Errors: the app cannot be started or read.
pub fn run(app: &Path, words: Vec<OsString>) -> io::Result<ExitCode> {
    let words: Vec<String> = words.into_iter().map(|w| w.to_string_lossy().into_owned()).collect();
    let (words, _spooled) = with_standard_input(words)?;
    let stays = words.first().is_none_or(|w| w != "shot") && !words.iter().any(|w| w == "--wait");
    let said = tempfile::NamedTempFile::new()?;
    let errors = tempfile::NamedTempFile::new()?;
    let started_at = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |d| d.as_millis() as u64);
    let request = json!({ "words": words, "cwd": std::env::current_dir()?, "startedAtMs": started_at });
    let mut child = Command::new(app)
        .args(sandbox_switch())
        .arg(format!("--tracewell-words={request}"))
        .stdin(Stdio::null())
        .stdout(said.reopen()?)
        .stderr(errors.reopen()?)
        .env_remove("ELECTRON_RUN_AS_NODE")
        .spawn()?;
    follow(&mut child, said.path(), errors.path(), stays)
}

/// Chromium refuses its sandbox to root.
fn sandbox_switch() -> Option<&'static str> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::fs::MetadataExt;
        if std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0) {
            return Some("--no-sandbox");
        }
    }
    None
}

/// `-` becomes a file: the app reads traces by mapping them. The file must live as long as the app looks at it.
fn with_standard_input(mut words: Vec<String>) -> io::Result<(Vec<String>, Option<PathBuf>)> {
    let Some(at) = words.iter().position(|w| w == "-") else { return Ok((words, None)) };
    let folder = tempfile::Builder::new().prefix("tracewell-").tempdir()?.keep();
    let copy = folder.join("standard-input.trace");
    io::copy(&mut io::stdin().lock(), &mut File::create(&copy)?)?;
    words[at] = copy.to_string_lossy().into_owned();
    Ok((words, Some(copy)))
}

fn follow(child: &mut Child, said: &Path, errors: &Path, stays: bool) -> io::Result<ExitCode> {
    let mut lines = Lines::new(File::open(said)?);
    let mut failed = None;
    let mut done = false;
    loop {
        // Looked at once more after the end: the last words may have come just before it.
        let ended = child.try_wait()?;
        for event in lines.next_events()? {
            match event["event"].as_str() {
                Some("window-shown") if stays => return Ok(ExitCode::SUCCESS),
                Some("done") => done = true,
                Some("timing") => println!("{}", timing_of(&event["ms"])),
                Some("refused") => return Ok(refuse(&event)),
                Some("error") => {
                    let (code, message) = (event["code"].as_str(), event["message"].as_str());
                    failed = Some(format!("{}: {}", code.unwrap_or("INTERNAL"), message.unwrap_or_default()));
                }
                _ => {}
            }
        }
        if let Some(status) = ended {
            if failed.is_none() && !status.success() && !done {
                failed = Some(format!("INTERNAL: The app ended ({status}). {}", last_words(errors)));
            }
            return Ok(match failed {
                None => ExitCode::SUCCESS,
                Some(text) => {
                    eprintln!("tracewell: {text}");
                    ExitCode::FAILURE
                }
            });
        }
        std::thread::sleep(POLL);
    }
}

fn refuse(event: &Value) -> ExitCode {
    let text = event["text"].as_str().unwrap_or_default();
    let code = event["exitCode"].as_u64().and_then(|c| u8::try_from(c).ok()).unwrap_or(2);
    let _ = if code == 0 {
        io::stdout().write_all(text.as_bytes())
    } else {
        io::stderr().write_all(text.as_bytes())
    };
    ExitCode::from(code)
}

/// `{"windowShown": 12}` → `{"window_shown_ms": 12}`, as all JSON of the command line is spelled.
fn timing_of(ms: &Value) -> Value {
    let named = ms.as_object().into_iter().flatten().map(|(name, value)| {
        let mut snake = String::new();
        for c in name.chars() {
            if c.is_ascii_uppercase() {
                snake.push('_');
            }
            snake.push(c.to_ascii_lowercase());
        }
        (format!("{snake}_ms"), value.clone())
    });
    Value::Object(named.collect())
}

fn last_words(errors: &Path) -> String {
    const KEPT_BYTES: u64 = 2048;
    let mut text = Vec::new();
    if let Ok(mut file) = File::open(errors) {
        let size = file.metadata().map_or(0, |m| m.len());
        let _ = file.seek(SeekFrom::Start(size.saturating_sub(KEPT_BYTES)));
        let _ = file.take(KEPT_BYTES).read_to_end(&mut text);
    }
    String::from_utf8_lossy(&text).trim().to_string()
}

/// The events that stand in a growing file, each once.
struct Lines {
    reader: BufReader<File>,
    open: String,
}

impl Lines {
    fn new(file: File) -> Self {
        Lines { reader: BufReader::new(file), open: String::new() }
    }

    fn next_events(&mut self) -> io::Result<Vec<Value>> {
        let mut events = Vec::new();
        let mut bytes = Vec::new();
        while self.reader.read_until(b'\n', &mut bytes)? > 0 {
            self.open.push_str(&String::from_utf8_lossy(&bytes));
            bytes.clear();
            if !self.open.ends_with('\n') {
                break; // half a line: the rest comes later
            }
            let line = std::mem::take(&mut self.open);
            let event = line.strip_prefix("@tracewell ").and_then(|json| serde_json::from_str(json).ok());
            events.extend(event);
        }
        Ok(events)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn files_and_windows_are_for_the_app() {
        for text in [
            "",
            "open",
            "open a.trace",
            "shot a.trace --page home -o x.png",
            "a.trace",
            "-",
            "compare a b --open",
        ] {
            assert!(is_for_app(&words(text)), "{text}");
        }
        for text in ["info a.trace", "--version", "-pprof=sync a.trace", "help", "compare a b"] {
            assert!(!is_for_app(&words(text)), "{text}");
        }
    }

    #[test]
    fn half_lines_wait_for_their_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut out = file.reopen().unwrap();
        let mut lines = Lines::new(File::open(file.path()).unwrap());
        out.write_all(b"noise\n@tracewell {\"event\":\"win").unwrap();
        assert!(lines.next_events().unwrap().is_empty());
        out.write_all(b"dow-shown\"}\n@tracewell {\"event\":\"done\"}\n").unwrap();
        let events = lines.next_events().unwrap();
        assert_eq!(events, [json!({"event": "window-shown"}), json!({"event": "done"})]);
    }

    #[test]
    fn times_are_spelled_as_elsewhere() {
        assert_eq!(timing_of(&json!({"windowShown": 12})), json!({"window_shown_ms": 12}));
    }
}
