//! The program that wrote a trace: what stands at an address of it. Only traces of Go 1.5 and 1.6 need it, since later
//! ones have their names inside.

use std::path::Path;

use memmap2::Mmap;
use object::{Object, ObjectSection, ObjectSymbol};

use crate::pclntab::{No, Place, Table};
use crate::{Code, Result, TraceError, error, open_file};

/// What the section is called in ELF, as a position-independent ELF, and in Mach-O.
const SECTIONS: [&str; 3] = [".gopclntab", ".data.rel.ro.gopclntab", "__gopclntab"];
/// In PE the table lies in another section, and symbols say where.
const SYMBOL: &str = "runtime.pclntab";

/// A program file (ELF, Mach-O, PE), read-only. It is looked at, never run.
pub struct Binary {
    map: Mmap,
    /// Where the table of functions lies in the file.
    from: usize,
    to: usize,
    table: Table,
}

impl Binary {
    /// Errors: those of files; NOT_A_BINARY, when it is no program, or one without Go's table of functions, or of a Go
    /// whose traces have their names inside. Cost: reads its headers, and symbols where there is no section.
    pub fn open(path: &Path) -> Result<Binary> {
        let shown = path.display();
        let (file, meta) = open_file(path, "choose the program itself")?;
        let no = |why: &str| TraceError::new(Code::NotABinary, format!("{shown} {why}"));
        if !meta.is_file() || meta.len() == 0 {
            return Err(no("is no program; choose the executable file that wrote the trace"));
        }
        // SAFETY: as for a trace (`Source::open`): read-only, and who truncates it meanwhile ends this process alone.
        let map = unsafe { Mmap::map(&file) }.map_err(|e| error::from_io(&e, &shown.to_string()))?;
        let object = object::File::parse(&map[..])
            .map_err(|_| no("is no program; choose the executable file that wrote the trace"))?;
        let (from, to) = table_of(&object)
            .filter(|(from, to)| from < to && *to <= map.len())
            .ok_or_else(|| no("has no table of Go functions; choose the program that wrote the trace"))?;
        let table = Table::read(&map[from..to]).map_err(|e| match e {
            No::Newer => {
                no("was built by Go 1.16 or later, whose traces have their names inside; choose the program \
                 that wrote this trace")
            }
            No::Damaged => no("has a damaged table of Go functions; copy or build it again"),
        })?;
        Ok(Binary { map, from, to, table })
    }

    /// Function, file and line of the instruction at an address; None: the program has none there. Cost: O(log functions).
    pub fn place(&self, address: u64) -> Option<Place<'_>> {
        self.table.place(&self.map[self.from..self.to], address)
    }
}

/// Offsets in the file of Go's table of functions.
fn table_of(object: &object::File<'_>) -> Option<(usize, usize)> {
    let range = |from: u64, len: u64| {
        let to = from.checked_add(len)?;
        Some((usize::try_from(from).ok()?, usize::try_from(to).ok()?))
    };
    for name in SECTIONS {
        if let Some((from, len)) = object.section_by_name(name).and_then(|s| s.file_range()) {
            return range(from, len);
        }
    }
    let symbol = object.symbols().find(|s| s.name().is_ok_and(|n| n.trim_start_matches('_') == SYMBOL))?;
    let section = object.section_by_index(symbol.section_index()?).ok()?;
    let (from, len) = section.file_range()?;
    let into = symbol.address().checked_sub(section.address()).filter(|n| *n < len)?;
    range(from.checked_add(into)?, len - into)
}
