package judge

import (
	"bytes"
	"encoding/csv"
	"math"
	"slices"
	"strconv"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// A table is a sample's CSV by column.
type table struct {
	n     int
	names []string
	cols  map[string][]string
	nums  map[string][]float64
	blank []string
}

func read(text []byte) (*table, error) {
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(lines) == 0 {
		return nil, fault.New(fault.ErrInvalid, "sample.csv", "The sample is no CSV with a header.", "样本不是带表头的 CSV。")
	}
	t := &table{n: len(lines) - 1, names: lines[0], cols: map[string][]string{}, nums: map[string][]float64{}}
	for i, name := range lines[0] {
		col := make([]string, t.n)
		for k, l := range lines[1:] {
			col[k] = l[i]
		}
		t.cols[name] = col
	}
	return t, nil
}

func (t *table) has(name string) bool { _, ok := t.cols[name]; return ok }

// text is a column; blanks where there is none.
func (t *table) text(name string) []string {
	if c, ok := t.cols[name]; ok {
		return c
	}
	if t.blank == nil {
		t.blank = make([]string, t.n)
	}
	return t.blank
}

// num is a column of numbers; NaN where there is none.
func (t *table) num(name string) []float64 {
	if v, ok := t.nums[name]; ok {
		return v
	}
	out := make([]float64, t.n)
	for i, s := range t.text(name) {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			v = math.NaN()
		}
		out[i] = v
	}
	t.nums[name] = out
	return out
}

// numeric reports whether a column has only numbers.
func (t *table) numeric(name string) bool {
	return !slices.ContainsFunc(t.text(name), func(s string) bool {
		_, err := strconv.ParseFloat(s, 64)
		return s != "" && err != nil
	})
}

// A tally is a mean with what it takes to compare it.
type tally struct{ n, mean, m2 float64 }

func (t *tally) add(v float64) {
	if math.IsNaN(v) {
		return
	}
	t.n++
	d := v - t.mean
	t.mean += d / t.n
	t.m2 += d * (v - t.mean)
}

func (t tally) value() claim.Number {
	if t.n == 0 {
		return claim.None
	}
	return claim.Number(t.mean)
}

func (t tally) variance() float64 {
	if t.n < 2 {
		return math.NaN()
	}
	return t.m2 / (t.n - 1)
}

func spread(v []float64) float64 {
	var t tally
	for _, x := range v {
		t.add(x)
	}
	return math.Sqrt(t.variance())
}
