package source_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

// archive makes a ZIP of names and texts, in order; flags mark GBK names.
func archive(t *testing.T, members ...[2]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, m := range members {
		w, err := z.CreateHeader(&zip.FileHeader{Name: m[0], Method: zip.Deflate, NonUTF8: !ascii(m[0])})
		if err == nil {
			_, err = w.Write([]byte(m[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func ascii(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r > 127 }) < 0 }

func gbk(t *testing.T, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// long is a file of n deals, row i being Di.
func long(n int) string {
	var b strings.Builder
	b.WriteString("id,customer,name,won,amount\n")
	for i := range n {
		fmt.Fprintf(&b, "D%d,C%d,甲,2026-01-05,%d\n", i+1, i%7, i)
	}
	return b.String()
}

// TestRow finds original rows wherever they lie.
func TestRow(t *testing.T) {
	zipped := archive(t, [2]string{"一月/deals.csv", long(10)}, [2]string{"二月/deals.csv", strings.ReplaceAll(long(20), "D", "E")}, [2]string{"read me.pdf", "%PDF-1.4"})
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(long(30)))
	_ = z.Close()
	tests := []struct {
		name, file, text string
		batch            int   // of the import
		row              int64 // asked for
		want             string
		line             int64 // 0 = not checked
	}{
		{"in place", "a.csv", long(9000), 0, 8200, "D8200", 8201},
		{"the first", "a.csv", long(5), 0, 1, "D1", 2},
		{"the last", "a.csv", long(5), 0, 5, "D5", 6},
		{"under a banner", "a.csv", "成交明细,,,,\n导出时间：2026-01-31,,,,\n" + long(5), 0, 3, "D3", 6},
		{"a GBK copy", "a.csv", gbk(t, long(5000)), 0, 4999, "D4999", 5000},
		{"a tab separated copy with a mark", "a.tsv", "\ufeff" + strings.ReplaceAll(long(9), ",", "\t"), 0, 9, "D9", 10},
		{"a member", "a.zip", zipped, 0, 7, "D7", 8},
		{"another member of the same name", "a.zip", zipped, 1, 19, "E19", 20},
		{"gzip", "a.csv.gz", packed.String(), 0, 30, "D30", 31},
		{"NDJSON", "a.ndjson", `{"id":"D1","customer":"C1","name":"甲","won":"2026-01-05","amount":1}` + "\n" + `{"id":"D2","customer":"C1","name":"乙","won":"2026-01-05","amount":2}` + "\n", 0, 2, "D2", 0},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for i, tt := range tests {
			if db.Facts.Engine == store.Postgres && i%3 != 0 {
				continue // what differs here is the file, not the engine
			}
			t.Run(tt.name, func(t *testing.T) {
				mapping := strings.Replace(deals, "source: crm", fmt.Sprintf("source: crm%d", i), 1)
				res, err := source.Import(t.Context(), db, source.Request{Paths: []string{write(t, tt.file, tt.text)}, Mapping: mapping, Actor: "test"}, nil)
				if err != nil || len(res.Batches) <= tt.batch {
					t.Fatalf("Import() = %+v, %v", res, err)
				}
				o, err := source.Row(t.Context(), db, res.Batches[tt.batch].ID, tt.row, 2)
				if err != nil {
					t.Fatal(err)
				}
				if len(o.Fields) != 5 || o.Fields[0] != tt.want || !strings.Contains(o.Raw, tt.want) || !slices.Contains(o.Header, "customer") {
					t.Errorf("Row(%d) = %q raw %q under %q, want %s", tt.row, o.Fields, o.Raw, o.Header, tt.want)
				}
				if tt.line > 0 && o.Line != tt.line {
					t.Errorf("Row(%d) is on line %d, want %d", tt.row, o.Line, tt.line)
				}
				if len(o.Events) != 1 || o.Events[0].ObjectKey != tt.want || o.Lines == [2]int{} {
					t.Errorf("Row(%d) has events %+v and mapping lines %v", tt.row, o.Events, o.Lines)
				}
				for _, n := range o.Neighbours {
					if want := fmt.Sprintf("%s%d", tt.want[:1], n.Row); n.Fields[0] != want {
						t.Errorf("neighbour %d = %q, want %s", n.Row, n.Fields, want)
					}
				}
			})
		}
	})
}

// TestRejectedRow shows a refused row as it stood, between its neighbours.
func TestRejectedRow(t *testing.T) {
	text := "id,customer,name,won,amount\nD1,C1,\"甲\n\n方\",2026-01-05,1\nD2,C1,甲,2026-01-05,2,too,many\nD3,C1,甲,昨天,3\n,,,,5\nD5,C1,甲,2026-01-05,5\n"
	db := storetest.Embedded(t)
	b := one(t, db, "a.csv", text, deals)
	for row, want := range map[int64]string{2: "D2,C1,甲,2026-01-05,2,too,many", 3: "D3,C1,甲,昨天,3", 4: ",,,,5"} {
		o, err := source.Row(t.Context(), db, b.ID, row, 1)
		if err != nil {
			t.Fatal(err)
		}
		if o.Raw != want || len(o.Rejects) != 1 || len(o.Events) != 0 || o.Line != row+3 {
			t.Errorf("Row(%d) = %q on line %d with %d rejects, want %q on line %d with 1", row, o.Raw, o.Line, len(o.Rejects), want, row+3)
		}
	}
	for _, a := range []string{"x", "x:", ":1", "x:0", "x:-1", "x:1.5", "x:99999999999999999999"} {
		if _, _, err := source.ParseRow(a); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("ParseRow(%q) = %v, want it refused", a, err)
		}
	}
	for _, row := range []int64{6, 1 << 40} {
		if _, err := source.Row(t.Context(), db, b.ID, row, 1); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("Row(%d) = %v, want not found", row, err)
		}
	}
	for _, id := range []string{"", "nobody", "00000000", b.ID[:7], b.ID + "0", "00000000-0000-0000-0000-000000000000", "zzzzzzzz-0000-0000-0000-000000000000"} {
		if _, err := source.Row(t.Context(), db, id, 1, 1); !errors.Is(err, fault.ErrNotFound) && !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("Row(%q) = %v, want not found", id, err)
		}
	}
	if o, err := source.Row(t.Context(), db, b.ID[:8], 1, 0); err != nil || len(o.Neighbours) != 1 {
		t.Errorf("Row(%s:1) = %+v, %v", b.ID[:8], o, err)
	}
}

