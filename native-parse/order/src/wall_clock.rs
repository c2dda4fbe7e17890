//! Times of the day, as Go writes them.

use std::fmt::Write;

use crate::event::Clock;

/// The wall clock `offset_nanos` after the snapshot, in UTC, without trailing zeros, as Go's RFC3339Nano.
pub fn rfc3339(c: &Clock, offset_nanos: i64) -> String {
    let total =
        i128::from(c.unix_seconds) * 1_000_000_000 + i128::from(c.unix_nanos) + i128::from(offset_nanos);
    let (secs, nanos) = (total.div_euclid(1_000_000_000), total.rem_euclid(1_000_000_000));
    let (days, day_secs) = (secs.div_euclid(86_400), secs.rem_euclid(86_400));
    let (y, m, d) = civil(days);
    let mut s =
        format!("{y:04}-{m:02}-{d:02}T{:02}:{:02}:{:02}", day_secs / 3600, day_secs / 60 % 60, day_secs % 60);
    if nanos != 0 {
        let frac = format!("{nanos:09}");
        let _ = write!(s, ".{}", frac.trim_end_matches('0'));
    }
    s.push('Z');
    s
}

/// Days since 1970-01-01 to year, month, day: eras of 400 years, years that begin in March.
fn civil(days: i128) -> (i128, i128, i128) {
    let z = days + 719_468;
    let (era, day_of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i128::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_wall_clock_as_go_does() {
        let c = Clock { trace_nanos: 0, mono_nanos: 0, unix_seconds: 1_795_341_361, unix_nanos: 177_440_284 };
        assert_eq!(rfc3339(&c, 0), "2026-11-22T09:56:01.177440284Z");
        assert_eq!(rfc3339(&c, -177_440_284), "2026-11-22T09:56:01Z");
        let leap = Clock { unix_seconds: 951_782_400, unix_nanos: 500_000_000, ..c };
        assert_eq!(rfc3339(&leap, 0), "2000-02-29T00:00:00.5Z");
    }
}
