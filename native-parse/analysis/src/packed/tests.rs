use tracewell_order::RangeName;

use super::*;

fn done(g: i64, exec: i64, end: Option<i64>) -> Done {
    let stats = Stats {
        exec,
        block: vec![(Sym(7), i64::MAX), (Sym(0), 1)],
        range: vec![(RangeName::Stw(Sym(9)), -3), (RangeName::Sweep, 4)],
        ..Stats::default()
    };
    let (name, creation) = (Sym(300), i64::MIN);
    Done { g, name, is_system: false, creation, creator: 7, older: true, first_run: None, end, stats }
}

#[test]
fn rows_come_back_by_goroutine() {
    let mut p = Packed::default();
    p.push(&done(5, 1, Some(0)), 2);
    p.push(&done(-1, i64::MIN, None), 0);
    p.push(&done(5, 10, None), 1);
    p.sort();
    let join: Join = |a, b| {
        a.0.stats.exec += b.0.stats.exec;
        a.1 += b.1;
    };
    let rows: Vec<_> = p.rows(join).collect();
    assert_eq!((rows.len(), p.len(), p.find(5), p.find(-1), p.find(4)), (2, 2, Some(1), Some(0), None));
    assert_eq!((rows[0].0.g, rows[0].0.stats.exec, rows[0].0.end), (-1, i64::MIN, None));
    assert_eq!((rows[1].0.g, rows[1].0.stats.exec, rows[1].0.end, rows[1].1), (5, 11, Some(0), 3));
    assert_eq!(rows[1].0.stats.block, done(5, 1, None).stats.block);
    assert_eq!(rows[1].0.stats.range, done(5, 1, None).stats.range);
    assert_eq!((rows[1].0.name, rows[1].0.creation), (Sym(300), i64::MIN));
    assert_eq!((rows[1].0.creator, rows[1].0.older), (7, true));
}

/// Every kind of row, by a small generator: extremes, absences, ids near and far.
#[test]
fn rows_of_all_kinds_come_back_as_they_were() {
    for far in [false, true] {
        let mut seed = 7u64;
        let mut next = |of: &[i64]| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            of[(seed >> 33) as usize % of.len()]
        };
        let (mut p, mut all) = (Packed::default(), Vec::new());
        for i in 0..2_000i64 {
            let times = [0, 0, 5, 1 << 40, -3, i64::MAX, i64::MIN];
            let begin = next(&[i, i * 100, 0, i64::MIN, i64::MAX]);
            let end = [None, Some(begin.wrapping_add(next(&times))), Some(i)][(next(&[0, 1, 1, 2])) as usize];
            let few = |n: i64| n as usize;
            let stats = Stats {
                exec: next(&times),
                sched_wait: next(&times),
                syscall: next(&times),
                syscall_block: next(&times),
                total: if next(&[0, 1]) == 0 { life(begin, end) } else { next(&times) },
                block: (0..few(next(&[0, 1, 3]))).map(|r| (Sym(r as u32), next(&times))).collect(),
                range: (0..few(next(&[0, 0, 2]))).map(|_| (RangeName::Sweep, next(&times))).collect(),
            };
            let g = if far { next(&[i, -i, i64::MAX - i, i64::MIN + i]) } else { i ^ 21 };
            let done = Done {
                g,
                name: Sym(next(&[1, 1, 2, i64::from(u32::MAX)]) as u32),
                is_system: false,
                creation: begin,
                creator: next(&[1, 1, i, -1, i64::MIN]),
                older: next(&[0, 0, 1]) == 1,
                first_run: [None, Some(begin.wrapping_add(next(&times)))][next(&[0, 1]) as usize],
                end,
                stats,
            };
            let regions = next(&[0, 0, 1, i64::from(u32::MAX)]) as u32;
            p.push(&done, regions);
            all.push((done, regions));
        }
        p.sort();
        all.sort_by_key(|(d, _)| d.g);
        let back: Vec<Row> = (0..p.len()).flat_map(|i| p.lives(i)).collect();
        assert_eq!(back.len(), all.len());
        for (a, b) in all.iter().zip(&back) {
            assert_eq!(format!("{a:?}"), format!("{b:?}"));
        }
    }
}

#[test]
fn each_of_many_rows_is_reached() {
    let mut p = Packed::default();
    for g in (0..100).rev() {
        p.push(&done(g * 3, g, Some(g)), 0);
    }
    p.sort();
    let ids = p.each(|ids: &mut Vec<i64>, ix, d, _| {
        assert_eq!(i64::from(ix), 99 - d.g / 3);
        ids.push(d.g);
    });
    assert_eq!(p.order_of(), (0..100).rev().collect::<Vec<u32>>());
    assert_eq!(ids.unwrap().concat(), (0..100).rev().map(|g| g * 3).collect::<Vec<i64>>());
    for i in 0..100 {
        let row = p.row(i, |_, _| ()).unwrap().0;
        assert_eq!((row.g, row.stats.exec, p.find(row.g)), (3 * i as i64, i as i64, Some(i)));
    }
    assert!(p.row(100, |_, _| ()).is_none() && p.find(1).is_none());
}
