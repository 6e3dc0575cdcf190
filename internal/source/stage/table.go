package stage

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/store"
)

// A table is one clean table while it is mapped. Its rows are in the engine's
// table `stage`: columns c1 …, perhaps rn (batch row) and h (content hash).
type table struct {
	*loader
	read.Table
	m     mapping.Table
	scope mapping.Scope
	rn    string // SQL of the batch row
	from  string // FROM clause with the joins that keys and parties need
	key   string // SQL of the natural key's text, NULL where a row has none
	rep   *TableReport

	parties []party
	times   map[string]moment // by expression
	dicts   map[string]string // by column, the engine's table of its figures; see number
}

// table loads, profiles and maps one clean table.
func (l *loader) table(ctx context.Context, rt read.Table) error {
	rep := TableReport{Name: rt.Name, Header: rt.Header, FirstRow: l.next, Rows: rt.Read, Clean: rt.Rows, SetAside: rt.Set, Evidence: rt.Evidence, Wide: rt.Wide}
	if rt.Path == l.Path && rt.Origin == nil {
		layout := rt
		layout.Path, layout.Rejects, layout.Set, layout.Evidence = "", nil, nil, nil
		rep.Layout = &layout
	}
	l.report.Tables = append(l.report.Tables, rep)
	t := &table{loader: l, Table: rt, rep: &l.report.Tables[len(l.report.Tables)-1], times: map[string]moment{}, dicts: map[string]string{}}
	l.next += rt.Read
	if err := t.refused(ctx); err != nil {
		return err
	}
	m, ok := l.pick(rt)
	if !ok {
		return t.unmapped(ctx)
	}
	t.m, t.rep.Table = m, m.Name
	if rt.Rows == 0 {
		t.rep.Rejected = t.Read
		return nil
	}
	for _, step := range []func(context.Context) error{t.load, t.profile, t.keys, t.names, t.moments, t.people, t.happened, t.members, t.whole, t.idle} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if err := t.lines(ctx); err != nil {
		return err
	}
	for _, p := range t.parties {
		if err := l.exec(ctx, "DROP TABLE IF EXISTS "+p.dict); err != nil {
			return err
		}
	}
	for i := range t.dicts {
		if t.dicts[i] == "" {
			continue
		}
		if err := l.exec(ctx, "DROP TABLE "+t.dicts[i]); err != nil {
			return err
		}
	}
	return l.exec(ctx, "DROP TABLE IF EXISTS nth; DROP TABLE IF EXISTS stage")
}

// pick finds the mapping's table for what was read.
func (l *loader) pick(rt read.Table) (mapping.Table, bool) {
	for _, m := range l.Mapping.Tables {
		if m.Match.Matches(l.Name, rt.Name, rt.Header) {
			return m, true
		}
	}
	return mapping.Table{}, false
}

// refused records what the reader could not make clean.
func (t *table) refused(ctx context.Context) error {
	for part := range slices.Chunk(t.Rejects, 500) {
		var b strings.Builder
		b.WriteString("INSERT INTO out.stage_reject VALUES ")
		for i, r := range part {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "(%s::UUID, %s, %d, %d, %s, %s, %s, %s, %s)", store.Literal(t.Batch), store.Literal(t.Name),
				t.rep.FirstRow+r.Row-1, r.Line, literal(r.Column), store.Literal(r.Code), literal(r.Reason), literal(r.Zh), literal(r.Text))
		}
		if err := t.exec(ctx, b.String()); err != nil {
			return err
		}
	}
	cells := int64(0)
	for _, r := range t.Rejects {
		if r.Column != "" {
			cells++
		}
	}
	t.report.CellsRejected += cells
	return nil
}

