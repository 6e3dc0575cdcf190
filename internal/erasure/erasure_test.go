package erasure_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/erasure"
	"github.com/chanzipu/outfitter/internal/erasure/keeper"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) {
	if stage.IsChild() {
		stage.Child()
	}
	storetest.Main(m)
}

// The person, and what must be found nowhere afterwards. 李四 has rows beside
// every one of theirs, and the same city.
const (
	name  = "張三豐"
	phone = "13912345678"
	email = "zhang.sanfeng@example.com"
	key   = "K-1001"
)

var secrets = []string{name, phone, email, key, "武当山路"}

const mappingYAML = `source: %s
zone: UTC
tables:
  - name: contact
    match: {columns: [id, name, phone]}
    parties:
      - {ref: who, kind: person, namespace: contact, key: id, name: name, phone: phone, email: mail, address: street, city: city}
    events:
      - {verb: feedback.received, ts: day, person: who, text: note, amount: amount, currency: "'CNY'", channel: channel}
`

var header = []string{"id", "name", "phone", "mail", "street", "city", "day", "amount", "channel", "note", "extra"}

var records = [][]string{
	{"K-2002", "李四", "13700000002", "li@example.com", "长安街 2 号", "上海", "2026-01-05", "10", "call", "hello", "x"},
	{key, name, phone, email, "武当山路 1 号", "上海", "2026-01-06", "20", "mail", "我是" + name + "，\n第二行", "武当山路"},
	{"K-3003", "王五", "13700000003", "wang@example.com", "长安街 3 号", "北京", "2026-01-07", "30", "call", "请回电 " + phone, "y"},
	{key, name, phone, "", "", "上海", "2026-01-08", "40", "call", "again, \"quoted\"", ""},
	{"", name, phone, email, "", "", "not a day", "50", "", "refused row of " + name, ""},
	{"K-2002", "李四", "13700000002", "li@example.com", "长安街 2 号", "上海", "2026-01-09", "60", "mail", "bye", "1001"},
}