// TestMembersOfOneName keeps two members of an archive that share a name apart.
func TestMembersOfOneName(t *testing.T) {
	db := storetest.Embedded(t)
	text := archive(t, [2]string{"deals.csv", long(3)}, [2]string{"deals.csv", strings.ReplaceAll(long(2), "D", "E")})
	res := load(t, db, source.Request{Paths: []string{write(t, "a.zip", text)}, Mapping: deals})
	if n := len(standing(t, db)); n != 5 || len(res.Batches) != 2 || res.Batches[0].ID == res.Batches[1].ID {
		t.Errorf("%d deals stand after %+v, want 5 of two batches", n, res.Batches)
	}
}

// TestGBKNames reads the names that Chinese systems write into archives.
func TestGBKNames(t *testing.T) {
	db := storetest.Embedded(t)
	res := load(t, db, source.Request{Paths: []string{write(t, "导出.zip", archive(t, [2]string{gbk(t, "销售/成交.csv"), long(3)}))}, Mapping: deals})
	if len(res.Batches) != 1 || res.Batches[0].Name != "导出.zip/销售/成交.csv" {
		t.Fatalf("batches = %+v", res.Batches)
	}
	if o, err := source.Row(t.Context(), db, res.Batches[0].ID, 3, 0); err != nil || o.Fields[0] != "D3" {
		t.Errorf("Row(3) = %q, %v", o.Fields, err)
	}
}

