package read

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read/json"
	"github.com/chanzipu/outfitter/internal/source/read/kind"
	"github.com/chanzipu/outfitter/internal/source/read/layout"
)

// recordsDepth is how deep an object is searched for arrays of rows.
const recordsDepth = 4

const maxTables = 1000

// A jsonTable is one table on its way: its columns are known only when all
// its records were seen.
type jsonTable struct {
	t       *Table
	columns map[string]int
	names   []string
	s       *sink
	cells   [][]byte
	store   []byte
	spans   [][2]int
}

// A jsonReader reads a JSON delivery, twice where needed: columns first, then rows.
type jsonReader struct {
	d      *delivery
	in     *json.Decoder
	tables map[string]*jsonTable
	order  []string
	write  bool
	main   string
	found  bool  // an array of rows was met
	at     int64 // offset of the row in hand
}

// mark notes where the row that comes next begins, and returns its line.
func (r *jsonReader) mark() int64 {
	_, _ = r.in.Peek() // blanks before it are not its own; an error comes again
	r.at = r.in.Offset()
	return r.in.Line()
}

// records extracts a JSON or NDJSON delivery.
func (d *delivery) records() ([]Table, error) {
	f, err := os.Open(d.path)
	if err != nil {
		return nil, fmt.Errorf("read: %q: %w", d.name, err)
	}
	defer f.Close()
	r := &jsonReader{d: d, tables: map[string]*jsonTable{}, main: kind.Stem(d.name)}
	if d.format.Kind == NDJSON {
		err = r.pass(f, r.lines)
		if err == nil {
			r.write = true
			err = r.pass(f, r.lines)
		}
	} else {
		err = r.single(f)
	}
	if err != nil {
		r.drop()
		return nil, err
	}
	return r.close()
}

// pass reads the delivery from its beginning.
func (r *jsonReader) pass(f *os.File, walk func() error) error {
	in, err := r.d.opened(f)
	if err != nil {
		return err
	}
	r.in = json.NewDecoder(in, int(r.d.l.Line), int64(r.d.bom))
	for _, t := range r.tables {
		if err := t.begin(r.write, r.d.work); err != nil {
			return err
		}
	}
	return walk()
}

// single reads one JSON value: an array of rows, an object that holds such
// arrays, or else one row.
func (r *jsonReader) single(f *os.File) error {
	walk := r.whole
	for range 2 {
		if err := r.pass(f, walk); err != nil {
			return err
		}
		if !r.found && !r.write {
			if r.d.h.Records != "" {
				return fault.New(fault.ErrInvalid, "records.missing", fmt.Sprintf("%q holds no array at %q; correct `records` in the mapping's format", r.d.name, r.d.h.Records), fmt.Sprintf("“%s”的 %q 处没有数组；请修改映射 format 中的 records", r.d.name, r.d.h.Records))
			}
			walk = r.oneRow
			if err := r.pass(f, walk); err != nil {
				return err
			}
		}
		r.write = true
	}
	return nil
}

// lines reads values that follow each other. A broken one is rejected and the
// next line goes on.
func (r *jsonReader) lines() error {
	for {
		c, err := r.in.Peek()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return r.ours(err)
		}
		line := r.mark()
		if c != '{' && c != '[' && c != '"' {
			if err := r.record(r.main, bytes.TrimSpace(r.in.Rest()), line); err != nil {
				return err
			}
			continue
		}
		if err := r.record(r.main, r.value(), line); err != nil {
			return err
		}
	}
}

// value is the next value of a stream. One that is broken is taken to end
// with its line, so that only it is lost.
func (r *jsonReader) value() []byte {
	text := r.in.Ahead()
	n := json.Span(text)
	switch rest := bytes.TrimLeft(text[max(n, 0):], " \t\r"); {
	case n > 0 && len(rest) > 0 && (rest[0] == '{' || rest[0] == '['):
		return r.in.Take(n) // several on one line
	case n > 0:
		return r.in.Rest()
	}
	if n := r.in.Complete(); n > 0 {
		return r.in.Take(n)
	}
	return r.in.Rest()
}

// whole walks one value that may be larger than memory.
func (r *jsonReader) whole() error {
	c, err := r.in.Peek()
	if err != nil {
		return r.ours(err)
	}
	switch c {
	case '[':
		if r.d.h.Records == "" {
			r.found = true
			err = r.array(r.main)
		} else {
			err = r.drain()
		}
	case '{':
		err = r.object("", 0)
	default:
		r.found = r.d.h.Records == ""
		var v []byte
		r.mark()
		if v, err = r.in.Value(); err == nil || errors.Is(err, io.ErrUnexpectedEOF) {
			err = r.strict(r.main, v, r.in.Line())
		}
	}
	if err != nil {
		return r.ours(err)
	}
	if _, err := r.in.Peek(); err != io.EOF {
		return r.syntax("text behind the value", "值后面还有内容")
	}
	return nil
}

