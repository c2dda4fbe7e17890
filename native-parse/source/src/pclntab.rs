//! Go's own table of functions and lines, as Go 1.2 to 1.15 write it into every program, stripped or not. Traces of Go 1.5
//! and 1.6, the only ones without names, come from such programs.
//!
//! ```text
//! fb ff ff ff 00 00 | instruction size | pointer size | functions | (address, offset)… | end address | offset of files
//! function: address, i32 name, …, i32 files by address, i32 lines by address
//! ```
//!
//! Nothing read from it is trusted: a number that points nowhere gives no answer.

const MAGIC: u32 = 0xffff_fffb;
/// Steps of one function's table: no function has more lines than that.
const MAX_STEPS: usize = 1 << 20;
const MAX_NAME: usize = 4096;

/// What stands at an address; names as the table has them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place<'a> {
    pub func: &'a [u8],
    /// Empty when the table does not know it.
    pub file: &'a [u8],
    pub line: u64,
}

/// Where the parts of a table lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    big: bool,
    quantum: u64,
    pointer: usize,
    functions: usize,
    files: usize,
}

/// Why there is no table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum No {
    /// It is that of another Go: 1.16 and later.
    Newer,
    Damaged,
}

impl Table {
    pub fn read(bytes: &[u8]) -> Result<Table, No> {
        let head: [u8; 4] = bytes.get(..4).and_then(|b| b.try_into().ok()).ok_or(No::Damaged)?;
        let big = match (u32::from_le_bytes(head), u32::from_be_bytes(head)) {
            (MAGIC, _) => false,
            (_, MAGIC) => true,
            // 1.16, 1.18, 1.20.
            (le, be) if [le, be].iter().any(|m| (0xffff_fff0..MAGIC).contains(m)) => return Err(No::Newer),
            _ => return Err(No::Damaged),
        };
        let (quantum, pointer) = match bytes.get(4..8) {
            Some(&[0, 0, quantum @ (1 | 2 | 4), pointer @ (4 | 8)]) => {
                (u64::from(quantum), usize::from(pointer))
            }
            _ => return Err(No::Damaged),
        };
        let mut table = Table { big, quantum, pointer, functions: 0, files: 0 };
        let count = table.word(bytes, 8).and_then(|n| usize::try_from(n).ok()).ok_or(No::Damaged)?;
        let behind = count
            .checked_mul(2 * pointer)
            .and_then(|n| n.checked_add(8 + 2 * pointer))
            .filter(|n| *n < bytes.len())
            .ok_or(No::Damaged)?;
        table.functions = count;
        table.files = table.u32(bytes, behind).ok_or(No::Damaged)? as usize;
        Ok(table)
    }

    /// Function, file and line of the instruction at an address. Cost: O(log functions), and one function's lines.
    pub fn place<'a>(&self, bytes: &'a [u8], address: u64) -> Option<Place<'a>> {
        let at = |i: usize| self.word(bytes, 8 + self.pointer + i * 2 * self.pointer);
        let (mut low, mut high) = (0, self.functions);
        while low < high {
            let middle = low + (high - low) / 2;
            if at(middle)? <= address { low = middle + 1 } else { high = middle }
        }
        // The end of the last one stands where a further one would begin.
        if low == 0 || address >= at(low)? {
            return None;
        }
        let offset = self.word(bytes, 8 + 2 * self.pointer + (low - 1) * 2 * self.pointer)?;
        let function = usize::try_from(offset).ok()?;
        let entry = self.word(bytes, function)?;
        let field = |i: usize| self.u32(bytes, function.checked_add(self.pointer + 4 * i)?);
        let func = text(bytes, field(0)? as usize)?;
        let value = |i: usize| self.value(bytes, field(i)? as usize, entry, address);
        let file = value(4).filter(|n| *n > 0).and_then(|n| {
            let count = self.u32(bytes, self.files)?;
            let place = (n < count).then(|| self.files.checked_add(4 * n as usize))??;
            text(bytes, self.u32(bytes, place)? as usize)
        });
        Some(Place { func, file: file.unwrap_or_default(), line: value(5).unwrap_or(0).into() })
    }

    /// The value that a table of steps has at an address: each step is a difference and how far it reaches.
    fn value(&self, bytes: &[u8], offset: usize, entry: u64, address: u64) -> Option<u32> {
        let mut rest = bytes.get(offset..)?.iter();
        let (mut value, mut pc) = (-1i32, entry);
        for step in 0..MAX_STEPS {
            let n = varint(&mut rest)?;
            if n == 0 && step > 0 {
                return None;
            }
            let delta = (n >> 1) as i32;
            value = value.wrapping_add(if n & 1 == 1 { !delta } else { delta });
            pc = pc.checked_add(u64::from(varint(&mut rest)?) * self.quantum)?;
            if address < pc {
                return u32::try_from(value).ok();
            }
        }
        None
    }

    fn u32(&self, bytes: &[u8], at: usize) -> Option<u32> {
        let b: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if self.big { u32::from_be_bytes(b) } else { u32::from_le_bytes(b) })
    }

    fn word(&self, bytes: &[u8], at: usize) -> Option<u64> {
        if self.pointer == 4 {
            return self.u32(bytes, at).map(u64::from);
        }
        let b: [u8; 8] = bytes.get(at..at.checked_add(8)?)?.try_into().ok()?;
        Some(if self.big { u64::from_be_bytes(b) } else { u64::from_le_bytes(b) })
    }
}

fn varint<'a>(bytes: &mut impl Iterator<Item = &'a u8>) -> Option<u32> {
    let mut value = 0u32;
    for shift in (0..32).step_by(7) {
        let b = *bytes.next()?;
        value |= u32::from(b & 0x7f) << shift;
        if b < 0x80 {
            return Some(value);
        }
    }
    None
}

/// A text that ends with a zero byte.
fn text(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = bytes.get(at..)?;
    let len = rest.iter().take(MAX_NAME).position(|b| *b == 0)?;
    Some(&rest[..len])
}