// TestDamagedObject: no row and no remap from bytes that are not those that came.
func TestDamagedObject(t *testing.T) {
	db := storetest.Embedded(t)
	inPlace, copied := one(t, db, "a.csv", long(50), deals), one(t, db, "b.csv", gbk(t, strings.ReplaceAll(long(50), "D", "G")), strings.Replace(deals, "source: crm", "source: gbk", 1))
	for _, b := range []source.BatchResult{inPlace, copied} {
		var object string
		if err := db.Facts.QueryRow(t.Context(), store.Text("test", "SELECT object FROM batch WHERE id = $1::UUID"), b.ID).Scan(&object); err != nil {
			t.Fatal(err)
		}
		if _, err := source.Row(t.Context(), db, b.ID, 7, 1); err != nil {
			t.Fatal(err)
		}
		path := db.Vault.Path(object)
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for what, bytes := range map[string][]byte{"a changed byte": append([]byte("x"), was[1:]...), "cut short": was[:len(was)/2], "gone": nil} {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if bytes != nil {
				if err := os.WriteFile(path, bytes, 0o400); err != nil {
					t.Fatal(err)
				}
			}
			_, err := source.Row(t.Context(), db, b.ID, 7, 1)
			if err == nil || fault.Mine(err) || !strings.Contains(err.Error(), object) {
				t.Errorf("%s: Row() = %v, want one sentence that names the object", what, err)
			}
			before := standing(t, db)
			if _, err := source.Remap(t.Context(), db, b.ID, "test", nil); err == nil || fault.Mine(err) {
				t.Errorf("%s: Remap() = %v, want it refused", what, err)
			}
			same(t, what+": facts after a refused remap", before, standing(t, db))
			if err := os.WriteFile(path, was, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := source.Row(t.Context(), db, b.ID, 7, 1); err != nil {
			t.Errorf("with the bytes back: %v", err)
		}
	}
}

// TestFolderOfAllKinds imports what can be and names what can't.
func TestFolderOfAllKinds(t *testing.T) {
	db := storetest.Embedded(t)
	dir := t.TempDir()
	for name, text := range map[string]string{"a.csv": january, ".hidden.csv": long(5), "sub/b.csv": strings.ReplaceAll(january, "D", "E"), "empty.csv": "", "broken.xlsx": "PK\x03\x04nothing", "noise.bin": "\x00\x01\x02\xff\xfe"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{"link.csv": write(t, "c.csv", strings.ReplaceAll(january, "D", "F")), "loop": dir, "dangling.csv": "/no/such/file"} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	res, err := source.Import(t.Context(), db, source.Request{Paths: []string{dir}, Mapping: deals, Actor: "test"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var loaded, failed []string
	for _, b := range res.Batches {
		loaded = append(loaded, b.Name)
	}
	for _, f := range res.Failed {
		failed = append(failed, filepath.Base(f.Name))
		if f.EN == "" || f.ZH == "" || f.EN == f.ZH || strings.Contains(f.EN, "\n") || f.Code == "" {
			t.Errorf("%s: not one sentence in two languages: %+v", f.Name, f)
		}
	}
	slices.Sort(failed)
	same(t, "loaded", []string{"a.csv", "link.csv", "b.csv"}, loaded)
	same(t, "refused", []string{"broken.xlsx", "dangling.csv", "empty.csv", "loop", "noise.bin"}, failed)
	if n := len(standing(t, db)); n != 9 {
		t.Errorf("%d deals stand, want 9", n)
	}
	if _, err := source.Import(t.Context(), db, source.Request{Paths: []string{t.TempDir()}, Mapping: deals}, nil); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("Import() of an empty folder = %v, want nothing usable", err)
	}
	if _, err := source.Import(t.Context(), db, source.Request{Paths: []string{"/no/such/file"}, Mapping: deals}, nil); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("Import() of no file = %v", err)
	}
}
