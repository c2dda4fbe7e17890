//! One module per question that is answered from ordered events. Answers for the command line are JSON text, written
//! here so that the app and the command line cannot differ.

pub mod answer;
pub mod books;
pub mod causes;
pub mod counters;
pub mod desk;
pub mod drawn_slices;
pub mod event_lines;
pub mod exact_slices;
pub mod footprint;
pub mod gc;
pub mod goroutines;
pub mod histogram;
pub mod info;
pub mod intervals;
pub mod json;
pub mod kept_profile;
pub mod life_slices;
pub mod lives;
pub mod mmu;
pub mod mmu_curve;
pub mod mmu_reference;
pub mod mmu_right;
pub mod packed;
mod pieces;
pub mod pprof;
pub mod profile_scope;
pub mod profiles;
pub mod reference_book;
pub mod reference_profiles;
pub mod region_rows;
pub mod regions;
pub mod run;
pub mod stacks;
pub mod stats;
pub mod summary;
pub mod task_book;
pub mod tasks;

/// Of all that is counted by: two programs with the same number count the same. For what is kept of answers.
pub const SOURCES: u64 = match u64::from_str_radix(env!("TRACEWELL_SOURCES"), 16) {
    Ok(n) => n,
    Err(_) => 0,
};
