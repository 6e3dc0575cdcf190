// Package stage parses one delivery and maps it, apart from the server.
//
// It runs in a child process of its own with bounded memory and time, so that
// a hostile file can cost no more than its own import. It reads regular files
// only, checks the engine's row count against the reader's, and leaves a stage
// file (fact.StageTables) with everything a commit needs; it never sees the
// stores. A row's number counts over all tables of the delivery, so that
// batch:row is an address.
//
// It owns no tables.
package stage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // the engine that parses

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/date"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Job is one delivery to stage.
type Job struct {
	Path     string          `json:"path"` // regular file
	Name     string          `json:"name"` // as it came
	Work     string          `json:"work"` // empty folder for copies and spill
	Out      string          `json:"out"`  // stage file to make
	Source   string          `json:"source"`
	Batch    string          `json:"batch"`
	LoadedAt time.Time       `json:"loaded_at"`
	Key      []byte          `json:"key"`
	Zone     string          `json:"zone"` // the company's: days are cut there
	Mapping  mapping.Mapping `json:"mapping"`
	Limits   read.Limits     `json:"limits"`
	Memory   string          `json:"memory"` // of the engine; default 512MB
	Samples  int             `json:"samples"`
}

// A Report is what became of a delivery; a batch keeps it.
type Report struct {
	Format        read.Format   `json:"format"`
	Tables        []TableReport `json:"tables"`
	Rows          int64         `json:"rows"` // = used + rejected
	Used          int64         `json:"used"`
	Rejected      int64         `json:"rejected"`
	CellsRejected int64         `json:"cells_rejected"`
	SetAside      int64         `json:"set_aside"`
	Samples       []Sample      `json:"samples,omitempty"`
	// ByVerb is what its own rows came to when it was loaded.
	ByVerb []fact.VerbCount `json:"by_verb,omitempty"`
}

// A TableReport is what became of one table of a delivery.
type TableReport struct {
	Name       string          `json:"name"` // sheet, member or stem
	Table      string          `json:"tbl"`  // of the mapping; "" = nothing maps it
	Header     []string        `json:"header"`
	FirstRow   int64           `json:"first_row"` // batch row of its first record
	Rows       int64           `json:"rows"`
	Clean      int64           `json:"clean"`
	Used       int64           `json:"used"`
	Rejected   int64           `json:"rejected"`
	Excluded   int64           `json:"excluded,omitempty"` // by the mapping's where
	Duplicates int64           `json:"duplicates"`         // rows whose event another row of the batch says again or overtakes
	Identical  int64           `json:"identical"`          // rows that equal an earlier one to the letter
	Missing    []string        `json:"missing,omitempty"`
	Constant   []Constant      `json:"constant,omitempty"`
	Dates      []DateColumn    `json:"dates,omitempty"`
	Types      []string        `json:"types,omitempty"` // one per column: number, date, text, empty; for drift
	SetAside   []read.SetAside `json:"set_aside,omitempty"`
	Evidence   []read.Evidence `json:"evidence,omitempty"`
	Wide       bool            `json:"wide,omitempty"`
	Layout     *read.Table     `json:"layout,omitempty"` // where its rows lie in the vault object; nil = read anew
}

// A Constant is a column with one value throughout.
type Constant struct {
	Column string `json:"column"`
	Value  string `json:"value"`
}

// A DateColumn is how a column's dates were read.
type DateColumn struct {
	Column    string `json:"column"` // or expression
	Precision string `json:"precision"`
	Ambiguous bool   `json:"ambiguous,omitempty"`
	Why       string `json:"why"`
	WhyZh     string `json:"why_zh"`
	Unread    int64  `json:"unread,omitempty"` // values that fit no format
}

// A Sample is one event or party as it would be committed.
type Sample struct {
	Of     string         `json:"of"` // "event" or "party"
	Fields map[string]any `json:"fields"`
}

// Progress is told what is being done, and how far.
type Progress func(done, total int64, what, whatZh string)

// A loader is the state of one Load.
type loader struct {
	Job
	db     *sql.Conn
	report Report
	next   int64 // batch row of the next table's first record
	zones  *zones
	tell   Progress
}

