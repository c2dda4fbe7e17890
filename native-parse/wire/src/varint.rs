//! Unsigned LEB128 as Go writes it: at most ten bytes, the tenth at most 1; padded encodings are legal and routine.

/// Reads one number at `*pos` and moves behind it; None when it does not end or does not fit in 64 bits.
/// Cost: one branch for values under 128, some ns more for the rest.
#[inline(always)]
pub fn read(bytes: &[u8], pos: &mut usize) -> Option<u64> {
    let first = *bytes.get(*pos)?;
    if first < 0x80 {
        *pos += 1;
        return Some(u64::from(first));
    }
    read_more(bytes, pos)
}

#[inline(never)]
fn read_more(bytes: &[u8], pos: &mut usize) -> Option<u64> {
    let rest = bytes.get(*pos..)?;
    let word = rest.first_chunk().and_then(|word| in_word(u64::from_le_bytes(*word)));
    let (value, len) = match word {
        Some(number) => number,
        None => long(rest)?,
    };
    *pos += len;
    Some(value)
}

/// No number is longer.
pub const MAX_LEN: usize = 10;

/// The number that a word begins with, and how many bytes it takes; None where it takes more than four, which few do.
/// Cost: a few ns, and no branch by its length, which nobody can guess.
#[inline(always)]
pub fn in_word(word: u64) -> Option<(u64, usize)> {
    let word = word as u32;
    let ends = !word & 0x8080_8080;
    if ends == 0 {
        return None;
    }
    // The bytes up to the first that ends, seven bits of each: by pairs, then all four.
    let w = word & (ends ^ (ends - 1)) & 0x7f7f_7f7f;
    let w = w - ((w & 0x7f00_7f00) >> 1);
    let value = (w & 0x3fff) | ((w >> 16) << 14);
    Some((u64::from(value), (ends.trailing_zeros() >> 3) as usize + 1))
}

/// The number that bytes begin with, and how many of them it takes.
#[cold]
#[inline(never)]
pub(crate) fn long(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (i, &b) in bytes.iter().enumerate().take(MAX_LEN) {
        if i + 1 == MAX_LEN && b > 1 {
            return None;
        }
        value |= u64::from(b & 0x7f) << (7 * i);
        if b < 0x80 {
            return Some((value, i + 1));
        }
    }
    None
}

/// Writes one number as `read` takes it.
pub fn write(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Option<(u64, usize)> {
        let mut pos = 0;
        read(bytes, &mut pos).map(|v| (v, pos))
    }

    #[test]
    fn reads_what_go_writes() {
        assert_eq!(all(&[0x05]), Some((5, 1)));
        assert_eq!(all(&[0xdb, 0x06]), Some((859, 2)));
        assert_eq!(all(&[0x97, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]), Some((23, 10)));
        assert_eq!(all(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]), Some((u64::MAX, 10)));
    }

    #[test]
    fn reads_the_same_by_words() {
        for shift in 0..64 {
            for value in [1u64 << shift, (1u64 << shift) - 1, u64::MAX >> shift] {
                let mut bytes = Vec::new();
                write(&mut bytes, value);
                let len = bytes.len();
                bytes.extend_from_slice(&[0xff; 8]);
                assert_eq!((all(&bytes), all(&bytes[..len])), (Some((value, len)), Some((value, len))));
                let word = in_word(u64::from_le_bytes(*bytes.first_chunk().unwrap()));
                assert_eq!(word, (len <= 4).then_some((value, len)));
            }
        }
        let padded = [0x97, 0x80, 0x80, 0x00, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(in_word(u64::from_le_bytes(padded)), Some((23, 4)));
        assert_eq!(in_word(u64::MAX), None);
    }

    #[test]
    fn refuses_what_does_not_fit_or_end() {
        assert_eq!(all(&[0xff; 9]), None);
        assert_eq!(all(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]), None);
        assert_eq!(all(&[0x80; 11]), None);
        assert_eq!(all(&[]), None);
    }
}
