// The three ways to add tracing to a program. tests/native/snippets.test.ts compiles and runs them, where Go is there.
export const SNIPPETS = [
  {
    title: 'A server: net/http/pprof',
    code: `import (
	"net/http"
	_ "net/http/pprof"
)

func init() {
	go http.ListenAndServe("localhost:6060", nil)
}`,
  },
  {
    title: 'A program: runtime/trace',
    code: `f, err := os.Create("trace.out")
if err != nil {
	log.Fatal(err)
}
defer f.Close()
trace.Start(f)
defer trace.Stop()`,
  },
  {
    title: 'The moments before a fault: trace.FlightRecorder (Go 1.25)',
    code: `fr := trace.NewFlightRecorder(trace.FlightRecorderConfig{
	MinAge: 5 * time.Second,
})
fr.Start()

http.HandleFunc("/snapshot", func(w http.ResponseWriter, r *http.Request) {
	fr.WriteTo(w)
})`,
  },
] as const;