// Load extracts, parses and maps the delivery into the stage file.
func Load(ctx context.Context, j Job, tell Progress) (Report, error) {
	if tell == nil {
		tell = func(int64, int64, string, string) {}
	}
	hints := hintsFor(j.Mapping, j.Name)
	format, tables, err := extract(ctx, j.Path, j.Name, j.Work, hints, j.Limits, func(done, total int64) {
		tell(done, total, "reading the file", "读取文件")
	})
	if err != nil {
		return Report{}, err
	}
	l := &loader{Job: j, next: 1, tell: tell}
	l.report.Format = format
	if l.zones, err = newZones(j.Zone, j.Mapping.Zone); err != nil {
		return Report{}, err
	}
	closeDB, err := l.open(ctx)
	if err != nil {
		return Report{}, err
	}
	defer closeDB()
	for i, t := range tables {
		tell(int64(i), int64(len(tables)), "mapping "+t.Name, "映射 "+t.Name)
		if err := l.table(ctx, t); err != nil {
			return Report{}, fmt.Errorf("stage: table %q: %w", t.Name, err)
		}
	}
	if err := l.finish(ctx); err != nil {
		return Report{}, err
	}
	return l.report, nil
}

// hintsFor picks the reading hints of the first table of the mapping that the
// file's name fits and that has any.
func hintsFor(m mapping.Mapping, name string) read.Hints {
	for _, t := range m.Tables {
		if t.Match.File != "" && !(mapping.Match{File: t.Match.File}).Matches(name, "", nil) {
			continue
		}
		if h := t.Format; h.Encoding != "" || h.Delimiter != "" || h.Quote != "" || h.Sheet != "" || h.Header != nil || h.Columns != nil || h.Records != "" || h.Pivot != nil {
			return h
		}
	}
	return read.Hints{}
}

func (l *loader) open(ctx context.Context) (func(), error) {
	memory := l.Memory
	if memory == "" {
		memory = "512MB"
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, fmt.Errorf("stage: %w", err)
	}
	if l.db, err = db.Conn(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("stage: %w", err)
	}
	done := func() { _ = l.db.Close(); _ = db.Close() }
	for _, q := range []string{
		"SET memory_limit = " + store.Literal(memory),
		"SET temp_directory = " + store.Literal(filepath.Join(l.Work, "spill")),
		"SET TimeZone = 'UTC'",
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		fmt.Sprintf("SET allowed_directories = [%s, %s, %s]", store.Literal(filepath.Dir(l.Path)), store.Literal(l.Work), store.Literal(filepath.Dir(l.Out))),
		"SET enable_external_access = false",
		"ATTACH " + store.Literal(l.Out) + " AS out",
		"SET force_compression = 'uncompressed'", // the stage file is read once and thrown away
		"SET lock_configuration = true",
		mapping.Macros,
		date.Macros,
		"CREATE TABLE bad (row_no BIGINT, line_no BIGINT, tbl VARCHAR, col VARCHAR, code VARCHAR, text VARCHAR, whole BOOLEAN)",
	} {
		if err := l.exec(ctx, q); err != nil {
			done()
			return nil, err
		}
	}
	for _, q := range fact.StageTables {
		if err := l.exec(ctx, strings.Replace(q, "CREATE TABLE ", "CREATE TABLE out.", 1)); err != nil {
			done()
			return nil, err
		}
	}
	return done, nil
}

func (l *loader) exec(ctx context.Context, q string, args ...any) error {
	if _, err := l.db.ExecContext(ctx, q, args...); err != nil {
		return fmt.Errorf("stage: %.200s: %w", q, err)
	}
	return nil
}

func (l *loader) count(ctx context.Context, q string, args ...any) (n int64, err error) {
	if err := l.db.QueryRowContext(ctx, q, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("stage: %.200s: %w", q, err)
	}
	return n, nil
}

