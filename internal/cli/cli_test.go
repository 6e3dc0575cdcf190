package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

var update = flag.Bool("update", false, "rewrite the golden files and docs/messy.md")

// asProgram is the variable by which the test binary is the program itself.
const asProgram = "OUTFITTER_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if stage.IsChild() {
		stage.Child()
	}
	if os.Getenv(asProgram) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
		stop()
		os.Exit(code)
	}
	_ = os.Setenv("OUTFITTER_LANG", "en")
	os.Exit(storetest.Run(m))
}

// program is a process of its own that runs a command line.
func program(ctx context.Context, args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	c := exec.CommandContext(ctx, self, args...)
	c.Env = append(os.Environ(), asProgram+"=1")
	return c
}

// asProcess is the script command "outfitter CODE args…": the program in a
// process of its own, in the script's folder.
func asProcess(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: outfitter CODE args…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	c := program(context.Background(), args[1:]...)
	c.Dir, c.Stdout, c.Stderr = ts.MkAbs("."), ts.Stdout(), ts.Stderr()
	err = c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("outfitter: %v", err)
	}
	if got := c.ProcessState.ExitCode(); got != want {
		ts.Fatalf("outfitter %s: exit code = %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Cmds: map[string]func(*testscript.TestScript, bool, []string){"outfitter": asProcess}})
}

// golden compares with testdata/golden/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// TestHelp holds every command's help: what it is for, its exit codes or flags,
// and an example.
func TestHelp(t *testing.T) {
	var all [][]string
	var walk func(c *cobra.Command, path []string)
	walk = func(c *cobra.Command, path []string) {
		if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
			return
		}
		all = append(all, path)
		if c.Runnable() && len(path) > 0 && c.Example == "" && c.Name() != "list" {
			t.Errorf("outfitter %s has no example", strings.Join(path, " "))
		}
		for _, sub := range c.Commands() {
			walk(sub, append(append([]string{}, path...), sub.Name()))
		}
	}
	walk(newRoot(&streams{}), nil)
	if len(all) < 15 {
		t.Errorf("%d commands, want all", len(all))
	}
	for _, path := range all {
		out, errs, code := command(t, append(path, "--help")...)
		if code != 0 || errs != "" || !strings.Contains(out, "Usage:") {
			t.Errorf("outfitter %v --help: exit %d, %q", path, code, errs)
		}
		if len(path) == 0 || path[0] == "estimate" || path[0] == "link" {
			continue // theirs is held where they are tested
		}
		golden(t, "help-"+strings.Join(path, "-")+".txt", out)
	}
}

// folder is a new data folder and a way to run commands on it.
type folder struct {
	t   *testing.T
	dir string
}

func newFolder(t *testing.T) folder { return folder{t, filepath.Join(t.TempDir(), "data")} }

// run runs a command on the folder, wants its exit code, and returns both outputs.
func (f folder) run(want int, args ...string) (stdout, stderr string) {
	f.t.Helper()
	stdout, stderr, code := command(f.t, append([]string{args[0], "--data", f.dir}, args[1:]...)...)
	if code != want {
		f.t.Errorf("outfitter %s: exit code = %d, want %d: %s%s", strings.Join(args, " "), code, want, stdout, stderr)
	}
	return stdout, stderr
}

// sentence wants one clear sentence on standard error, and nothing of ours in it.
func (f folder) sentence(stderr, word string) {
	f.t.Helper()
	if strings.Count(strings.TrimSpace(stderr), "\n") > 0 || len(stderr) < 20 || len(stderr) > 600 || !strings.Contains(stderr, word) || strings.Contains(stderr, "goroutine") {
		f.t.Errorf("standard error = %q, want one sentence that says %q", stderr, word)
	}
}

type importOut struct {
	Batches []struct {
		ID            string  `json:"id"`
		Name          string  `json:"name"`
		Rows          int64   `json:"rows"`
		Used          int64   `json:"used"`
		Rejected      int64   `json:"rejected"`
		CellsRejected int64   `json:"cells_rejected"`
		Parties       int64   `json:"parties"`
		Events        int64   `json:"events"`
		Again         bool    `json:"again"`
		Seconds       float64 `json:"seconds"`
	} `json:"batches"`
	Failed []struct {
		Code    string `json:"code"`
		Refused bool   `json:"refused"`
		EN      string `json:"error"`
	} `json:"failed"`
	Drift []json.RawMessage `json:"drift"`
}

