package date

import (
	"fmt"
	"testing"
)

// BenchmarkColumn decides on and reads a column of a million dates.
func BenchmarkColumn(b *testing.B) {
	for _, bb := range []struct{ name, value string }{
		{"iso", "strftime(t, '%Y-%m-%d %H:%M:%S')"},
		{"day first", "strftime(t, '%-d/%-m/%Y %H:%M')"},
		{"chinese", "strftime(t, '%Y年%-m月%-d日 %H:%M')"},
		{"offset", "strftime(t, '%Y-%m-%dT%H:%M:%S+08:00')"},
	} {
		db := open(b)
		if _, err := db.Exec("INSERT INTO stage SELECT " + bb.value + " FROM (SELECT TIMESTAMP '2024-01-01' + to_minutes(i) t FROM range(1000000) r(i))"); err != nil {
			b.Fatal(err)
		}
		var d Decision
		b.Run(bb.name+"/decide", func(b *testing.B) {
			for b.Loop() {
				rows, err := db.Query(Shapes("x"))
				if err != nil {
					b.Fatal(err)
				}
				stats, err := Scan(rows)
				if err != nil {
					b.Fatal(err)
				}
				d = Decide(stats, "")
			}
			if !d.OK() || d.Unknown > 0 {
				b.Fatalf("%+v", d)
			}
		})
		b.Run(bb.name+"/read", func(b *testing.B) {
			u, err := d.UTC("x", "Asia/Shanghai")
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				var n int
				if err := db.QueryRow(fmt.Sprintf("SELECT count(%s) FROM stage", u)).Scan(&n); err != nil || n != 1000000 {
					b.Fatal(n, err)
				}
			}
		})
	}
}
