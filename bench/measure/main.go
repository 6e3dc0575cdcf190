// Command measure times fixed effects through sufficient statistics: DuckDB
// groups ten million rows into cells, measure/panel fits the cells. With
// -out it also writes the rows as Parquet, for fe_pyfixest.py to fit.
package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"

	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/panel"
)

const make10M = `CREATE TABLE t AS
SELECT a, b, x, x + sin(a) + cos(b) + (random() + random() + random() - 1.5) * 2 AS y
FROM (SELECT (random() * %d)::INTEGER AS a, (random() * 52)::INTEGER AS b, random() + sin(random() * 52) AS x FROM range(%d))`

const compress = `SELECT a, b, count(*)::DOUBLE, sum(y), sum(x), sum(y*y), sum(x*y), sum(x*x) FROM t GROUP BY a, b`

func main() {
	rows := flag.Int("rows", 1e7, "rows")
	units := flag.Int("units", 5000, "units; periods are 53")
	out := flag.String("out", "", "write the rows to this Parquet file")
	flag.Parse()
	if err := run(*rows, *units, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(rows, units int, out string) error {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.Exec(fmt.Sprintf(make10M, units, rows)); err != nil {
		return err
	}
	if out != "" {
		if _, err := db.Exec(fmt.Sprintf("COPY t TO '%s' (FORMAT parquet)", out)); err != nil {
			return err
		}
	}
	for range 3 {
		start := time.Now()
		c, err := cells(db)
		if err != nil {
			return err
		}
		grouped := time.Since(start)
		f, err := panel.CellOLS(context.Background(), c, panel.Options{})
		if err != nil {
			return err
		}
		fmt.Printf("cells %d: SQL %.2f s, with fit %.2f s, b = %.6f (%.6f)\n", len(c.Rows), grouped.Seconds(), time.Since(start).Seconds(), f.Estimates[0].Value, f.Estimates[0].SE)
	}
	return nil
}

func cells(db *sql.DB) (panel.Cells, error) {
	var a, b []int
	var v [6][]float64
	r, err := db.Query(compress)
	if err != nil {
		return panel.Cells{}, err
	}
	defer r.Close()
	for r.Next() {
		var i, j int
		var x [6]float64
		if err := r.Scan(&i, &j, &x[0], &x[1], &x[2], &x[3], &x[4], &x[5]); err != nil {
			return panel.Cells{}, err
		}
		a, b = append(a, i), append(b, j)
		for k := range v {
			v[k] = append(v[k], x[k])
		}
	}
	return panel.Cells{
		Names: []string{"x"}, Rows: v[0], Sum: [][]float64{v[1], v[2]},
		Cross: [][][]float64{{v[3], v[4]}, {nil, v[5]}},
		Fixed: []absorb.Factor{absorb.NewFactor("a", a), absorb.NewFactor("b", b)},
	}, r.Err()
}