// oneRow reads the whole value as a single row.
func (r *jsonReader) oneRow() error {
	line := r.mark()
	v, err := r.in.Value()
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return r.ours(err)
	}
	if err := r.strict(r.main, v, line); err != nil {
		return err
	}
	if _, err := r.in.Peek(); err != io.EOF {
		return r.syntax("text behind the value", "值后面还有内容")
	}
	return nil
}

func (r *jsonReader) drain() error {
	v, err := r.in.Value()
	if err != nil {
		return err
	}
	return r.checked(v)
}

// object looks for arrays of objects among the members.
func (r *jsonReader) object(path string, depth int) error {
	r.in.Skip()
	for n := 0; ; n++ {
		c, err := r.in.Peek()
		if err != nil {
			return err
		}
		if c == '}' && n == 0 {
			r.in.Skip()
			return nil
		}
		if c != '"' {
			return r.syntax("a member's name is missing", "缺少成员名")
		}
		raw, err := r.in.Value()
		if err != nil {
			return err
		}
		key := ""
		if err := json.Flatten(raw, 1, func(_ string, v []byte) { key = string(v) }); err != nil {
			return r.wrong(err)
		}
		if c, err := r.in.Peek(); err != nil || c != ':' {
			return r.syntax("a colon is missing", "缺少冒号")
		}
		r.in.Skip()
		if path != "" {
			key = path + "." + key
		}
		if err := r.member(key, depth+1); err != nil {
			return err
		}
		c, err = r.in.Peek()
		if err != nil {
			return err
		}
		r.in.Skip()
		if c == '}' {
			return nil
		}
		if c != ',' {
			return r.syntax("a comma or } is missing", "缺少逗号或 }")
		}
	}
}

func (r *jsonReader) member(path string, depth int) error {
	c, err := r.in.Peek()
	if err != nil {
		return err
	}
	want := r.d.h.Records
	switch {
	case c == '{' && depth < recordsDepth && (want == "" || strings.HasPrefix(want, path+".")):
		return r.object(path, depth)
	case c == '[' && want == path, c == '[' && want == "" && depth <= recordsDepth && r.in.Rows():
		r.found = true
		name := path
		if want != "" {
			name = r.main
		}
		return r.array(name)
	}
	v, err := r.in.Value()
	if err != nil {
		return err
	}
	return r.checked(v)
}

// checked validates a value that is no row.
func (r *jsonReader) checked(v []byte) error {
	if err := json.Flatten(v, r.d.l.Depth, func(string, []byte) {}); err != nil && !errors.Is(err, json.ErrUTF8) {
		return r.wrong(err)
	}
	return nil
}

// array reads the elements of an array as rows.
func (r *jsonReader) array(name string) error {
	r.in.Skip()
	if _, err := r.table(name); err != nil {
		return err
	}
	for n := 0; ; n++ {
		c, err := r.in.Peek()
		if err != nil {
			return err
		}
		if c == ']' && n == 0 {
			r.in.Skip()
			return nil
		}
		line := r.mark()
		v, err := r.in.Value()
		if err != nil {
			return err
		}
		if err := r.strict(name, v, line); err != nil {
			return err
		}
		c, err = r.in.Peek()
		if err != nil {
			return err
		}
		r.in.Skip()
		if c == ']' {
			return nil
		}
		if c != ',' {
			return r.syntax("a comma or ] is missing", "缺少逗号或 ]")
		}
	}
}

// strict takes a row of one JSON value: a broken one breaks all.
func (r *jsonReader) strict(name string, v []byte, line int64) error {
	err := json.Flatten(v, r.d.l.Depth, func(string, []byte) {})
	if errors.Is(err, json.ErrSyntax) || err == nil && len(v) == 0 {
		return r.wrong(err)
	}
	return r.record(name, v, line)
}

