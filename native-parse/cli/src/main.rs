fn main() {
    use std::io::Write;
    let path = std::env::args().nth(2).unwrap();
    let s = tracewell_source::Source::open(path.as_ref()).unwrap();
    let mut r = tracewell_order::Reader::new(s.bytes(), 0).unwrap();
    struct S(tracewell_analysis::event_lines::EventLines, String, std::io::BufWriter<std::io::Stdout>, u64);
    impl tracewell_order::Sink for S {
        fn event(&mut self, e: &tracewell_order::Event, st: &mut tracewell_order::Stage<'_>) -> tracewell_order::Flow {
            self.3 += 1;
            if std::env::args().nth(1).unwrap() == "count" { return tracewell_order::Flow::Continue(()); }
            self.1.clear();
            self.0.write(&mut self.1, e, st);
            self.2.write_all(self.1.as_bytes()).unwrap();
            tracewell_order::Flow::Continue(())
        }
        fn begin_generation(&mut self, g: &tracewell_wire::Generation, st: &mut tracewell_order::Stage<'_>) {
            self.0.begin_generation(g, st.tables);
        }
    }
    let mut k = S(Default::default(), String::new(), std::io::BufWriter::new(std::io::stdout()), 0);
    let x = r.run(&mut k);
    if let Err(e) = x { eprintln!("tracewell: {e}"); std::process::exit(1) }
    if let Some(e) = r.damage() { eprintln!("tracewell: warning: {e}") }
    eprintln!("{} events", k.3);
}
