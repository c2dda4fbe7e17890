//! A file that is written whole or not at all: under another name beside it, then renamed.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tracewell_source::{Code, TraceError};

/// Until `finish` the file is not there; one that was there before stays as it was. Dropped, nothing is left.
pub struct OutFile {
    path: PathBuf,
    /// None: written in place, as a device or a pipe must be.
    beside: Option<PathBuf>,
    out: BufWriter<File>,
    is_done: bool,
}

fn failed(path: &Path, e: &io::Error) -> TraceError {
    TraceError::new(Code::Io, format!("{} could not be written: {e}", path.display()))
}

impl OutFile {
    /// Errors: IO, with the path.
    pub fn create(path: &Path) -> Result<OutFile, TraceError> {
        let in_place = path.exists() && !path.is_file();
        let beside = if in_place {
            None
        } else {
            let name =
                path.file_name().ok_or_else(|| failed(path, &io::ErrorKind::InvalidFilename.into()))?;
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(format!(".{}", std::process::id()));
            Some(path.with_file_name(hidden))
        };
        let file = match &beside {
            Some(beside) => File::create(beside),
            None => File::options().write(true).open(path),
        };
        let file = file.map_err(|e| failed(path, &e))?;
        Ok(OutFile {
            path: path.into(),
            beside,
            out: BufWriter::with_capacity(1 << 16, file),
            is_done: false,
        })
    }

    /// The file is whole. Errors: IO.
    pub fn finish(mut self) -> Result<(), TraceError> {
        let done = self.out.flush().and_then(|()| match &self.beside {
            Some(beside) => fs::rename(beside, &self.path),
            None => Ok(()),
        });
        self.is_done = done.is_ok();
        done.map_err(|e| failed(&self.path, &e))
    }

    /// An error of writing in words.
    pub fn failure(&self, e: &io::Error) -> TraceError {
        failed(&self.path, e)
    }
}

impl Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for OutFile {
    fn drop(&mut self) {
        if !self.is_done
            && let Some(beside) = &self.beside
        {
            let _ = fs::remove_file(beside);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_whole_or_not_there() {
        let dir = std::env::temp_dir().join(format!("tracewell-out-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        let path = dir.join("a.csv");
        let mut out = OutFile::create(&path).unwrap();
        out.write_all(b"half").unwrap();
        drop(out);
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
        let mut out = OutFile::create(&path).unwrap();
        out.write_all(b"whole").unwrap();
        assert!(!path.exists());
        out.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
        assert!(OutFile::create(&dir.join("none/b.csv")).is_err());
        fs::remove_dir_all(&dir).unwrap();
    }
}