func parse[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	return v
}

const dealsYAML = `source: crm
zone: UTC
tables:
  - name: deal
    match: {columns: [id, customer, won]}
    key: [id]
    parties:
      - {ref: customer, kind: account, namespace: crm.customer, key: customer, name: name}
    events:
      - {verb: deal.won, ts: won, account: customer, object: {kind: deal, key: id}, amount: amount, currency: "'CNY'"}
`

const dealsCSV = "id,customer,name,won,amount\nD1,C1,甲,2026-01-05,100\nD2,C2,乙,2026-01-06,200\nD3,C1,甲,昨天,300\n,,,,400\n"

func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// volatile are what differs from run to run.
var volatile = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|"(loaded_at|seconds|ts|out)": ("[^"]*"|[0-9.e+-]+)`)

func steady(s, dir string) string {
	s = strings.ReplaceAll(s, dir, "DIR")
	return volatile.ReplaceAllStringFunc(s, func(m string) string {
		if key, _, ok := strings.Cut(m, ": "); ok {
			return key + `: "…"`
		}
		return "UUID"
	})
}

// session runs the same commands on a folder and returns all that they say.
func session(t *testing.T, f folder) string {
	t.Helper()
	mapping, csv := file(t, "m.yaml", dealsYAML), file(t, "deals.csv", dealsCSV)
	nothing := file(t, "nothing.csv", "x,y\n1,2\n")
	drifted := file(t, "deals2.csv", strings.Replace(dealsCSV, "amount\n", "amount,extra\n", 1))
	var b strings.Builder
	say := func(want int, args ...string) string {
		out, errs := f.run(want, args...)
		shown := strings.Join(args, " ")
		for path, name := range map[string]string{mapping: "m.yaml", csv: "deals.csv", drifted: "deals2.csv", nothing: "nothing.csv"} {
			shown, out, errs = strings.ReplaceAll(shown, path, name), strings.ReplaceAll(out, path, name), strings.ReplaceAll(errs, path, name)
		}
		b.WriteString(steady(fmt.Sprintf("$ outfitter %s\n%s%s[exit %d]\n", shown, out, errs, want), f.dir))
		return out
	}
	say(0, "import", "--json", "--mapping", mapping, "--dry-run", csv)
	batch := parse[importOut](t, say(0, "import", "--json", "--mapping", mapping, csv)).Batches[0].ID
	say(0, "import", "--json", csv)
	say(4, "import", "--json", "--mapping", mapping, drifted)
	say(2, "import", "--json", "/no/such/file.csv")
	say(3, "import", "--json", "--mapping", mapping, nothing)
	say(0, "query", "--json", "SELECT verb, ts, day, amount, sum(amount) OVER () AS total, count(*) OVER () AS n, account IS NULL AS nobody FROM event ORDER BY row_no")
	say(2, "query", "--json", "DELETE FROM event")
	say(0, "row", "--json", batch+":1")
	say(0, "row", "--json", batch+":4")
	say(2, "row", "--json", "17")
	say(3, "row", "--json", batch+":99")
	say(3, "row", "--json", "00000000:1")
	say(0, "rollback", "--json", batch)
	say(4, "rollback", "--json", batch)
	say(0, "query", "--json", "SELECT count(*) AS n FROM event")
	return b.String()
}