// record takes one row, or rejects it.
func (r *jsonReader) record(name string, v []byte, line int64) error {
	row := v
	if table, inner, ok := json.Envelope(v); ok {
		name, row = table, inner
	}
	t, err := r.table(name)
	if err != nil {
		return err
	}
	t.t.Read++
	t.store, t.spans = t.store[:0], t.spans[:0]
	for range t.names {
		t.spans = append(t.spans, [2]int{})
	}
	bad := json.Flatten(row, r.d.l.Depth, func(path string, text []byte) {
		if !r.write {
			t.column(path)
			return
		}
		j, ok := t.columns[path]
		if !ok {
			return
		}
		t.spans[j] = [2]int{len(t.store), len(t.store) + len(text)}
		t.store = append(t.store, text...)
	})
	if len(t.names) > r.d.l.Columns {
		return r.d.tooWide(len(t.names))
	}
	if !r.write {
		return nil
	}
	if r.d.visit != nil {
		r.d.visit(Spot{Table: slices.Index(r.order, name), Name: t.t.Name, Row: t.t.Read, Names: t.t.Header, Paths: t.columns, Raw: v, Offset: r.at - int64(r.d.bom)})
	}
	if bad != nil {
		return t.s.reject(rejectJSON(bad, line, r.d.format.Encoding), v)
	}
	t.cells = t.cells[:0]
	for _, s := range t.spans {
		t.cells = append(t.cells, t.store[s[0]:s[1]])
	}
	t.s.add(t.cells, line)
	return nil
}

func (r *jsonReader) table(name string) (*jsonTable, error) {
	t := r.tables[name]
	if t != nil {
		return t, nil
	}
	if len(r.tables) >= maxTables {
		return nil, fault.New(fault.ErrInvalid, "tables.too-many", fmt.Sprintf("%q names more than %d tables; split it", r.d.name, maxTables), fmt.Sprintf("“%s”中的表超过 %d 个；请拆分", r.d.name, maxTables))
	}
	t = &jsonTable{t: &Table{Name: name}, columns: map[string]int{}}
	r.tables[name] = t
	r.order = append(r.order, name)
	return t, t.begin(r.write, r.d.work)
}

func (t *jsonTable) column(path string) {
	if _, ok := t.columns[path]; !ok {
		t.columns[path] = len(t.names)
		t.names = append(t.names, path)
	}
}

// begin readies a table for a pass.
func (t *jsonTable) begin(write bool, work string) error {
	t.t.Read, t.t.Rows, t.t.Rejects = 0, 0, nil
	if !write {
		return nil
	}
	if len(t.names) == 0 { // records without members are records all the same
		t.column(json.Self)
	}
	t.t.Header = layout.Unique(t.names)
	s, err := newSink(work, t.t)
	t.s = s
	return err
}

func (r *jsonReader) close() ([]Table, error) {
	var out []Table
	for _, name := range r.order {
		t := r.tables[name]
		if err := t.s.close(); err != nil {
			return nil, err
		}
		out = append(out, *t.t)
	}
	if len(out) == 1 {
		out[0].Name = r.main
		if r.order[0] != r.main {
			r.d.note("records", r.order[0], "the array of objects there holds the rows", "该处的对象数组是数据行", 0.9)
		}
	}
	return out, nil
}

func (r *jsonReader) drop() {
	for _, t := range r.tables {
		if t.s != nil {
			t.s.drop()
		}
	}
}

// wrong is a fault for a value that is not JSON.
func (r *jsonReader) wrong(err error) error {
	what := "a value is missing"
	var se *json.SyntaxError
	switch {
	case errors.As(err, &se):
		what = se.What
	case errors.Is(err, json.ErrDepth):
		return fault.New(fault.ErrInvalid, "json.depth", fmt.Sprintf("%q nests objects or arrays deeper than %d levels (about line %d); export it flat", r.d.name, r.d.l.Depth, r.in.Line()),
			fmt.Sprintf("“%s”的对象或数组嵌套超过 %d 层（约第 %d 行）；请导出为扁平结构", r.d.name, r.d.l.Depth, r.in.Line()))
	case errors.Is(err, json.ErrUTF8):
		what = "bytes that are not text"
	}
	return r.syntax(what, what)
}

func (r *jsonReader) syntax(en, zh string) error {
	return fault.New(fault.ErrInvalid, "json.syntax", fmt.Sprintf("%q is not valid JSON: %s (about line %d); export it again or mend that place", r.d.name, en, r.in.Line()),
		fmt.Sprintf("“%s”不是合法的 JSON：%s（约第 %d 行）；请重新导出或修正该处", r.d.name, zh, r.in.Line()))
}

// ours words what a decoder returns.
func (r *jsonReader) ours(err error) error {
	var fe *fault.Error
	switch {
	case errors.As(err, &fe):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return r.syntax("it ends too early", "内容提前结束")
	case errors.Is(err, json.ErrLong):
		return fault.New(fault.ErrInvalid, "line.too-long", fmt.Sprintf("%q holds a value of more than %d MiB (about line %d); split it", r.d.name, r.d.l.Line>>20, r.in.Line()), fmt.Sprintf("“%s”中有一个值超过 %d MiB（约第 %d 行）；请拆分", r.d.name, r.d.l.Line>>20, r.in.Line()))
	}
	return fmt.Errorf("read: %q: %w", r.d.name, err)
}
