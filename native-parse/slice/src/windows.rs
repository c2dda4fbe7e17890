//! Decoded segments, kept while they are likely to be asked for again.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracewell_index::Window;
use tracewell_index::rows::RowWindow;

/// What a decoded segment weighs.
pub trait Weigh {
    fn bytes(&self) -> usize;
}

impl Weigh for Window {
    fn bytes(&self) -> usize {
        Window::bytes(self)
    }
}

impl Weigh for RowWindow {
    fn bytes(&self) -> usize {
        RowWindow::bytes(self)
    }
}

struct Entry<W> {
    window: Arc<OnceLock<Arc<W>>>,
    bytes: usize,
    used: u64,
}

struct Inner<K, W> {
    entries: HashMap<K, Entry<W>>,
    clock: u64,
}

/// Least recently used windows go first when their bytes exceed the budget; the newest always stays.
pub struct Windows<K, W> {
    inner: Mutex<Inner<K, W>>,
    budget: usize,
}

impl<K: Copy + Eq + Hash, W: Weigh> Windows<K, W> {
    pub fn new(budget: usize) -> Windows<K, W> {
        Windows { inner: Mutex::new(Inner { entries: HashMap::new(), clock: 0 }), budget }
    }

    /// The window of a piece where it is kept; it is not made.
    pub fn peek(&self, key: K) -> Option<Arc<W>> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.entries.get(&key)?.window.get().cloned()
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).entries.len()
    }

    /// Gives up all of them.
    pub fn clear(&self) {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).entries.clear();
    }

    /// The window of a piece; two who ask at once decode it once.
    pub fn get(&self, key: K, decode: impl FnOnce() -> W) -> Arc<W> {
        let cell = {
            let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            inner.clock += 1;
            let used = inner.clock;
            let e =
                inner.entries.entry(key).or_insert_with(|| Entry { window: Arc::default(), bytes: 0, used });
            e.used = used;
            e.window.clone()
        };
        let window = cell.get_or_init(|| Arc::new(decode())).clone();
        self.settle(key, window.bytes());
        window
    }

    fn settle(&self, key: K, bytes: usize) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(e) = inner.entries.get_mut(&key) {
            e.bytes = bytes;
        }
        while inner.entries.values().map(|e| e.bytes).sum::<usize>() > self.budget {
            let oldest = inner.entries.iter().filter(|(k, _)| **k != key).min_by_key(|(_, e)| e.used);
            let Some(oldest) = oldest.map(|(k, _)| *k) else { break };
            inner.entries.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn decodes_once_while_kept() {
        let w = Windows::new(1 << 20);
        let n = Cell::new(0);
        let decode = || {
            n.set(n.get() + 1);
            Window::default()
        };
        w.get(3, decode);
        w.get(3, decode);
        w.get(4, decode);
        assert_eq!(n.get(), 2);
    }
}