// finish sorts out what the tables have in common: ids met twice, rejects,
// sums, samples.
func (l *loader) finish(ctx context.Context) error {
	for _, t := range []string{"event", "party_record", "membership", "snapshot"} {
		twice, err := l.count(ctx, fmt.Sprintf("SELECT count(*) FROM (SELECT id FROM out.stage_%s GROUP BY id HAVING count(*) > 1)", t))
		if err != nil {
			return err
		}
		if twice == 0 {
			continue
		}
		dup := fmt.Sprintf("(SELECT id, max(row_no) AS last FROM out.stage_%s GROUP BY id HAVING count(*) > 1)", t)
		if err := l.exec(ctx, fmt.Sprintf("INSERT INTO out.stage_%[1]s_dup SELECT s.* FROM out.stage_%[1]s s JOIN %[2]s d ON d.id = s.id WHERE s.row_no < d.last", t, dup)); err != nil {
			return err
		}
		if err := l.exec(ctx, fmt.Sprintf("DELETE FROM out.stage_%[1]s USING %[2]s d WHERE d.id = stage_%[1]s.id AND stage_%[1]s.row_no < d.last", t, dup)); err != nil {
			return err
		}
	}
	if err := l.rejects(ctx); err != nil {
		return err
	}
	for i := range l.report.Tables {
		t := &l.report.Tables[i]
		var err error
		if t.Duplicates, err = l.count(ctx, "SELECT count(DISTINCT row_no) FROM out.stage_event_dup WHERE row_no >= $1 AND row_no < $2", t.FirstRow, t.FirstRow+t.Rows); err != nil {
			return err
		}
		l.report.Rows += t.Rows
		l.report.Used += t.Used
		l.report.Rejected += t.Rejected
		l.report.SetAside += int64(len(t.SetAside))
	}
	if l.report.Used+l.report.Rejected != l.report.Rows {
		return fmt.Errorf("stage: %d rows read, but %d used and %d rejected", l.report.Rows, l.report.Used, l.report.Rejected)
	}
	if err := l.samples(ctx); err != nil {
		return err
	}
	rows, err := l.db.QueryContext(ctx, "SELECT verb, count(*) FROM out.stage_event GROUP BY verb ORDER BY verb")
	l.report.ByVerb, err = store.Collect(rows, err, func(r *sql.Rows) (v fact.VerbCount, err error) { err = r.Scan(&v.Verb, &v.N); return v, err })
	if err != nil {
		return fmt.Errorf("stage: verbs: %w", err)
	}
	return l.exec(ctx, "DETACH out")
}

