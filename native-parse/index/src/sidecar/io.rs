//! Numbers and texts in a sidecar. What reads them trusts nothing: a length is held against the bytes that are left.

/// Times in a sidecar, as in a trace: nothing lasts longer.
const MAX_NANOS: i64 = 1 << 62;

#[derive(Default)]
pub struct Out(pub Vec<u8>);

impl Out {
    pub fn u(&mut self, mut v: u64) {
        while v >= 0x80 {
            self.0.push(v as u8 | 0x80);
            v >>= 7;
        }
        self.0.push(v as u8);
    }
    pub fn i(&mut self, v: i64) {
        self.u(((v << 1) ^ (v >> 63)) as u64);
    }
    pub fn flag(&mut self, v: bool) {
        self.0.push(u8::from(v));
    }
    pub fn option<T>(&mut self, v: Option<T>, put: impl FnOnce(&mut Out, T)) {
        self.flag(v.is_some());
        if let Some(v) = v {
            put(self, v);
        }
    }
    pub fn text(&mut self, s: &str) {
        self.u(s.len() as u64);
        self.0.extend_from_slice(s.as_bytes());
    }
    pub fn list<T>(&mut self, items: impl ExactSizeIterator<Item = T>, mut put: impl FnMut(&mut Out, T)) {
        self.u(items.len() as u64);
        for item in items {
            put(self, item);
        }
    }
}

pub struct In<'a> {
    bytes: &'a [u8],
}

impl<'a> In<'a> {
    pub fn new(bytes: &'a [u8]) -> In<'a> {
        In { bytes }
    }
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
    /// Bytes that are left.
    pub fn left(&self) -> usize {
        self.bytes.len()
    }
    pub fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }
    pub fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(n)?;
        self.bytes = rest;
        Some(taken)
    }
    pub fn u(&mut self) -> Option<u64> {
        let mut v = 0u64;
        for shift in (0..64).step_by(7) {
            let b = self.byte()?;
            v |= u64::from(b & 0x7f) << shift;
            if b < 0x80 {
                return Some(v);
            }
        }
        None
    }
    pub fn i(&mut self) -> Option<i64> {
        let v = self.u()?;
        Some((v >> 1) as i64 ^ -((v & 1) as i64))
    }
    /// A time, or a number that is as large at most.
    pub fn nanos(&mut self) -> Option<i64> {
        self.i().filter(|t| (-MAX_NANOS..=MAX_NANOS).contains(t))
    }
    pub fn u32(&mut self) -> Option<u32> {
        u32::try_from(self.u()?).ok()
    }
    pub fn flag(&mut self) -> Option<bool> {
        match self.byte()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
    /// Some(None): it is not there.
    pub fn option<T>(&mut self, get: impl FnOnce(&mut In<'a>) -> Option<T>) -> Option<Option<T>> {
        if self.flag()? { Some(Some(get(self)?)) } else { Some(None) }
    }
    pub fn text(&mut self) -> Option<&'a str> {
        let n = usize::try_from(self.u()?).ok()?;
        std::str::from_utf8(self.take(n)?).ok()
    }
    /// As `list`, for many small things: room is made once, of which a length can promise no more than is there.
    pub fn vec<T>(&mut self, mut get: impl FnMut(&mut In<'a>) -> Option<T>) -> Option<Vec<T>> {
        let n = usize::try_from(self.u()?).ok().filter(|n| *n <= self.bytes.len())?;
        let mut all = Vec::with_capacity(n);
        for _ in 0..n {
            all.push(get(self)?);
        }
        Some(all)
    }
    /// Each item takes a byte at least, so that a length cannot promise more than is there.
    pub fn list<T, C: FromIterator<T>>(
        &mut self,
        mut get: impl FnMut(&mut In<'a>) -> Option<T>,
    ) -> Option<C> {
        let n = usize::try_from(self.u()?).ok().filter(|n| *n <= self.bytes.len())?;
        (0..n).map(|_| get(self)).collect()
    }
}
