package read

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// benchFile writes rows records of 12 columns, about 130 bytes each.
func benchFile(b *testing.B, rows int, delim, end string) string {
	path := filepath.Join(b.TempDir(), "bench")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprintf(w, "order_id%[1]sordered_at%[1]scustomer_id%[1]scustomer%[1]scity%[1]sstatus%[1]samount%[1]scurrency%[1]squantity%[1]schannel%[1]snote%[1]surl%[2]s", delim, end)
	for i := range rows {
		fmt.Fprintf(w, "%d%[2]s2024-%02[3]d-%02[4]d 10:%02[5]d:30%[2]sC%07[6]d%[2]sZhang Wei%[2]s上海%[2]swon%[2]s%d.50%[2]sCNY%[2]s%d%[2]sweb%[2]s\"called, will call back\"%[2]shttps://example.com/o/%[1]d%[9]s",
			i, delim, i%12+1, i%28+1, i%60, i*7919%5_000_000, i%9000, i%9, end)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	st, _ := f.Stat()
	b.SetBytes(st.Size())
	return path
}

func benchExtract(b *testing.B, delim, end string, rows int64) {
	path := benchFile(b, int(rows), delim, end)
	for b.Loop() {
		work := b.TempDir()
		_, tables, err := Extract(context.Background(), path, "bench.csv", work, Hints{}, Limits{}, nil)
		if err != nil || tables[0].Rows != rows || len(tables[0].Rejects) > 0 {
			b.Fatal(tables, err)
		}
	}
}

// BenchmarkExtractClean checks a clean file of a million rows in place.
func BenchmarkExtractClean(b *testing.B) { benchExtract(b, ",", "\n", 1_000_000) }

// BenchmarkExtractRewrite copies one that ends every line with a delimiter.
func BenchmarkExtractRewrite(b *testing.B) { benchExtract(b, ";", ";\n", 1_000_000) }
