//! Numbers of rows: the same row has the same number as long as the file is the same.

/// The numbers are those of the page's contract (`contract/rows.ts`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum RowKind {
    Goroutine = 0,
    Thread = 1,
    Task = 2,
    Wakeup = 3,
}

impl RowKind {
    pub const ALL: [RowKind; 4] = [RowKind::Goroutine, RowKind::Thread, RowKind::Task, RowKind::Wakeup];

    pub fn from_name(name: &str) -> Option<RowKind> {
        Some(match name {
            "goroutines" => RowKind::Goroutine,
            "threads" => RowKind::Thread,
            "tasks" => RowKind::Task,
            "wakeups" => RowKind::Wakeup,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            RowKind::Goroutine => "goroutines",
            RowKind::Thread => "threads",
            RowKind::Task => "tasks",
            RowKind::Wakeup => "wakeups",
        }
    }
}

/// A lane of a row. Lane 0 is the row itself, 1 to 7 what nests in it, 14 CPU samples, 15 logs.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RowTrack {
    pub kind: RowKind,
    /// Place in the book.
    pub place: u32,
    pub lane: u8,
}

const TOP: u32 = 1 << 31;
const PLACES: u32 = 1 << 25;
pub const LANE_SAMPLES: u8 = 14;
pub const LANE_LOGS: u8 = 15;

impl RowTrack {
    /// Rows behind the 33 millionth have no number.
    pub fn new(kind: RowKind, place: u32, lane: u8) -> RowTrack {
        RowTrack { kind, place: place.min(PLACES - 1), lane: lane & 15 }
    }

    /// None: a track of processors or the GC.
    pub fn from_id(id: u32) -> Option<RowTrack> {
        let kind = RowKind::ALL[(id >> 29 & 3) as usize];
        (id & TOP != 0).then_some(RowTrack { kind, place: id >> 4 & (PLACES - 1), lane: (id & 15) as u8 })
    }

    pub fn id(self) -> u32 {
        TOP | (self.kind as u32) << 29 | self.place << 4 | u32::from(self.lane)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_its_row() {
        for kind in RowKind::ALL {
            for (place, lane) in [(0, 0), (4_200_000, 3), (PLACES - 1, 15)] {
                let t = RowTrack::new(kind, place, lane);
                assert_eq!(RowTrack::from_id(t.id()), Some(t));
                assert_eq!(RowKind::from_name(kind.as_str()), Some(kind));
            }
        }
        assert_eq!(RowTrack::new(RowKind::Wakeup, 1, 0).id(), 0xe000_0010);
        assert_eq!(RowTrack::from_id(TOP - 1), None);
    }
}