// TestJSON holds the shape of what other programs read, and that it is the
// same whether a server owns the folder or not, and on PostgreSQL.
func TestJSON(t *testing.T) {
	alone := session(t, newFolder(t))
	golden(t, "session.txt", alone)
	served := newFolder(t)
	s := serveProcess(t, served.dir)
	if diff := cmp.Diff(alone, session(t, served)); diff != "" {
		t.Errorf("through the server (-alone +served):\n%s", diff)
	}
	s.stop(t)
	t.Run("postgres", func(t *testing.T) {
		t.Setenv("OUTFITTER_DATABASE", storetest.Database(t))
		if diff := cmp.Diff(alone, session(t, newFolder(t))); diff != "" {
			t.Errorf("on PostgreSQL (-embedded +postgres):\n%s", diff)
		}
	})
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"import"}, {"import", "--nonsense", "x"}, {"nonsense"}, {"query"}, {"query", "a", "b"}, {"row"}, {"backup"}, {"restore"}, {"move"}, {"simulate"}, {"serve", "x"}, {"rollback"}, {"import", "--dry-run=maybe", "x"}} {
		out, errs, code := command(t, args...)
		if code != 2 || out != "" || strings.Count(errs, "\n") != 1 {
			t.Errorf("outfitter %v: exit %d, %q, %q, want 2 and one line", args, code, out, errs)
		}
	}
	_, errs, code := command(t, "query", "--json")
	if e := parse[struct{ Exit int }](t, errs); code != 2 || e.Exit != 2 {
		t.Errorf("the exit code said is %d, the real one %d, want 2", e.Exit, code)
	}
}

// TestQueryValues prints what JSON has no word for, and reaches no file.
func TestQueryValues(t *testing.T) {
	f := newFolder(t)
	for q, want := range map[string]string{
		"SELECT 'nan'::DOUBLE AS a, 1.0::DOUBLE / 3 AS b, 9007199254740993::BIGINT AS c": `[{"a":null,"b":0.3333333333333333,"c":9007199254740993}]`,
		"SELECT [1, 2] AS l, {'k': 'v'} AS s":                                            `[{"l":[1,2],"s":{"k":"v"}}]`,
		"SELECT '<b>&' AS h, NULL AS n, DATE '2026-01-05' AS d":                          `[{"d":"2026-01-05","h":"<b>&","n":null}]`,
		"SELECT 1 AS a WHERE false":                                                      `[]`,
	} {
		out, _ := f.run(0, "query", "--json", q)
		var b bytes.Buffer
		if err := json.Compact(&b, []byte(out)); err != nil || b.String() != want {
			t.Errorf("query %s = %s (%v), want %s", q, b.String(), err, want)
		}
	}
	for _, q := range []string{"SELECT * FROM read_text('" + filepath.Join(f.dir, "key") + "')", "COPY event TO '/tmp/x.csv'", "SELECT 1; SELECT 2", "ATTACH 'x.db'", "", "PRAGMA version", "FROM '/etc/passwd'", "SET threads = 1"} {
		_, errs := f.run(2, "query", q)
		if errs == "" {
			t.Errorf("query %q says nothing", q)
		}
	}
}

// A server is a `serve` process.
type server struct {
	cmd  *exec.Cmd
	url  string
	errs *bytes.Buffer
}

func serveProcess(t *testing.T, dir string, args ...string) *server {
	t.Helper()
	s := &server{cmd: program(context.Background(), append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--json"}, args...)...), errs: &bytes.Buffer{}}
	s.cmd.Stderr = s.errs
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill(); _, _ = s.cmd.Process.Wait() })
	var hello struct{ URL string }
	if err := json.NewDecoder(out).Decode(&hello); err != nil {
		_ = s.cmd.Wait()
		t.Fatalf("serve: %v: %s", err, s.errs)
	}
	s.url = hello.URL
	return s
}

// stop asks the server to end and waits for it.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("serve ended with %v: %s", err, s.errs)
		}
	case <-time.After(30 * time.Second):
		t.Error("serve did not end on an interrupt")
	}
}

// kill ends it at once, as a power cut does.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

func TestTwoServers(t *testing.T) {
	f := newFolder(t)
	s := serveProcess(t, f.dir)
	_, errs := f.run(4, "serve", "--listen", "127.0.0.1:0")
	f.sentence(errs, f.dir)
	// Its address is taken too, on another folder.
	_, errs = newFolder(t).run(4, "serve", "--listen", strings.TrimPrefix(s.url, "http://"))
	f.sentence(errs, "--listen")
	info, err := os.Stat(filepath.Join(f.dir, "outfitter.sock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket's mode = %v (%v), want 0600", info.Mode(), err)
	}
	s.kill()
	// The dead server's socket is in nobody's way.
	f.run(0, "query", "SELECT 1 AS a")
	serveProcess(t, f.dir).stop(t)
}

