//! How a file may be packed: gzip, member after member, and zstd, frame after frame.

use std::io::{self, BufRead, BufReader, Read};

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Packing {
    Gzip,
    Zstd,
}

/// So many bytes tell how a file is packed.
pub(crate) const MAGIC_BYTES: usize = 4;
const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; MAGIC_BYTES] = [0x28, 0xb5, 0x2f, 0xfd];

impl Packing {
    /// None: not packed in a way that is known.
    pub fn of(head: &[u8]) -> Option<Packing> {
        match head {
            _ if head.starts_with(&GZIP) => Some(Packing::Gzip),
            _ if head.starts_with(&ZSTD) => Some(Packing::Zstd),
            _ => None,
        }
    }

    /// As people call it, and the program that unpacks it.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Packing::Gzip => ("gzip", "gunzip"),
            Packing::Zstd => ("zstd", "unzstd"),
        }
    }

    /// What is packed in `packed`. Errors of reading: `UnexpectedEof` where it was cut, behind all that was there; else what
    /// contradicts itself.
    pub fn reader<'r>(self, packed: impl Read + 'r) -> Box<dyn Read + 'r> {
        match self {
            Packing::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Packing::Zstd => Box::new(Frames {
                packed: BufReader::new(packed),
                decoder: FrameDecoder::new(),
                is_open: false,
                is_cut: false,
            }),
        }
    }
}

/// Unpacked at a time.
const STEP_BYTES: usize = 1 << 16;
/// A last block without contents, and room for a checksum: ends a frame that was cut.
const LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

struct Frames<R> {
    packed: BufReader<R>,
    decoder: FrameDecoder,
    /// In a frame.
    is_open: bool,
    is_cut: bool,
}

impl<R: Read> Frames<R> {
    /// Begins the next frame; false: there is none.
    fn open(&mut self) -> io::Result<bool> {
        while !self.packed.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.packed) {
                Ok(()) => {
                    self.is_open = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    io::copy(&mut (&mut self.packed).take(length.into()), &mut io::sink())?;
                }
                Err(e) => return Err(self.failed(&e)),
            }
        }
        Ok(false)
    }

    fn decode(&mut self) -> io::Result<()> {
        let step = BlockDecodingStrategy::UptoBytes(STEP_BYTES);
        let Err(e) = self.decoder.decode_blocks(&mut self.packed, step) else { return Ok(()) };
        let failed = self.failed(&e);
        if failed.kind() != io::ErrorKind::UnexpectedEof {
            return Err(failed);
        }
        // The decoder holds back what a later block might refer to: none will come.
        self.is_cut = true;
        self.decoder.decode_blocks(&LAST_BLOCK[..], BlockDecodingStrategy::All).map_err(|_| failed)?;
        Ok(())
    }

    /// At the end of the file nothing is wrong but that it was cut.
    fn failed(&mut self, e: &FrameDecoderError) -> io::Error {
        match self.packed.fill_buf() {
            Ok([]) => io::ErrorKind::UnexpectedEof.into(),
            _ => io::Error::new(io::ErrorKind::InvalidData, e.to_string()),
        }
    }

    /// Behind the last byte of a frame.
    fn close(&mut self) -> io::Result<()> {
        self.is_open = false;
        if self.is_cut {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let told = self.decoder.get_checksum_from_data();
        if told.is_some() && told != self.decoder.get_calculated_checksum() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "its checksum is another"));
        }
        Ok(())
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.is_open || self.open()? {
            let n = self.decoder.read(out)?;
            if n > 0 || out.is_empty() {
                return Ok(n);
            }
            if self.decoder.is_finished() { self.close()? } else { self.decode()? }
        }
        Ok(0)
    }
}
