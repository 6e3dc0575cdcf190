package csv

import (
	"bytes"
	stdcsv "encoding/csv"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func read(text string, d Dialect, width, max int) (rows []string) {
	r := NewReader(strings.NewReader(text), d, max, 0, 1)
	r.Width = width
	for {
		rec, err := r.Next()
		if err != nil {
			return rows
		}
		switch {
		case rec.Comment:
			rows = append(rows, "comment "+string(rec.Raw))
		case rec.Blank:
			rows = append(rows, "blank")
		case rec.Code != "":
			rows = append(rows, rec.Code+" "+string(rec.Raw))
		default:
			rows = append(rows, string(bytes.Join(rec.Fields, []byte("¦"))))
		}
	}
}

func TestReader(t *testing.T) {
	comma := Dialect{Delim: ",", Quote: '"'}
	tests := []struct {
		name, in string
		d        Dialect
		width    int
		want     []string
	}{
		{"plain", "a,b\n1,2\n", comma, 2, []string{"a¦b", "1¦2"}},
		{"no last line end", "a,b\n1,2", comma, 2, []string{"a¦b", "1¦2"}},
		{"crlf and lf mixed", "a,b\r\n1,2\n3,4\r\n", comma, 2, []string{"a¦b", "1¦2", "3¦4"}},
		{"cr", "a,b\r1,2\r", Dialect{Delim: ",", Quote: '"', CR: true}, 2, []string{"a¦b", "1¦2"}},
		{"doubled quote", `a,"b""c"` + "\n", comma, 2, []string{`a¦b"c`}},
		{"line end and delimiter in quotes", "a,\"b\nc,d\"\n1,2\n", comma, 2, []string{"a¦b\nc,d", "1¦2"}},
		{"backslash", `a,"b\"c"` + "\n" + `d\,e,\N` + "\n", Dialect{Delim: ",", Quote: '"', Escape: '\\'}, 2, []string{`a¦b"c`, "d,e¦"}},
		{"quote inside", `5" pipe,3` + "\n", comma, 2, []string{`5" pipe¦3`}},
		{"stray", `"a"b,c` + "\n1,2\n", comma, 2, []string{`quote.stray "a"b,c`, "1¦2"}},
		{"unclosed, found back", "1,\"x\n2,y\n3,z\n", comma, 2, []string{`quote.unclosed 1,"x`, "2¦y", "3¦z"}},
		{"comment", "# a\n1,2\n", Dialect{Delim: ",", Comment: "#"}, 2, []string{"comment # a", "1¦2"}},
		{"two bytes", "a||b\n1|x||2\n", Dialect{Delim: "||"}, 2, []string{"a¦b", "1|x¦2"}},
		{"blanks around quotes", `a, "b,c" ,d` + "\n", Dialect{Delim: ",", Quote: '"', Trim: true}, 3, []string{"a¦b,c¦d"}},
		{"blank line", "a\n\nb\n", comma, 1, []string{"a", "blank", "b"}},
		{"too long", strings.Repeat("x", 9000) + "\n1,2\n", comma, 2, []string{"line.too-long " + strings.Repeat("x", 4096), "1¦2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, read(tt.in, tt.d, tt.width, 8000)); diff != "" {
				t.Errorf("records of %q (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestSniff(t *testing.T) {
	tests := []struct {
		name, in string
		want     Dialect
		width    int
	}{
		{"comma", "a,b,c\n1,2,3\n", Dialect{Delim: ",", Quote: '"'}, 3},
		{"semicolon with decimal commas", "a;b\n1,5;2\n2,5;3\n", Dialect{Delim: ";", Quote: '"'}, 2},
		{"tab", "a\tb c\n1\tx, y\n", Dialect{Delim: "\t", Quote: '"'}, 2},
		{"pipe", "a|b\n1|2\n", Dialect{Delim: "|", Quote: '"'}, 2},
		{"times are no delimiter", "t,v\n10:20:30,1\n11:20:30,2\n", Dialect{Delim: ",", Quote: '"'}, 2},
		{"apostrophe quotes", "a,b\n'x,y',2\n'z',3\n", Dialect{Delim: ",", Quote: '\''}, 2},
		{"apostrophes", "a,b\nit's,2\n'tis,3\n", Dialect{Delim: ",", Quote: '"'}, 2},
		{"backslash", "a,b\n\"x\\\"y, z\",2\n\"x\\\"\",3\n", Dialect{Delim: ",", Quote: '"', Escape: '\\'}, 2},
		{"one column", "name\nhello world\nx\nhow, are you\n", Dialect{}, 1},
		{"banner", "Report of May\n\na;b;c\n1;2;3\n4;5;6\n7;8;9\n", Dialect{Delim: ";", Quote: '"'}, 3},
		{"cr", "a,b\r1,2\r3,4\r", Dialect{Delim: ",", Quote: '"', CR: true}, 2},
		{"comments", "# made 2024\n# by me\na,b\n1,2\n", Dialect{Delim: ",", Quote: '"', Comment: "#"}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Sniff([]byte(tt.in), true, Dialect{}, false)
			if diff := cmp.Diff(tt.want, got.Dialect); diff != "" {
				t.Errorf("Sniff(%q) (-want +got):\n%s", tt.in, diff)
			}
			if got.Width != tt.width {
				t.Errorf("Sniff(%q).Width = %d, want %d", tt.in, got.Width, tt.width)
			}
		})
	}
}

func scanText(text string, d Dialect, width int) Check {
	c, err := Scan(strings.NewReader(text), d, width, 1<<20, 0, 1, func(int64) error { return nil })
	if err != nil {
		panic(err)
	}
	return c
}

func TestScan(t *testing.T) {
	comma := Dialect{Delim: ",", Quote: '"'}
	tests := []struct {
		name, in string
		clean    bool
		rows     int64
	}{
		{"plain", "1,2\n3,4\n", true, 2},
		{"no last line end", "1,2\n3,4", true, 2},
		{"crlf", "1,2\r\n3,4\r\n", true, 2},
		{"mixed", "1,2\r\n3,4\n", false, 0},
		{"quotes", "1,\"a,b\n\"\"c\"\"\"\n\"\",4\n", true, 2},
		{"stray", "1,\"a\"b\n", false, 0},
		{"quote inside", "1,a\"b\n", false, 0},
		{"short", "1,2\n3\n", false, 0},
		{"blank", "1,2\n\n3,4\n", false, 0},
		{"long lines over blocks", strings.Repeat(strings.Repeat("x", 100)+","+strings.Repeat("中", 70)+"\n", 99), true, 99},
		{"crlf over blocks", strings.Repeat(strings.Repeat("x", 61)+",\r\n", 99), true, 99},
		{"bad bytes", "1,\xff\n", false, 0},
		{"nul", "1,\x00\n", false, 0},
		{"unclosed", "1,\"x\n", false, 0},
		{"last short", "1,2\n3", false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := scanText(tt.in, comma, 2); got.Clean != tt.clean || got.Clean && got.Rows != tt.rows {
				t.Errorf("Scan(%q) = %+v, want clean %v, %d rows", tt.in, got, tt.clean, tt.rows)
			}
		})
	}
}

// FuzzScan holds the fast scan to the reader and the reader to encoding/csv:
// what Scan calls clean, all three read alike.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "a,\"b\"\"\nc\"\r\n1,2\r\n", "\"\",\"\"\n", "1,2", "é,中\n", strings.Repeat("ab,\"c\nd\"\n", 30)} {
		f.Add(s)
	}
	d := Dialect{Delim: ",", Quote: '"'}
	f.Fuzz(func(t *testing.T, text string) {
		std := stdcsv.NewReader(strings.NewReader(text))
		std.FieldsPerRecord = 2
		want, err := std.ReadAll()
		c := scanText(text, d, 2)
		if !c.Clean {
			return
		}
		if err != nil {
			t.Fatalf("Scan calls %q clean, encoding/csv says %v", text, err)
		}
		if c.Rows != int64(len(want)) {
			t.Fatalf("Scan(%q) = %d rows, want %d", text, c.Rows, len(want))
		}
		r := NewReader(strings.NewReader(text), d, 1<<20, 0, 1)
		r.Width = 2
		for i := 0; ; i++ {
			rec, err := r.Next()
			if err == io.EOF {
				if i != len(want) {
					t.Fatalf("Next(%q) gives %d records, want %d", text, i, len(want))
				}
				return
			}
			got := []string{}
			for _, f := range rec.Fields {
				got = append(got, strings.ReplaceAll(string(f), "\r\n", "\n")) // as encoding/csv does
			}
			if diff := cmp.Diff(want[i], got); diff != "" || rec.Code != "" {
				t.Fatalf("record %d of %q: code %q (-want +got):\n%s", i, text, rec.Code, diff)
			}
		}
	})
}

// FuzzReader checks that every byte is accounted for: records follow each
// other without gaps and the reader always ends.
func FuzzReader(f *testing.F) {
	f.Add("a,\"b\n1,2\n", byte('"'), byte(0), true)
	f.Add("a\\,b\r1,2\r\n", byte('\''), byte('\\'), true)
	f.Fuzz(func(t *testing.T, text string, quote, escape byte, cr bool) {
		d := Dialect{Delim: ",", Quote: quote, Escape: escape, CR: cr}
		r := NewReader(strings.NewReader(text), d, 64, 0, 1)
		r.Width = 2
		at := int64(0)
		for {
			rec, err := r.Next()
			if err == io.EOF {
				break
			}
			if rec.Offset != at {
				t.Fatalf("a record of %q begins at %d, want %d", text, rec.Offset, at)
			}
			if r.Offset() <= at {
				t.Fatalf("no progress in %q at %d", text, at)
			}
			at = r.Offset()
		}
		if at != int64(len(text)) {
			t.Fatalf("read %d bytes of %q, want %d", at, text, len(text))
		}
	})
}

func BenchmarkScan(b *testing.B) {
	row := "10001,2024-03-05 10:20:30,Zhang Wei,Shanghai,won,1299.50,CNY,web,2,\"a, b\",ok,https://example.com/abc/def\n"
	data := []byte(strings.Repeat(row, 200_000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		c, err := Scan(bytes.NewReader(data), Dialect{Delim: ",", Quote: '"'}, 12, 1<<20, 0, 1, func(int64) error { return nil })
		if err != nil || !c.Clean {
			b.Fatal(c, err)
		}
	}
}

func BenchmarkReader(b *testing.B) {
	row := "10001,2024-03-05 10:20:30,Zhang Wei,Shanghai,won,1299.50,CNY,web,2,\"a, b\",ok,https://example.com/abc/def\n"
	data := []byte(strings.Repeat(row, 100_000))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		r := NewReader(bytes.NewReader(data), Dialect{Delim: ",", Quote: '"'}, 1<<20, 0, 1)
		for {
			if _, err := r.Next(); err != nil {
				break
			}
		}
	}
}
