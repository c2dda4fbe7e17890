//! Numbers, durations and ranges in a query.

/// A whole number. None: it is none, or does not fit.
pub fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let ok = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if ok { text.parse().ok() } else { None }
}

const UNITS: [(&str, u128); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// A duration in ns, rounded to a whole one; a bare whole number is ns. None: it is none, or does not fit.
pub fn duration(text: &str) -> Option<i64> {
    if let Some(nanos) = number(text) {
        return Some(nanos);
    }
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |t| (-1, t));
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (digits, unit) = text.split_at(end);
    let unit = UNITS.iter().find(|(name, _)| *name == unit)?.1;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && part.is_empty() || part.contains('.') {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    // Digits behind the fifteenth say nothing about an hour in ns.
    let part: String = part.chars().take(15).collect();
    let scale = 10u128.pow(part.len() as u32);
    let part: u128 = if part.is_empty() { 0 } else { part.parse().ok()? };
    let nanos = whole.checked_mul(unit)?.checked_add((part * unit + scale / 2) / scale)?;
    i64::try_from(nanos).ok().map(|n| sign * n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_durations() {
        assert_eq!(duration("10us"), Some(10_000));
        assert_eq!(duration("1.5ms"), Some(1_500_000));
        assert_eq!(duration("2s"), Some(2_000_000_000));
        assert_eq!(duration("0.3µs"), Some(300));
        assert_eq!(duration(".5s"), Some(500_000_000));
        assert_eq!(duration("1234"), Some(1234));
        assert_eq!(duration("-1ms"), Some(-1_000_000));
        for bad in ["", "ms", "1.2.3ms", "5 ms", "1d", "1.5", "99999999999999h", "1e3", "."] {
            assert_eq!(duration(bad), None, "{bad}");
        }
    }

    #[test]
    fn reads_numbers() {
        assert_eq!(number("42"), Some(42));
        assert_eq!(number("-1"), Some(-1));
        for bad in ["", "-", "+1", "1.5", "0x1", "99999999999999999999"] {
            assert_eq!(number(bad), None, "{bad}");
        }
    }
}