// TestBackupDrill backs up while the server runs, restores, and compares.
func TestBackupDrill(t *testing.T) {
	f := newFolder(t)
	s := serveProcess(t, f.dir)
	mapping := file(t, "m.yaml", dealsYAML)
	f.run(0, "import", "--mapping", mapping, file(t, "deals.csv", dealsCSV))
	const q = "SELECT e.object_key, e.amount, p.name, e.id::VARCHAR AS id FROM event e LEFT JOIN party p ON p.id = e.account ORDER BY 1"
	want, _ := f.run(0, "query", "--json", q)
	to := filepath.Join(t.TempDir(), "backup")
	for range 2 {
		f.run(0, "backup", "--json", "--out", to)
	}
	f.run(2, "backup", "--out", f.dir)
	s.stop(t)
	restored := newFolder(t)
	out, _ := restored.run(0, "restore", "--json", "--from", to)
	if got := parse[struct{ Events, Batches int }](t, out); got.Events != 2 || got.Batches != 1 {
		t.Errorf("restore says %+v, want 2 events of 1 batch", got)
	}
	if got, _ := restored.run(0, "query", "--json", q); got != want {
		t.Errorf("restored = %s, want %s", got, want)
	}
	if got, _ := restored.run(0, "import", "--json", "--mapping", mapping, file(t, "deals.csv", dealsCSV)); !parse[importOut](t, got).Batches[0].Again {
		t.Errorf("the restored folder doesn't know the file: %s", got)
	}
	_, errs := restored.run(4, "restore", "--from", to)
	f.sentence(errs, "not empty")
	if err := os.WriteFile(filepath.Join(to, "facts.duckdb"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, errs = newFolder(t).run(4, "restore", "--from", to)
	f.sentence(errs, "facts.duckdb")
}

// TestMove goes from the embedded databases to PostgreSQL: the same questions
// get the same answers, and work goes on.
func TestMove(t *testing.T) {
	to := storetest.Database(t)
	f := newFolder(t)
	mapping, csv := file(t, "m.yaml", dealsYAML), file(t, "deals.csv", dealsCSV)
	batch := parse[importOut](t, first(f.run(0, "import", "--json", "--mapping", mapping, csv))).Batches[0].ID
	f.run(0, "user", "add", "li", "--role", "analyst")
	asked := [][]string{
		{"query", "--json", "SELECT e.object_key, e.amount, e.ts, e.day, p.name, CAST(e.id AS VARCHAR) AS id FROM event e LEFT JOIN party p ON p.id = e.account ORDER BY 1"},
		{"query", "--json", "SELECT verb, count(*) AS n, sum(amount) AS total, avg(amount) AS mean FROM event GROUP BY verb"},
		{"query", "--json", "SELECT name, n_rows, used, rejected FROM batch"}, {"query", "--json", "SELECT row_no, col, code FROM reject ORDER BY row_no, col"},
		{"row", "--json", batch + ":2"}, {"audit", "verify", "--json"}, {"user", "list", "--json"},
	}
	var before []string
	for _, q := range asked {
		before = append(before, first(f.run(0, q...)))
	}
	f.run(0, "move", "--to", to)
	_, errs := f.run(4, "move", "--to", to)
	f.sentence(errs, "not empty")
	t.Setenv("OUTFITTER_DATABASE", to)
	for i, q := range asked {
		if diff := cmp.Diff(before[i], first(f.run(0, q...))); diff != "" {
			t.Errorf("%v (-embedded +moved):\n%s", q, diff)
		}
	}
	if got := parse[importOut](t, first(f.run(0, "import", "--json", "--mapping", mapping, csv))); !got.Batches[0].Again {
		t.Errorf("after the move the file is new: %+v", got)
	}
	f.run(0, "rollback", batch)
	f.run(0, "import", "--mapping", mapping, csv)
}

func first(a, _ string) string { return a }
