package read

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read/encoding"
	"github.com/chanzipu/outfitter/internal/source/read/kind"
	"github.com/chanzipu/outfitter/internal/source/read/layout"
)

const headBytes = 1 << 20 // what decisions about a text are made from

// A delivery is one open file on its way to tables.
type delivery struct {
	ctx      context.Context
	path     string
	name     string // original file name
	work     string
	h        Hints
	l        Limits
	progress Progress
	size     int64
	head     []byte // its first bytes
	text     []byte // the same, decoded
	whole    bool   // head is all
	format   Format
	bom      int
	visit    func(Spot) // of Walk; nil = nobody asks
	sheets   int        // of a workbook, those that became tables so far
}

// Detect says what the delivery at path is, from its first bytes and, where it
// is text, from how they read. name is its original file name, a hint only. A
// feed, a mail or anything else that is no table is refused with what it is.
func Detect(ctx context.Context, path, name string, h Hints, l Limits) (Format, error) {
	d, err := open(ctx, path, name, h, l)
	if err != nil {
		return Format{}, err
	}
	if d.format.Kind == CSV {
		if _, err := d.sniff(); err != nil {
			return d.format, err
		}
	}
	return d.format, nil
}

// Extract makes the clean tables of a delivery; copies go to the empty folder
// work. An archive's members are extracted one after the other, their tables
// named member/table.
func Extract(ctx context.Context, path, name, work string, h Hints, l Limits, p Progress) (Format, []Table, error) {
	if p == nil {
		p = func(int64, int64) {}
	}
	d, err := open(ctx, path, name, h, l)
	if err != nil {
		return Format{}, nil, err
	}
	d.work, d.progress = work, p
	return d.extract()
}

func (d *delivery) extract() (Format, []Table, error) {
	var tables []Table
	var err error
	switch d.format.Kind {
	case CSV:
		tables, err = d.delimited()
	case JSON, NDJSON:
		tables, err = d.records()
	case XLSX, XLS:
		tables, err = d.workbook()
	case Parquet:
		tables, err = d.parquet()
	case ZIP, GZIP, ZSTD:
		tables, err = d.archive()
	default:
		err = kind.Unsupported(d.name, "a file of kind "+string(d.format.Kind), "类型为 "+string(d.format.Kind)+" 的文件", "")
	}
	if err != nil {
		return d.format, nil, err
	}
	for i := range tables {
		tables[i].settle()
	}
	return d.format, tables, nil
}

// settle fills what every table has.
func (t *Table) settle() {
	if t.Header == nil {
		t.Header = []string{}
	}
	if t.Offsets == nil {
		t.Offsets = []int64{}
	}
}

// open reads the head and decides the kind.
func open(ctx context.Context, path, name string, h Hints, l Limits) (*delivery, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if name == "" {
		name = filepath.Base(path)
	}
	d := &delivery{ctx: ctx, path: path, name: name, h: h, l: l.defaults(), progress: func(int64, int64) {}}
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.New(fault.ErrNotFound, "file.missing", fmt.Sprintf("there is no file %q", name), fmt.Sprintf("没有文件“%s”", name))
		}
		return nil, fmt.Errorf("read: %q: %w", name, err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("read: %q: %w", name, err)
	}
	if !st.Mode().IsRegular() {
		return nil, fault.New(fault.ErrInvalid, "file.irregular", fmt.Sprintf("%q is not a regular file; give a file, not a folder or pipe", name), fmt.Sprintf("“%s”不是普通文件；请给文件，不要给文件夹或管道", name))
	}
	d.size = st.Size()
	d.head = make([]byte, min(d.size, headBytes))
	if _, err := io.ReadFull(f, d.head); err != nil {
		return nil, fmt.Errorf("read: %q: %w", name, err)
	}
	d.whole = int64(len(d.head)) == d.size
	if d.size == 0 {
		return nil, fault.New(fault.ErrNotFound, "file.empty", fmt.Sprintf("%q is empty (0 bytes); export it again", name), fmt.Sprintf("“%s”是空文件（0 字节）；请重新导出", name))
	}
	return d, d.kind()
}

