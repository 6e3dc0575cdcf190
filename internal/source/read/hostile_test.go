package read

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/chanzipu/outfitter/internal/fault"
)

// repeat gives n bytes of one byte without holding them.
type repeat struct {
	n int64
	c byte
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	k := int(min(int64(len(p)), r.n))
	for i := range k {
		p[i] = r.c
	}
	r.n -= int64(k)
	return k, nil
}

func code(err error) string {
	var fe *fault.Error
	if errors.As(err, &fe) {
		return fe.Code
	}
	return ""
}

// heap is how many bytes f leaves allocated beyond what was there, at its peak as far as the collector saw it.
func peak(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.Sys - min(before.Sys, after.Sys)
}

// TestHostile feeds what should cost little and end with one sentence.
func TestHostile(t *testing.T) {
	nested := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	tests := []struct {
		name, file string
		make       func(io.Writer) error
		code       string // of the fault; "" = extracted
		reject     string // code of the first reject
	}{
		{"one long line", "a.csv", func(w io.Writer) error { _, err := io.Copy(w, &repeat{64 << 20, 'x'}); return err }, "line.too-long", ""},
		{"a long line among others", "a.csv", func(w io.Writer) error {
			io.WriteString(w, "a,b\n1,2\n3,")
			io.Copy(w, &repeat{64 << 20, 'x'})
			_, err := io.WriteString(w, "\n4,5\n")
			return err
		}, "", "line.too-long"},
		{"an open quote before much", "a.csv", func(w io.Writer) error {
			io.WriteString(w, "a,b\n\"1\",2\n3,\"x\n")
			for range 1 << 20 {
				io.WriteString(w, "1,2\n")
			}
			return nil
		}, "", "quote.unclosed"},
		{"100,000 columns", "a.csv", func(w io.Writer) error {
			_, err := io.WriteString(w, strings.Repeat("1,", 100_000)+"1\n"+strings.Repeat("1,", 100_000)+"1\n")
			return err
		}, "columns.too-many", ""},
		{"nested objects", "a.json", func(w io.Writer) error { _, err := io.WriteString(w, nested); return err }, "json.depth", ""},
		{"nested objects in a line", "a.ndjson", func(w io.Writer) error { _, err := io.WriteString(w, `{"a":1}`+"\n"+nested+"\n"); return err }, "", "json.depth"},
		{"nested arrays", "a.json", func(w io.Writer) error { _, err := io.WriteString(w, strings.Repeat("[", 100_000)); return err }, "json.syntax", ""},
		{"one long JSON string", "a.json", func(w io.Writer) error {
			io.WriteString(w, `{"a":"`)
			_, err := io.Copy(w, &repeat{64 << 20, 'x'})
			return err
		}, "line.too-long", ""},
		{"100,000 members", "a.ndjson", func(w io.Writer) error {
			var b strings.Builder
			for i := range 100_000 {
				b.WriteString(`,"k` + strings.Repeat("x", i%7) + string(rune('一'+i%20000)) + strings.Repeat("y", i%11) + `":1`)
			}
			_, err := io.WriteString(w, "{"+b.String()[1:]+"}\n")
			return err
		}, "columns.too-many", ""},
		{"gzip bomb", "a.csv.gz", func(w io.Writer) error {
			z := gzip.NewWriter(w)
			io.Copy(z, &repeat{300 << 20, 'x'})
			return z.Close()
		}, "archive.bomb", ""},
		{"zip bomb", "a.zip", func(w io.Writer) error {
			z := zip.NewWriter(w)
			f, _ := z.Create("a.csv")
			io.Copy(f, &repeat{300 << 20, 'x'})
			return z.Close()
		}, "archive.bomb", ""},
		{"workbook bomb", "a.xlsx", func(w io.Writer) error {
			z := zip.NewWriter(w)
			for name, text := range map[string]string{
				"xl/workbook.xml":            `<workbook><sheets><sheet name="a" r:id="r1"/></sheets></workbook>`,
				"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/s.xml"/></Relationships>`,
			} {
				f, _ := z.Create(name)
				io.WriteString(f, text)
			}
			f, _ := z.Create("xl/worksheets/s.xml")
			io.WriteString(f, "<worksheet><sheetData>")
			for range 300 {
				io.WriteString(f, strings.Repeat("<x/>", 1<<18))
			}
			return z.Close()
		}, "archive.bomb", ""},
		{"truncated gzip", "a.csv.gz", func(w io.Writer) error {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			io.WriteString(z, strings.Repeat("a,b\n1,2\n", 9999))
			z.Close()
			_, err := w.Write(b.Bytes()[:b.Len()/2])
			return err
		}, "file.damaged", ""},
		{"truncated workbook", "a.xlsx", func(w io.Writer) error {
			f := excelize.NewFile()
			var b bytes.Buffer
			if err := f.Write(&b); err != nil {
				return err
			}
			_, err := w.Write(b.Bytes()[:b.Len()/2])
			return err
		}, "file.damaged", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "object")
			f, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.make(f); err != nil {
				t.Fatal(err)
			}
			f.Close()
			var tables []Table
			grown := peak(func() { _, tables, err = Extract(t.Context(), path, tt.file, t.TempDir(), Hints{}, Limits{}, nil) })
			if grown > 200<<20 {
				t.Errorf("Extract took %d MiB from the system, want at most 200", grown>>20)
			}
			if tt.code != "" || err != nil {
				if got := code(err); got != tt.code {
					t.Fatalf("Extract = %v, want a fault %s", err, tt.code)
				}
				return
			}
			tb := tables[0]
			if len(tb.Rejects) == 0 || tb.Rejects[0].Code != tt.reject || tb.Read != tb.Rows+int64(len(tb.Rejects)) {
				t.Errorf("Extract = %d rows of %d read, rejects %.300v; want the first %s", tb.Rows, tb.Read, tb.Rejects, tt.reject)
			}
		})
	}
}

// TestMembers splits archives, their nested ones and names in GBK.
func TestMembers(t *testing.T) {
	var inner bytes.Buffer
	z := gzip.NewWriter(&inner)
	io.WriteString(z, "a,b\n1,2\n")
	z.Close()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	add := func(h *zip.FileHeader, text string) {
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(f, text)
	}
	add(&zip.FileHeader{Name: "\xcf\xfa\xca\xdb/\xb6\xa9\xb5\xa5.csv", NonUTF8: true, Method: zip.Deflate}, "编号,金额\n1,2\n")
	add(&zip.FileHeader{Name: "in.csv.gz", Method: zip.Store}, inner.String())
	add(&zip.FileHeader{Name: "__MACOSX/x"}, "x")
	add(&zip.FileHeader{Name: "读我.pdf"}, "%PDF-1.4")
	w.Close()
	path := write(t, b.String())
	members, err := Members(t.Context(), path, "全部.zip", t.TempDir(), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range members {
		names = append(names, m.Name)
	}
	if got, want := strings.Join(names, " "), "销售/订单.csv in.csv 读我.pdf"; got != want {
		t.Errorf("Members = %s, want %s", got, want)
	}
	_, tables, err := Extract(t.Context(), path, "全部.zip", t.TempDir(), Hints{}, Limits{}, nil)
	if err != nil || len(tables) != 2 || tables[0].Name != "订单" || tables[0].Rows != 1 || tables[1].Name != "in" {
		t.Errorf("Extract = %+v, %v, want the tables 订单 and in", tables, err)
	}
	if _, err := Members(t.Context(), path, "全部.zip", t.TempDir(), Limits{Members: 2}); code(err) != "archive.members" {
		t.Errorf("Members over the limit = %v, want archive.members", err)
	}
}
