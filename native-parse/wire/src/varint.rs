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
    fn refuses_what_does_not_fit_or_end() {
        assert_eq!(all(&[0xff; 9]), None);
        assert_eq!(all(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]), None);
        assert_eq!(all(&[0x80; 11]), None);
        assert_eq!(all(&[]), None);
    }
}