// kind decides the delivery's kind and, for text, its encoding.
func (d *delivery) kind() error {
	switch k := kind.Magic(d.head); k {
	case "":
	case ZIP:
		d.format.Kind = ZIP
		if kind.IsWorkbook(d.path) {
			d.format.Kind = XLSX
		}
		return nil
	default:
		d.format.Kind = k
		return nil
	}
	if err := d.decode(encoding.Detect(d.head, d.whole)); err != nil {
		return err
	}
	if err := kind.NotTable(d.text, d.name); err != nil {
		return err
	}
	if kind.Binary(d.text) {
		return kind.Unsupported(d.name, "a binary file of no known kind", "未知类型的二进制文件", "")
	}
	if k, ok := kind.LooksJSON(d.text, d.whole, d.name); ok && d.h.Delimiter == "" {
		d.format.Kind = k
		return nil
	}
	if len(bytes.TrimSpace(d.text)) == 0 && d.whole {
		return fault.New(fault.ErrNotFound, "file.empty", fmt.Sprintf("%q holds nothing but blanks; export it again", d.name), fmt.Sprintf("“%s”里只有空白；请重新导出", d.name))
	}
	d.format.Kind = CSV
	return nil
}

// decode settles the encoding and decodes the head.
func (d *delivery) decode(g encoding.Guess) error {
	d.format.Encoding, d.format.BOM, d.bom = g.Name, g.BOM > 0, g.BOM
	ev := Evidence{What: "encoding", Got: g.Name, Why: g.Why, WhyZ: g.WhyZ, Sure: g.Sure}
	if d.h.Encoding != "" {
		name, err := encoding.Name(d.h.Encoding)
		if err != nil {
			return fault.New(fault.ErrInvalid, "encoding.unknown", fmt.Sprintf("the mapping's encoding %q is not known; use a name such as utf-8, gb18030, big5 or windows-1252", d.h.Encoding),
				fmt.Sprintf("映射里的编码“%s”无法识别；请用 utf-8、gb18030、big5、windows-1252 等名称", d.h.Encoding))
		}
		d.format.Encoding = name
		ev = Evidence{What: "encoding", Got: name, Why: "the mapping says so; detected: " + g.Name, WhyZ: "映射如此说明；识别结果：" + g.Name, Sure: 1}
		if marked, n := encoding.BOM(d.head); n == 0 || marked != name {
			d.bom, d.format.BOM = 0, false
		}
	}
	d.format.Evidence = []Evidence{ev}
	text, err := encoding.Decode(d.head[d.bom:], d.format.Encoding)
	if err != nil {
		return fmt.Errorf("read: %q: %w", d.name, err)
	}
	d.text = text
	return nil
}

// hints are those for the layout.
func (d *delivery) hints() layout.Hints {
	return layout.Hints{Header: d.h.Header, Columns: d.h.Columns, Pivot: d.h.Pivot}
}

// opened is the delivery's text from its first character on, as UTF-8.
func (d *delivery) opened(f *os.File) (io.Reader, error) {
	if _, err := f.Seek(int64(d.bom), io.SeekStart); err != nil {
		return nil, fmt.Errorf("read: %q: %w", d.name, err)
	}
	return encoding.NewReader(&counting{d: d, in: f, done: int64(d.bom)}, d.format.Encoding)
}

// counting reports progress and stops when the context ends.
type counting struct {
	d    *delivery
	in   io.Reader
	done int64
}

func (c *counting) Read(p []byte) (int, error) {
	if err := c.d.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.in.Read(p)
	c.done += int64(n)
	c.d.progress(c.done, c.d.size)
	return n, err
}

// parquet hands the file on: the engine reads it itself.
func (d *delivery) parquet() ([]Table, error) {
	f, err := os.Open(d.path)
	if err != nil {
		return nil, fmt.Errorf("read: %q: %w", d.name, err)
	}
	defer f.Close()
	var tail [8]byte
	if d.size < 12 {
		return nil, kind.Damaged(d.name, "Parquet")
	}
	if _, err := f.ReadAt(tail[:], d.size-8); err != nil || string(tail[4:]) != "PAR1" {
		return nil, kind.Damaged(d.name, "Parquet")
	}
	return []Table{{Name: kind.Stem(d.name), Kind: Parquet, Path: d.path}}, nil
}
