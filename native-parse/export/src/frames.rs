//! Stacks as a tree of frames, which the file of Chrome's format has at its end.

use std::io::{self, Write};

use tracewell_analysis::json;
use tracewell_order::{StackId, Stage, Sym, Symbols};
use tracewell_source::SeededMap;

/// Frames kept at most: some 40 MB. Traces with more distinct stacks than that leave the rest out.
const MAX_FRAMES: usize = 1 << 20;

/// Node of a frame; 0 is none.
pub type FrameId = u32;

/// Memory by distinct stacks, bounded.
#[derive(Default)]
pub struct FrameTree {
    /// Parent and text of node 1, 2, ….
    nodes: Vec<(FrameId, Sym)>,
    of: SeededMap<(FrameId, Sym), FrameId>,
    generation: Option<u32>,
    cache: SeededMap<StackId, FrameId>,
}

impl FrameTree {
    /// The leaf of a stack. Cost: O(frames) the first time in a generation.
    pub fn leaf(&mut self, id: StackId, stage: &mut Stage<'_>) -> FrameId {
        if id == 0 {
            return 0;
        }
        if self.generation != Some(stage.generation) {
            self.generation = Some(stage.generation);
            self.cache.clear();
        }
        if let Some(&leaf) = self.cache.get(&id) {
            return leaf;
        }
        let frames = stage.tables.stack(stage.bytes, id);
        let mut node = 0;
        for f in frames.iter().rev() {
            let name = stage.tables.string(stage.bytes, f.func).unwrap_or_default();
            let text = format!("{}:{}", String::from_utf8_lossy(name), f.line);
            let Some(next) = self.child(node, stage.symbols.intern(&text)) else { break };
            node = next;
        }
        self.cache.insert(id, node);
        node
    }

    fn child(&mut self, parent: FrameId, text: Sym) -> Option<FrameId> {
        if let Some(&node) = self.of.get(&(parent, text)) {
            return Some(node);
        }
        if self.nodes.len() >= MAX_FRAMES {
            return None;
        }
        self.nodes.push((parent, text));
        let node = self.nodes.len() as FrameId;
        self.of.insert((parent, text), node);
        Some(node)
    }

    /// `{"1":{"name":"main.main:9"},"2":{"name":…,"parent":"1"}}`
    pub fn write(&self, symbols: &Symbols, out: &mut impl Write) -> io::Result<()> {
        out.write_all(b"{")?;
        let mut text = String::new();
        for (i, (parent, name)) in self.nodes.iter().enumerate() {
            text.clear();
            text.push_str(if i > 0 { ",\n\"" } else { "\"" });
            text.push_str(&(i + 1).to_string());
            text.push_str("\":{\"name\":");
            json::string(&mut text, symbols.text(*name));
            if *parent != 0 {
                text.push_str(&format!(",\"parent\":\"{parent}\""));
            }
            text.push('}');
            out.write_all(text.as_bytes())?;
        }
        out.write_all(b"}")
    }
}