func csvText(sep string) string {
	var b strings.Builder
	for _, r := range append([][]string{header}, records...) {
		for i, f := range r {
			if i > 0 {
				b.WriteString(sep)
			}
			if strings.ContainsAny(f, sep+"\"\n") {
				f = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
			}
			b.WriteString(f)
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

func objects() []map[string]any {
	var out []map[string]any
	for _, r := range records {
		m := map[string]any{}
		for i, h := range header {
			m[h] = r[i]
		}
		out = append(out, m)
	}
	return out
}

func encoded(t *testing.T, e encoding.Encoding, text string) []byte {
	t.Helper()
	b, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// deliveries are the same rows in every format that is imported.
func deliveries(t *testing.T) map[string][]byte {
	t.Helper()
	utf16 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	text := csvText(",")
	out := map[string][]byte{
		"utf8.csv":  []byte(text),
		"bom.tsv":   append([]byte("\xef\xbb\xbf"), csvText("\t")...),
		"gbk.csv":   encoded(t, simplifiedchinese.GB18030, text),
		"utf16.csv": encoded(t, utf16, csvText("\t")),
		"big5.csv":  encoded(t, traditionalchinese.Big5, strings.NewReplacer("长安街", "長安街", "号", "號", "请回电", "請回電", "武当山路", "武當山路").Replace(text)),
	}
	var lines bytes.Buffer
	for _, o := range objects() {
		b := must[[]byte](t)(json.Marshal(o))
		lines.Write(append(b, '\n'))
	}
	out["lines.ndjson"] = lines.Bytes()
	out["nested.json"] = must[[]byte](t)(json.MarshalIndent(map[string]any{"data": map[string]any{"rows": objects()}}, "", " "))
	out["book.xlsx"] = workbook(t)
	var z bytes.Buffer
	w := zip.NewWriter(&z)
	for _, m := range []struct {
		name string
		b    []byte
	}{{"2026/联系人.csv", out["gbk.csv"]}, {"readme.txt", []byte("nothing here")}} {
		f := must[io.Writer](t)(w.Create(m.name))
		if _, err := f.Write(m.b); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out["all.zip"] = z.Bytes()
	var g bytes.Buffer
	gz := gzip.NewWriter(&g)
	if _, err := gz.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := gz.Close(); err != nil {
		t.Fatal(err)
	}
	out["one.csv.gz"] = g.Bytes()
	out["rows.parquet"] = parquet(t, text)
	return out
}

func workbook(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, r := range append([][]string{{"导出 2026"}, {}, header}, records...) {
		row := make([]any, len(r))
		for j, c := range r {
			row[j] = c
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.AddComment("Sheet1", excelize.Comment{Cell: "B5", Text: "call " + name}); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func parquet(t *testing.T, text string) []byte {
	t.Helper()
	dir := t.TempDir()
	from, to := filepath.Join(dir, "a.csv"), filepath.Join(dir, "a.parquet")
	if err := os.WriteFile(from, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	db := must[*sql.DB](t)(sql.Open("duckdb", ""))
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(t.Context(), fmt.Sprintf("COPY (SELECT * FROM read_csv('%s', all_varchar = true, header = true, quote = '\"')) TO '%s' (FORMAT parquet)", from, to)); err != nil {
		t.Fatal(err)
	}
	return must[[]byte](t)(os.ReadFile(to))
}

// fill imports every format, each as a source of its own, and events by the API.
func fill(t *testing.T, db *store.DB, only ...string) {
	t.Helper()
	for file, b := range deliveries(t) {
		if len(only) > 0 && !slices.Contains(only, file) {
			continue
		}
		path := filepath.Join(t.TempDir(), file)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		src := strings.NewReplacer(".", "_").Replace(file)
		res, err := source.Import(t.Context(), db, source.Request{Paths: []string{path}, Mapping: fmt.Sprintf(mappingYAML, src), Actor: "test"}, nil)
		if err != nil || len(res.Batches) == 0 {
			t.Fatalf("%s: %v %+v", file, err, res.Failed)
		}
		if b := res.Batches[0]; b.Rows != 6 || b.Used != 5 || b.Events != 5 {
			t.Fatalf("%s: %d rows, %d used, %d events, want 6, 5, 5", file, b.Rows, b.Used, b.Events)
		}
	}
	if len(only) == 0 {
		send(t, db)
	}
}

func send(t *testing.T, db *store.DB) {
	t.Helper()
	door := must[*source.Door](t)(source.OpenDoor(db))
	defer func() { _ = door.Close() }()
	amount := 5.0
	events := []source.Incoming{
		{ID: "e1", Verb: "feedback.received", TS: "2026-02-01T10:00:00Z", Person: &source.IncomingParty{Namespace: "wx", Key: "w-900", Name: "李四"}, Text: "fine", Amount: &amount},
		{ID: "e2", Verb: "feedback.received", TS: "2026-02-01T11:00:00Z", Person: &source.IncomingParty{Namespace: "wx", Key: key, Name: name, Phone: phone, Email: email, Address: "武当山路"},
			Text: "I am " + name, Amount: &amount, Attrs: json.RawMessage(`{"said":"` + name + `","n":3}`)},
	}
	if n, refused, err := door.Take(t.Context(), "api_source", events); n != 2 || err != nil {
		t.Fatalf("Take() = %d, %v, %v", n, refused, err)
	}
	if err := door.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// everywhere are the person's parties: linkage would have found them one.
func everywhere(t *testing.T, db *store.DB) erasure.Plan {
	t.Helper()
	rows, err := db.Facts.Query(t.Context(), store.Text("test.mine", "SELECT id::TEXT FROM party WHERE key = $1"), key)
	ids, err := store.Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
	if err != nil || len(ids) == 0 {
		t.Fatalf("parties of the person: %v, %v", ids, err)
	}
	for _, id := range ids {
		if _, err := db.Facts.Exec(t.Context(), store.Text("test.entity", "INSERT INTO party_entity (party, entity, since) VALUES ($1, '00000000-0000-0000-0000-0000000000aa', TIMESTAMP '2026-01-01 00:00:00')"), id); err != nil {
			t.Fatal(err)
		}
	}
	plan, err := erasure.Find(t.Context(), db, ids[0], "")
	if err != nil || len(plan.Parties) != len(ids) {
		t.Fatalf("Find() = %d parties, %v, want %d", len(plan.Parties), err, len(ids))
	}
	return plan
}

// unpacked is a file's bytes with those of everything packed in it.
func unpacked(t *testing.T, b []byte) []byte {
	t.Helper()
	out := slices.Clone(b)
	if z, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err == nil {
		for _, f := range z.File {
			r := must[io.ReadCloser](t)(f.Open())
			out = append(out, unpacked(t, must[[]byte](t)(io.ReadAll(r)))...)
		}
	}
	if g, err := gzip.NewReader(bytes.NewReader(b)); err == nil {
		out = append(out, must[[]byte](t)(io.ReadAll(g))...)
	}
	return out
}

// nowhere wants none of the person's values anywhere below the folder.
func nowhere(t *testing.T, dir string) {
	t.Helper()
	var forms [][]byte
	for _, s := range secrets {
		forms = append(forms, []byte(s))
		for _, e := range []encoding.Encoding{simplifiedchinese.GB18030, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), traditionalchinese.Big5} {
			if b, err := e.NewEncoder().Bytes([]byte(strings.NewReplacer("当", "當").Replace(s))); err == nil {
				forms = append(forms, b)
			}
		}
	}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Type()&os.ModeSocket != 0 {
			return err
		}
		b := unpacked(t, must[[]byte](t)(os.ReadFile(path)))
		for _, f := range forms {
			if i := bytes.Index(b, f); i >= 0 {
				t.Errorf("%s still holds %q: …%q…", strings.TrimPrefix(path, dir), f, b[max(0, i-30):min(len(b), i+30)])
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// totals is what counting says; erasing a person must not change it.
func totals(t *testing.T, db *store.DB) (s string) {
	t.Helper()
	for _, q := range []string{
		"SELECT count(*)::TEXT || ' ' || sum(amount)::TEXT || ' ' || count(DISTINCT day)::TEXT FROM event",
		"SELECT sum(n)::BIGINT::TEXT || ' ' || sum(amount)::TEXT FROM event_day",
	} {
		var one string
		if err := db.Facts.QueryRow(t.Context(), store.Text("test.totals", q)).Scan(&one); err != nil {
			t.Fatal(err)
		}
		s += one + "; "
	}
	return s
}

// rowsOf is every row of every batch as the vault gives it, the person's own
// and those that mention them apart.
func rowsOf(t *testing.T, db *store.DB) map[string]string {
	t.Helper()
	out := map[string]string{}
	batches := must[[]fact.Batch](t)(fact.ListBatches(t.Context(), db, "", 0, 100))
	for _, b := range batches {
		for row := int64(1); row <= b.Rows; row++ {
			if row != 1 && row != 6 {
				continue
			}
			o, err := source.Row(t.Context(), db, b.ID, row, 0)
			if err != nil {
				t.Fatalf("%s:%d: %v", b.Name, row, err)
			}
			out[fmt.Sprintf("%s:%d", b.Source, row)] = strings.Join(o.Fields, "|")
		}
	}
	return out
}

func TestForget(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		objects := 12
		if db.Facts.Engine == store.Postgres { // the vault is the same
			fill(t, db, "gbk.csv", "lines.ndjson")
			send(t, db)
			objects = 3
		} else {
			fill(t, db)
		}
		plan := everywhere(t, db)
		want, counted := rowsOf(t, db), totals(t, db)
		if err := access.Note(t.Context(), db, access.Entry{Actor: "user:li", Action: "rejects.exported", Target: "batch:" + anyBatch(t, db)}); err != nil {
			t.Fatal(err)
		}
		j, err := erasure.Forget(t.Context(), db, plan, "user:admin", erasure.Asked, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, rowsOf(t, db)); diff != "" {
			t.Errorf("other people's rows changed (-before +after):\n%s", diff)
		}
		if got := totals(t, db); got != counted {
			t.Errorf("counted %s, before %s", got, counted)
		}
		nowhere(t, filepath.Join(db.Dir, "vault"))
		left := 0
		for _, q := range []string{
			"SELECT count(*) FROM party WHERE key = $1 OR name = $2 OR phone = $3",
			"SELECT count(*) FROM party_record WHERE key = $1 OR name = $2 OR phone = $3",
			"SELECT count(*) FROM event WHERE text LIKE '%' || $2 || '%' OR text LIKE '%' || $3 || '%' OR attrs::TEXT LIKE '%' || $2 || '%' OR object_key = $1",
			"SELECT count(*) FROM reject WHERE text LIKE '%' || $2 || '%' OR text LIKE '%' || $3 || '%' OR text = $1",
			"SELECT count(*) FROM batch WHERE report::TEXT LIKE '%' || $2 || '%' OR report::TEXT LIKE '%' || $3 || '%' OR mapping = $1",
		} {
			if err := db.Facts.QueryRow(t.Context(), store.Text("test.left", q), key, name, phone).Scan(&left); err != nil || left > 0 {
				t.Errorf("%s = %d, %v, want 0", q, left, err)
			}
		}
		p, err := erasure.ProofOf(t.Context(), db, j.ID)
		if err != nil || len(p.Objects) != objects || len(p.Outcome.Exports) != 1 || len(p.Outcome.Unread) != 0 {
			t.Errorf("proof = %+v, %v, want %d objects, one export, none unread", p, err, objects)
		}
		for _, o := range p.Objects {
			if o.Original == o.Current || o.Cells == 0 || db.Vault.Current(o.Original) != o.Current {
				t.Errorf("object %+v: the vault says %s", o, db.Vault.Current(o.Original))
			}
		}
		for _, s := range append(secrets, plan.Parties[0].ID) {
			if text := p.Text(true) + p.Text(false); strings.Contains(text, s) {
				t.Errorf("the proof names the person: %q", s)
			}
		}
		if c, err := access.VerifyAudit(t.Context(), db); err != nil || !c.OK {
			t.Errorf("VerifyAudit() = %+v, %v", c, err)
		}
		again(t, db)
	})
}

func anyBatch(t *testing.T, db *store.DB) string {
	t.Helper()
	all := must[[]fact.Batch](t)(fact.ListBatches(t.Context(), db, "", 0, 1))
	return all[0].ID
}

// again delivers the person again: in other bytes, by the API, and under
// another key with the same phone.
func again(t *testing.T, db *store.DB) {
	t.Helper()
	text := strings.Replace(csvText(","), "hello", "a newer export", 1)
	for i, text := range []string{text, strings.ReplaceAll(text, key, "Z-77777")} {
		path := filepath.Join(t.TempDir(), "again.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := source.Import(t.Context(), db, source.Request{Paths: []string{path}, Mapping: fmt.Sprintf(mappingYAML, []string{"utf8_csv", "other"}[i]), Actor: "test"}, nil); err != nil {
			t.Fatal(err)
		}
	}
	send(t, db)
	nowhere(t, filepath.Join(db.Dir, "vault"))
	var n int
	if err := db.Facts.QueryRow(t.Context(), store.Text("test.back", "SELECT count(*) FROM party WHERE name = $1 OR key = $2"), name, key).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d parties of the person came back (%v)", n, err)
	}
	if err := db.Facts.QueryRow(t.Context(), store.Text("test.others", "SELECT count(*) FROM party WHERE name = '李四'")).Scan(&n); err != nil || n < 2 {
		t.Errorf("%d parties of somebody else (%v), want them all", n, err)
	}
	jobs, err := erasure.List(t.Context(), db, erasure.Job{}, 10)
	if err != nil || len(jobs) != 4 || jobs[0].Why != erasure.Delivered {
		t.Errorf("List() = %+v, %v, want the one asked for and three deliveries", jobs, err)
	}
}

func TestFind(t *testing.T) {
	db := storetest.Embedded(t)
	fill(t, db, "utf8.csv", "lines.ndjson")
	for _, tt := range []struct {
		id, search string
		want       error
		parties    int
	}{
		{"", "nobody", fault.ErrNotFound, 0},
		{"", phone, fault.ErrConflict, 0}, // two sources, which nothing links
		{"17", "", fault.ErrInvalid, 0},
		{"00000000-0000-0000-0000-000000000000", "", fault.ErrNotFound, 0},
	} {
		p, err := erasure.Find(t.Context(), db, tt.id, tt.search)
		if !errors.Is(err, tt.want) || len(p.Parties) != tt.parties {
			t.Errorf("Find(%q, %q) = %d parties, %v, want %d, %v", tt.id, tt.search, len(p.Parties), err, tt.parties, tt.want)
		}
	}
	everywhere(t, db)
	if p, err := erasure.Find(t.Context(), db, "", strings.ToUpper(email)); err != nil || len(p.Parties) != 2 || p.Summary().Rows != 4 {
		t.Errorf("Find(mail) = %+v, %v, want both parties, and their 4 rows", p.Summary(), err)
	}
}

type stopped string

// TestForgetGoesOn ends the work before each step, as a kill does, and opens
// the folder anew.
func TestForgetGoesOn(t *testing.T) {
	kept := map[string]int{}
	keeper.Register(keeper.Keeper{Name: "test", Forget: func(_ context.Context, _ *store.DB, p keeper.Person) (keeper.Outcome, error) {
		kept[p.Words[0]]++
		return keeper.Outcome{Removed: 1, Withdrawn: []string{"claim 7"}}, nil
	}})
	for _, step := range []string{"vault", "keepers", "facts", "settled", "done"} {
		t.Run(step, func(t *testing.T) {
			dir := t.TempDir()
			db := reopen(t, dir)
			fill(t, db, "gbk.csv")
			plan := everywhere(t, db)
			died := func() (died bool) {
				defer func() {
					erasure.AtStep = func(string) {}
					_, died = recover().(stopped)
				}()
				erasure.AtStep = func(s string) {
					if s == step {
						panic(stopped(s))
					}
				}
				_, err := erasure.Forget(t.Context(), db, plan, "user:admin", erasure.Asked, nil)
				t.Errorf("Forget() = %v, want it stopped", err)
				return false
			}()
			if !died {
				t.Fatal("the work was not stopped")
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			db = reopen(t, dir)
			if err := erasure.Resume(t.Context(), db); err != nil {
				t.Fatal(err)
			}
			jobs, err := erasure.List(t.Context(), db, erasure.Job{}, 10)
			if err != nil || len(jobs) != 1 || jobs[0].Step != "done" || jobs[0].Outcome.Keepers["test"].Withdrawn[0] != "claim 7" {
				t.Errorf("List() = %+v, %v, want one that is done", jobs, err)
			}
			// The next start writes the file of the facts anew.
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			db = reopen(t, dir)
			if err := errors.Join(erasure.Resume(t.Context(), db), db.Close()); err != nil {
				t.Fatal(err)
			}
			nowhere(t, dir)
		})
	}
}

func reopen(t *testing.T, dir string) *store.DB {
	t.Helper()
	db := must[*store.DB](t)(store.Open(t.Context(), store.Options{Dir: dir, Memory: "1GB"}))
	t.Cleanup(func() { _ = db.Close() })
	if err := migrate.Up(t.Context(), db, nil); err != nil {
		t.Fatal(err)
	}
	return db
}

// TestForgetAfterRestore restores a backup that is older than the erasure.
func TestForgetAfterRestore(t *testing.T) {
	db := storetest.Embedded(t)
	fill(t, db, "gbk.csv", "lines.ndjson")
	plan := everywhere(t, db)
	to := filepath.Join(t.TempDir(), "backup")
	quiet := func(int64, int64, string, string) {}
	if _, err := store.Backup(t.Context(), db, to, "", quiet); err != nil {
		t.Fatal(err)
	}
	if _, err := erasure.Forget(t.Context(), db, plan, "user:admin", erasure.Asked, nil); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "restored")
	if _, err := store.Restore(t.Context(), to, dir, "", quiet); err != nil {
		t.Fatal(err)
	}
	back := reopen(t, dir)
	var n int
	count := store.Text("test.there", "SELECT count(*) FROM party WHERE name = $1")
	if err := back.Facts.QueryRow(t.Context(), count, name).Scan(&n); err != nil || n == 0 {
		t.Fatalf("the backup has %d parties of the person (%v): the test shows nothing", n, err)
	}
	if err := erasure.Resume(t.Context(), back); err != nil {
		t.Fatal(err)
	}
	if err := back.Facts.QueryRow(t.Context(), count, name).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d parties of the person after the restore (%v)", n, err)
	}
	nowhere(t, filepath.Join(dir, "vault"))
	// The next backup into the same folder replaces what the older one held.
	if _, err := store.Backup(t.Context(), db, to, "", quiet); err != nil {
		t.Fatal(err)
	}
	nowhere(t, filepath.Join(to, "vault"))
	if _, err := store.Restore(t.Context(), to, filepath.Join(t.TempDir(), "again"), "", quiet); err != nil {
		t.Error(err)
	}
}
