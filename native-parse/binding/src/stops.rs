//! Questions under way that the other side may give up, by the number that it gave them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

type Flag = Arc<AtomicBool>;

#[derive(Default)]
pub struct Stops {
    flags: Mutex<HashMap<u32, Flag>>,
}

/// One question; dropping it forgets it.
pub struct Stop {
    id: u32,
    flag: Flag,
    all: Arc<Stops>,
}

impl Stops {
    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Flag>> {
        self.flags.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn begin(self: &Arc<Self>, id: u32) -> Stop {
        let flag = Flag::default();
        self.lock().insert(id, flag.clone());
        Stop { id, flag, all: self.clone() }
    }

    /// The question ends soon; nothing, where there is none of that number.
    pub fn cancel(&self, id: u32) {
        if let Some(flag) = self.lock().get(&id) {
            flag.store(true, Ordering::Relaxed);
        }
    }
}

impl Stop {
    pub fn go_on(&self) -> bool {
        !self.flag.load(Ordering::Relaxed)
    }
}

impl Drop for Stop {
    fn drop(&mut self) {
        self.all.lock().remove(&self.id);
    }
}