// samples fills the report with the first events and parties.
func (l *loader) samples(ctx context.Context) error {
	if l.Samples == 0 {
		return nil
	}
	for _, s := range [][2]string{
		{"event", "SELECT row_no, verb, ts, ts_precision, object_kind, object_key, channel, amount::DOUBLE AS amount, currency, quantity, unit, text, attrs FROM (SELECT *, row_number() OVER (PARTITION BY verb ORDER BY row_no) AS n FROM out.stage_event) WHERE n <= $1 ORDER BY row_no, verb"},
		{"party", "SELECT row_no, kind, namespace, key, name, phone, email, tax_no, address, city, title, company, attrs FROM (SELECT *, row_number() OVER (PARTITION BY kind, namespace ORDER BY row_no) AS n FROM out.stage_party_record) WHERE n <= $1 ORDER BY row_no"},
	} {
		rows, err := l.db.QueryContext(ctx, s[1], l.Samples)
		if err != nil {
			return fmt.Errorf("stage: samples: %w", err)
		}
		cols, err := rows.Columns()
		if err != nil {
			return err
		}
		for rows.Next() {
			vals, ptrs := make([]any, len(cols)), make([]any, len(cols))
			for i := range vals {
				ptrs[i] = &vals[i]
			}
			if err := rows.Scan(ptrs...); err != nil {
				return fmt.Errorf("stage: samples: %w", err)
			}
			f := map[string]any{}
			for i, c := range cols {
				if vals[i] != nil {
					f[c] = vals[i]
				}
			}
			l.report.Samples = append(l.report.Samples, Sample{Of: s[0], Fields: f})
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	return nil
}

// rejects brings the cells and rows that could not be used together, each once
// per row, column and reason, with a sentence in both languages.
func (l *loader) rejects(ctx context.Context) error {
	var when strings.Builder
	zh := when
	for code, s := range reasons {
		fmt.Fprintf(&when, " WHEN %s THEN %s", store.Literal(code), store.Literal(s[0]))
		fmt.Fprintf(&zh, " WHEN %s THEN %s", store.Literal(code), store.Literal(s[1]))
	}
	q := fmt.Sprintf(`INSERT INTO out.stage_reject (batch_id, tbl, row_no, line_no, col, code, reason, reason_zh, text)
		SELECT %s::UUID, tbl, row_no, min(line_no), col, code, CASE code%s ELSE code END, CASE code%s ELSE code END, left(coalesce(min(text), ''), 4096)
		FROM bad GROUP BY tbl, row_no, col, code ORDER BY row_no, col`, store.Literal(l.Batch), when.String(), zh.String())
	if err := l.exec(ctx, q); err != nil {
		return err
	}
	n, err := l.count(ctx, "SELECT count(*) FROM (SELECT DISTINCT row_no, col FROM bad WHERE NOT whole)")
	l.report.CellsRejected = n
	return err
}

// reasons are what a person reads of a reject that the mapping met.
var reasons = map[string][2]string{
	"date.bad":       {"This is not a date that the column's format can read. Correct the cell, or give the format under `dates`.", "这不是该列格式能读懂的日期。请更正单元格，或在 dates 中写明格式。"},
	"date.missing":   {"The row has no date, so it can't be an event, and it names no party.", "该行没有日期，不能成为事件，也没有指明任何身份。"},
	"number.bad":     {"This is not a number. Correct the cell, or convert it in the mapping with number().", "这不是数字。请更正单元格，或在映射中用 number() 转换。"},
	"key.missing":    {"The row has no value in its key columns, so it can't be told from others.", "该行的主键列为空，无法与其他行区分。"},
	"table.unmapped": {"No table of the mapping fits this sheet.", "映射中没有适用于该表的定义。"},
	"field.required": {"A cell that the mapping requires is missing or can't be read.", "映射要求的单元格缺失或无法读取。"},
}

// MarshalReport is the report as the batch keeps it.
func (r Report) MarshalReport() (json.RawMessage, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("stage: report: %w", err)
	}
	return b, nil
}

// Usable says why nothing of the delivery could be used; nil where something was.
func (r Report) Usable(name string) error {
	if r.Used > 0 {
		return nil
	}
	mapped := false
	for _, t := range r.Tables {
		mapped = mapped || t.Table != ""
	}
	switch {
	case r.Rows == 0:
		return fault.New(fault.ErrNotFound, "file.empty",
			fmt.Sprintf("%s holds no rows of data.", name), fmt.Sprintf("%s 中没有数据行。", name))
	case !mapped:
		return fault.New(fault.ErrNotFound, "file.unmapped",
			fmt.Sprintf("Nothing in %s could be used: no table of the mapping fits its columns (%s). Write a mapping with `outfitter import --suggest %s` and correct it.", name, headers(r), name),
			fmt.Sprintf("%s 中没有可用内容：映射里没有适用于这些列（%s）的表。请用 `outfitter import --suggest %s` 生成映射并修改。", name, headers(r), name))
	}
	return fault.New(fault.ErrNotFound, "file.unusable",
		fmt.Sprintf("None of the %d rows of %s could be used; each stands with its reason among the rejects of a dry run.", r.Rows, name),
		fmt.Sprintf("%[2]s 的 %[1]d 行都不可用；试运行的拒收行里写明了每行原因。", r.Rows, name))
}

func headers(r Report) string {
	var all []string
	for _, t := range r.Tables {
		all = append(all, t.Header...)
	}
	if len(all) > 12 {
		all = append(all[:12], "…")
	}
	return strings.Join(all, ", ")
}

// remove is for files that may be gone.
func remove(path string) { _ = os.RemoveAll(path) }