// literal is store.Literal without the byte that the engine takes for an end.
func literal(s string) string {
	return store.Literal(strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\x00", "␀"))
}

// unmapped rejects every row of a table that nothing maps, as one range: its
// first row stands for all, with their number.
func (t *table) unmapped(ctx context.Context) error {
	t.rep.Rejected = t.Read
	if t.Read == 0 {
		return nil
	}
	return t.exec(ctx, fmt.Sprintf("INSERT INTO bad VALUES (%d, 0, %s, '', 'table.unmapped', %s, true)",
		t.rep.FirstRow, literal(t.Name), literal(fmt.Sprintf("%d rows: %s", t.Read, strings.Join(t.Header, ", ")))))
}

// load brings the clean file into the engine and checks that it counts the
// rows as the reader did.
func (t *table) load(ctx context.Context) error {
	skip, err := linesIn(t.Path, t.Skip)
	if err != nil {
		return err
	}
	var cols, all []string
	for i := range t.Header {
		cols = append(cols, fmt.Sprintf("'c%d': 'VARCHAR'", i+1))
		all = append(all, fmt.Sprintf("coalesce(c%d, '')", i+1))
	}
	quote := ""
	if t.Quote != 0 {
		quote = string(rune(t.Quote))
	}
	src := fmt.Sprintf(`read_csv(%s, auto_detect=false, header=false, skip=%d, delim=%s, quote=%s, escape=%s, columns={%s}, max_line_size=%d, encoding='utf-8', `,
		store.Literal(t.Path), skip, store.Literal(string(rune(t.Delim))), store.Literal(quote), store.Literal(quote), strings.Join(cols, ", "), max(t.Job.Limits.Line, 16<<20)+1<<10)
	sel := "*"
	if len(t.m.Key) == 0 {
		sel = fmt.Sprintf("*, sha256(%s)[1:32] AS h", strings.Join(all, " || chr(31) || "))
	}
	t.rn = fmt.Sprintf("(stage.rowid + %d)", t.rep.FirstRow)
	from := ""
	if t.RowOf != nil || t.Gaps != nil {
		if err := t.rowNumbers(ctx); err != nil {
			return err
		}
		from, t.rn = " POSITIONAL JOIN numbers", "stage.rn"
	}
	// The engine guesses the line end from the first one it meets, which may
	// stand inside quotes, and where to cut the file for its threads. A copy's
	// line end is known; where a guess fails, a more careful reading does,
	// because the file is known to be clean: the count decides.
	strict := "parallel=true, strict_mode=true)"
	if t.Path != t.loader.Path {
		strict = `parallel=true, strict_mode=true, new_line='\n')`
	}
	var got int64
	for _, how := range []string{strict, "parallel=true, strict_mode=false)", "parallel=false, strict_mode=false)"} {
		if err = t.exec(ctx, "CREATE OR REPLACE TABLE stage AS SELECT "+sel+" FROM "+src+how+from); err != nil {
			if ctx.Err() != nil {
				return err
			}
			continue
		}
		if got, err = t.count(ctx, "SELECT count(*) FROM stage"); err != nil || got == t.Rows {
			break
		}
	}
	if err != nil {
		return fault.New(fault.ErrInvalid, "file.unreadable",
			fmt.Sprintf("The table %s could not be loaded: %s", t.Name, cause(err)),
			fmt.Sprintf("表 %s 无法载入：%s", t.Name, cause(err)))
	}
	if got != t.Rows {
		return fmt.Errorf("stage: table %q: the reader counts %d clean rows, the engine %d", t.Name, t.Rows, got)
	}
	return t.exec(ctx, "DROP TABLE IF EXISTS numbers")
}

// rowNumbers writes the batch row of every clean record where some were refused.
func (t *table) rowNumbers(ctx context.Context) error {
	path := t.Work + "/numbers.csv"
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	defer remove(path)
	buf := make([]byte, 0, 1<<16)
	for n := range t.Rows {
		buf = append(strconv.AppendInt(buf, t.rep.FirstRow+t.Row(n)-1, 10), '\n')
		if len(buf) > 1<<16-32 || n == t.Rows-1 {
			if _, err := f.Write(buf); err != nil {
				_ = f.Close()
				return fmt.Errorf("stage: %w", err)
			}
			buf = buf[:0]
		}
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	return t.exec(ctx, "CREATE OR REPLACE TABLE numbers AS SELECT rn FROM read_csv("+store.Literal(path)+", auto_detect=false, header=false, columns={'rn': 'BIGINT'})")
}

// linesIn counts the line ends in the first n bytes: what the engine skips.
func linesIn(path string, n int64) (int, error) {
	if n == 0 {
		return 0, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("stage: %w", err)
	}
	defer func() { _ = f.Close() }()
	head, err := io.ReadAll(io.LimitReader(f, n))
	if err != nil {
		return 0, fmt.Errorf("stage: %w", err)
	}
	lines := 0
	for i, b := range head {
		if b == '\n' || b == '\r' && (i+1 == len(head) || head[i+1] != '\n') {
			lines++
		}
	}
	return lines, nil
}

func cause(err error) string {
	s := err.Error()
	if i := strings.LastIndex(s, "Error: "); i >= 0 {
		s = s[i+7:]
	}
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// sampled is how many rows stand for a column where all need not be asked.
const sampled = 20_480

// A column is what profile learns of one.
type column struct {
	empty, constant, trim bool
	value                 string // of a constant
	kind                  string // number, text, empty
}

// profile learns of each column whether it is empty, constant, or needs
// trimming, and fixes the SQL by which expressions reach it.
func (t *table) profile(ctx context.Context) error {
	cols, err := t.columns(ctx)
	if err != nil {
		return err
	}
	missing := slices.Concat(t.Mapping.Missing, t.m.Format.Missing)
	t.scope = mapping.Scope{Columns: map[string]string{}, Times: map[string]string{}, Let: t.m.Let, Row: t.rn, File: store.Literal(t.loader.Name), Sheet: store.Literal(t.Table.Name)}
	for i, h := range t.Header {
		c := cols[i]
		sql := fmt.Sprintf("stage.c%d", i+1)
		if c.trim {
			sql = fmt.Sprintf("nullif(trim(%s, %s), '')", sql, blanks)
		}
		if len(missing) > 0 && !c.empty {
			sql = fmt.Sprintf("CASE WHEN %[1]s NOT IN (%[2]s) THEN %[1]s END", sql, literals(missing))
		}
		t.scope.Columns[h] = sql
		t.rep.Types = append(t.rep.Types, c.kind)
		if c.empty {
			t.rep.Missing = append(t.rep.Missing, h)
		}
		if c.constant {
			t.rep.Constant = append(t.rep.Constant, Constant{h, c.value})
		}
	}
	return nil
}

// columns asks a sample of the rows first, and all of them only what the
// sample leaves open: asking all for everything cost more than loading them.
func (t *table) columns(ctx context.Context) ([]column, error) {
	out := make([]column, len(t.Header))
	var sel []string
	for i := range t.Header {
		sel = append(sel, fmt.Sprintf("count(c%[1]d), min(c%[1]d), max(c%[1]d), count(TRY_CAST(c%[1]d AS DOUBLE))", i+1))
	}
	vals, err := t.row(ctx, fmt.Sprintf("SELECT %s FROM stage WHERE rowid < %d", strings.Join(sel, ", "), sampled), 4*len(out))
	if err != nil {
		return nil, err
	}
	sel = nil
	for i := range out {
		n, lo, hi, numeric := vals[4*i].(int64), text(vals[4*i+1]), text(vals[4*i+2]), vals[4*i+3].(int64)
		out[i] = column{empty: n == 0, constant: n == min(t.Rows, sampled) && lo == hi && t.Rows > 1, value: lo, kind: "text"}
		if n == numeric && n > 0 {
			out[i].kind = "number"
		}
		open, trim := "0, NULL, NULL", "false"
		if out[i].empty || out[i].constant {
			open = fmt.Sprintf("count(c%[1]d), min(c%[1]d), max(c%[1]d)", i+1)
		}
		if !t.Tight {
			trim = fmt.Sprintf("coalesce(bool_or(c%[1]d <> trim(c%[1]d, %[2]s)), false)", i+1, blanks)
		}
		sel = append(sel, open, trim)
	}
	if vals, err = t.row(ctx, "SELECT "+strings.Join(sel, ", ")+" FROM stage", 4*len(out)); err != nil {
		return nil, err
	}
	for i := range out {
		c := &out[i]
		if c.empty || c.constant {
			n, _ := vals[4*i].(int64)
			c.empty = n == 0
			c.constant = c.constant && n == t.Rows && text(vals[4*i+1]) == text(vals[4*i+2])
		}
		if c.empty {
			c.kind = "empty"
		}
		c.trim, _ = vals[4*i+3].(bool)
	}
	return out, nil
}

// blanks are the characters that stand around values and mean nothing, as an
// SQL literal; the last two are the no-break and the ideographic space.
const blanks = "' \t\r\n\u00a0\u3000'"

func literals(ss []string) string {
	var out []string
	for _, s := range ss {
		out = append(out, store.Literal(s))
	}
	return strings.Join(out, ", ")
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// row runs a query for one row of n values.
func (t *table) row(ctx context.Context, q string, n int) ([]any, error) {
	vals, ptrs := make([]any, n), make([]any, n)
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	if err := t.db.QueryRowContext(ctx, q).Scan(ptrs...); err != nil {
		return nil, fmt.Errorf("stage: %.200s: %w", q, err)
	}
	return vals, nil
}

// keys fixes the SQL of a row's natural key: the declared columns, or the
// content and how many identical rows came before.
func (t *table) keys(ctx context.Context) error {
	t.from = "stage"
	if len(t.m.Key) > 0 {
		sql, err := t.keyOf(t.m.Key)
		t.key = sql
		return err
	}
	t.key = "stage.h"
	twice, err := t.count(ctx, "SELECT coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n FROM stage GROUP BY h HAVING count(*) > 1)")
	if err != nil || twice == 0 {
		return err
	}
	t.rep.Identical = twice
	t.from = "stage LEFT JOIN nth ON nth.r = stage.rowid"
	t.key = "(stage.h || CASE WHEN nth.n > 1 THEN '#' || nth.n ELSE '' END)"
	return t.exec(ctx, `CREATE TABLE nth AS SELECT r, n FROM (
		SELECT rowid AS r, row_number() OVER (PARTITION BY h ORDER BY rowid) AS n
		FROM stage WHERE h IN (SELECT h FROM stage GROUP BY h HAVING count(*) > 1)) WHERE n > 1`)
}

// keyOf joins the texts of key expressions; NULL where all are missing.
func (t *table) keyOf(key []mapping.Expr) (string, error) {
	var parts []string
	for _, e := range key {
		sql, _, err := mapping.Text(e, t.scope)
		if err != nil {
			return "", t.wrong("key", err)
		}
		parts = append(parts, sql)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return fmt.Sprintf("(CASE WHEN coalesce(%s) IS NOT NULL THEN concat_ws(chr(30), %s) END)",
		strings.Join(parts, ", "), "coalesce("+strings.Join(parts, ", ''), coalesce(")+", '')"), nil
}

// wrong says where in the mapping an expression is at fault.
func (t *table) wrong(where string, err error) error {
	return fmt.Errorf("mapping: table %s: %s: %w", t.m.Name, where, err)
}

// names is where let expressions are checked, used or not.
func (t *table) names(context.Context) error {
	for _, n := range slices.Sorted(maps.Keys(t.m.Let)) {
		if _, _, err := mapping.Compile(t.m.Let[n], t.scope); err != nil {
			return t.wrong("let "+n, err)
		}
	}
	return nil
}
