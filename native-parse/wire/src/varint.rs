//! Unsigned LEB128 as Go writes it: at most ten bytes, the tenth at most 1; padded encodings are legal and routine.

/// Reads one number at `*pos` and moves behind it; None when it does not end or does not fit in 64 bits.
/// Cost: one branch for values under 128, the common case.
#[inline(always)]
pub fn read(bytes: &[u8], pos: &mut usize) -> Option<u64> {
    let first = *bytes.get(*pos)?;
    if first < 0x80 {
        *pos += 1;
        return Some(u64::from(first));
    }
    read_long(bytes, pos)
}

/// No number is longer.
pub const MAX_LEN: usize = 10;

/// As `read`, a word at a time: for numbers whose lengths nobody can guess. Eight bytes must stand at `*pos`; else None.
/// Cost: one branch for values under 128, a few ns without another up to eight bytes.
#[inline(always)]
pub fn read_word(bytes: &[u8], pos: &mut usize) -> Option<u64> {
    let word = u64::from_le_bytes(*bytes.get(*pos..)?.first_chunk()?);
    if word & 0x80 == 0 {
        *pos += 1;
        return Some(word & 0x7f);
    }
    let ends = !word & 0x8080_8080_8080_8080;
    if ends == 0 {
        return read_long(bytes, pos);
    }
    *pos += (ends.trailing_zeros() >> 3) as usize + 1;
    // The bytes up to the first that ends, seven bits of each: pairs, then fours, then all eight.
    let w = word & (ends ^ (ends - 1)) & 0x7f7f_7f7f_7f7f_7f7f;
    let w = (w & 0x007f_007f_007f_007f) | ((w & 0x7f00_7f00_7f00_7f00) >> 1);
    let w = (w & 0x0000_3fff_0000_3fff) | ((w & 0x3fff_0000_3fff_0000) >> 2);
    Some((w & 0x0fff_ffff) | ((w & 0x0fff_ffff_0000_0000) >> 4))
}

fn read_long(bytes: &[u8], pos: &mut usize) -> Option<u64> {
    let mut value = 0u64;
    for i in 0..10 {
        let b = *bytes.get(*pos + i)?;
        if i == 9 && b > 1 {
            return None;
        }
        value |= u64::from(b & 0x7f) << (7 * i);
        if b < 0x80 {
            *pos += i + 1;
            return Some(value);
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
                bytes.extend_from_slice(&[0xff; 8]);
                let mut pos = 0;
                assert_eq!(read_word(&bytes, &mut pos).map(|v| (v, pos)), all(&bytes));
                assert_eq!((pos, all(&bytes)), (bytes.len() - 8, Some((value, pos))));
            }
        }
        let padded = [0x97, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 1, 1];
        assert_eq!(read_word(&padded, &mut 0), Some(23));
        assert_eq!(read_word(&[0xff; 20], &mut 0), None);
        assert_eq!(read_word(&[1; 7], &mut 0), None);
    }

    #[test]
    fn refuses_what_does_not_fit_or_end() {
        assert_eq!(all(&[0xff; 9]), None);
        assert_eq!(all(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]), None);
        assert_eq!(all(&[0x80; 11]), None);
        assert_eq!(all(&[]), None);
    }
}
