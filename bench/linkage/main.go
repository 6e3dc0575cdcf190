// Command linkage measures the record linkage kernel on files with known truth.
package main

import (
	"context"
	"encoding/csv"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/linkage"
	"github.com/chanzipu/outfitter/linkage/evaluate"
	"github.com/chanzipu/outfitter/linkage/zh/zhtest"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	set := flag.String("set", "historical_50k", "data set")
	settings := flag.String("settings", "", "settings file; none: profile")
	prof := flag.String("prof", "", "cpu profile")
	verbose := flag.Bool("v", false, "print the model")
	copies := flag.Int("copies", 1, "use this many copies of the set, their letters and years shifted")
	python := flag.String("splink", "", "python with Splink installed: run it on the same records")
	one := flag.Bool("one", false, "also load the records one by one, and add some to the whole")
	orders := flag.Int("orders", 2, "with -one: in how many shuffled orders")
	data := flag.String("data", "../shared/data/er", "folder of the sets")
	flag.Parse()
	s, err := load(*data, *set)
	if err != nil {
		return err
	}
	if *copies > 1 {
		if s, err = s.multiply(*copies); err != nil {
			return err
		}
	}
	var st *linkage.Settings
	if *settings != "" {
		b, err := os.ReadFile(*settings)
		if err != nil {
			return err
		}
		v, err := linkage.ParseSettings(b)
		if err != nil {
			return err
		}
		st = &v
	}
	if *prof != "" {
		f, _ := os.Create(*prof)
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	began := time.Now()
	res, err := linkage.Link(context.Background(), s.tables, st, linkage.Options{Seed: 1, Now: time.Now})
	if err != nil {
		return err
	}
	took := time.Since(began)
	if *verbose {
		for _, c := range res.Model.Comparisons {
			fmt.Println(c.Name, c.Columns, c.Kind)
			for l, p := range c.Parameters {
				fmt.Printf("   %d %-14s m %.5f u %.7f off %.2f  w %.2f\n", l, p.Label, p.M, p.U, p.Offset, linkage.Weight(0.5)+logb(p.M/p.U)+p.Offset)
			}
		}
		for _, s := range res.Sessions {
			fmt.Printf("session %s pairs %d share %.4f iter %d ll %.1f skipped %v\n", s.Rule, s.Pairs, s.Share, s.Iterations, s.LogLik, s.Skipped)
			for k, m := range s.M {
				fmt.Printf("    %s %.4f\n", k, m)
			}
		}
	}
	for _, r := range res.Rules {
		fmt.Printf("  %9d %s\n", r.Pairs, r.Rule)
	}
	for i, b := range res.Blocks {
		if i < 5 {
			fmt.Println("  block", b)
		}
	}
	fmt.Println(res, "prior", res.Model.Prior)
	for _, st := range res.Stages {
		fmt.Printf("  %s %.2f", st.Name, st.Seconds)
	}
	fmt.Printf("  total %.2fs\n", took.Seconds())
	p, _ := evaluate.Pairwise(res.Clusters, s.truth)
	b, _ := evaluate.BCubed(res.Clusters, s.truth)
	fmt.Printf("%s: pairwise %.4f %.4f F1 %.4f   B3 %.4f %.4f F1 %.4f\n", *set, p.Precision, p.Recall, p.F1, b.Precision, b.Recall, b.F1)
	var hit int64
	var cal evaluate.Calibration
	best := map[int][2]int64{}
	for _, e := range res.Edges {
		m := s.truth[e.A] == s.truth[e.B]
		if m {
			hit++
		}
		pr := linkage.Probability(float64(e.Weight))
		cal.Add(pr, m)
		k := int(e.Weight)
		v := best[k]
		v[0]++
		if m {
			v[1]++
		}
		best[k] = v
	}
	tp := evaluate.TruePairs(s.truth)
	fmt.Printf("blocking recall %.4f (%d true pairs), calibration error %.4f\n", float64(hit)/float64(tp), tp, cal.Error())
	var n, h int64
	bf, bt := 0.0, 0
	for k := 60; k > -60; k-- {
		n += best[k][0]
		h += best[k][1]
		if f := 2 * float64(h) / float64(n+tp); n > 0 && f > bf {
			bf, bt = f, k
		}
	}
	fmt.Printf("best edge F1 %.4f at %d bits\n", bf, bt)
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	fmt.Printf("memory from the system %.2f GB\n", float64(mem.Sys)/1e9)
	if *python != "" {
		if err := splink(*python, *set, s); err != nil {
			return err
		}
	}
	if *one {
		if err := oneByOne(s, res, *orders); err != nil {
			return err
		}
	}
	if *verbose {
		for k := 30; k > -20; k-- {
			if best[k][0] > 0 {
				fmt.Printf("%d:%.2f/%d ", k, float64(best[k][1])/float64(best[k][0]), best[k][0])
			}
		}
		fmt.Println()
	}
	return nil
}

type dataset struct {
	tables []*linkage.Table
	truth  []uint32
	kinds  []string
}

func made(set string) ([]zhtest.Record, []string) {
	switch set {
	case "zh_people":
		return zhtest.People(1, 15000), zhtest.PeopleColumns
	case "zh_companies":
		return zhtest.Companies(1, 15000), zhtest.CompanyColumns
	}
	return nil, nil
}

func load(dir, set string) (*dataset, error) {
	d := &dataset{}
	labels := map[string]uint32{}
	read := func(file, id string, drop []string, entity func(row map[string]string) string) error {
		f, err := os.Open(filepath.Join(dir, file))
		if err != nil {
			return err
		}
		defer f.Close()
		r := csv.NewReader(f)
		r.LazyQuotes = true
		rows, err := r.ReadAll()
		if err != nil {
			return err
		}
		header := rows[0]
		var cols []string
		var keep []int
		idc := -1
		for i, h := range header {
			header[i] = strings.TrimSpace(h)
			if header[i] == id {
				idc = i
				continue
			}
			skip := false
			for _, x := range drop {
				skip = skip || x == header[i]
			}
			if !skip {
				cols = append(cols, header[i])
				keep = append(keep, i)
			}
		}
		t, err := linkage.NewTable(strings.TrimSuffix(filepath.Base(file), ".csv"), cols)
		if err != nil {
			return err
		}
		for _, row := range rows[1:] {
			m := map[string]string{}
			for i, h := range header {
				m[h] = row[i]
			}
			vals := make([]string, len(keep))
			for i, k := range keep {
				vals[i] = strings.TrimSpace(row[k])
			}
			if err := t.Append(row[idc], vals); err != nil {
				return err
			}
			e := entity(m)
			n, ok := labels[e]
			if !ok {
				n = uint32(len(labels))
				labels[e] = n
			}
			d.truth = append(d.truth, n)
		}
		d.tables = append(d.tables, t)
		return nil
	}
	col := func(c string) func(map[string]string) string {
		return func(m map[string]string) string { return m[c] }
	}
	febrl := func(m map[string]string) string {
		p := strings.Split(m["rec_id"], "-")
		return p[0] + p[1]
	}
	switch set {
	case "historical_50k":
		return d, read("historical_50k/historical_50k.csv", "unique_id", []string{"cluster"}, col("cluster"))
	case "fake_1000":
		return d, read("fake_1000/fake_1000.csv", "unique_id", []string{"cluster"}, col("cluster"))
	case "febrl1", "febrl2", "febrl3":
		return d, read("febrl/dataset"+set[5:]+".csv", "rec_id", nil, febrl)
	case "febrl4":
		if err := read("febrl/dataset4a.csv", "rec_id", nil, febrl); err != nil {
			return nil, err
		}
		return d, read("febrl/dataset4b.csv", "rec_id", nil, febrl)
	}
	if recs, cols := made(set); recs != nil {
		tables := map[string]*linkage.Table{}
		byTable := map[string][]uint32{}
		for _, r := range recs {
			t := tables[r.Source]
			if t == nil {
				var err error
				if t, err = linkage.NewTable(r.Source, cols); err != nil {
					return nil, err
				}
				tables[r.Source] = t
				d.tables = append(d.tables, t)
			}
			if err := t.Append(r.ID, r.Values); err != nil {
				return nil, err
			}
			n, ok := labels[r.Entity]
			if !ok {
				n = uint32(len(labels))
				labels[r.Entity] = n
			}
			byTable[r.Source] = append(byTable[r.Source], n)
			d.kinds = append(d.kinds, r.Kind)
		}
		for _, t := range d.tables {
			d.truth = append(d.truth, byTable[t.Source]...)
		}
		return d, nil
	}
	return nil, fmt.Errorf("no set %q", set)
}

func logb(x float64) float64 { return math.Log2(x) }

// oneByOne loads all records into an empty resolver in shuffled orders, and
// then times further ones against the whole.
func oneByOne(s *dataset, res *linkage.Result, orders int) error {
	n := len(res.Clusters)
	value := func(rec int, columns []string) (uint16, []string) {
		src := 0
		for rec >= s.tables[src].Len() {
			rec -= s.tables[src].Len()
			src++
		}
		t := s.tables[src]
		vals := make([]string, len(columns))
		for i, c := range columns {
			if k := t.Column(c); k >= 0 {
				vals[i] = t.Value(rec, k)
			}
		}
		return uint16(src), vals
	}
	for seed := range uint64(orders) {
		rv := res.EmptyResolver()
		order := rand.New(rand.NewPCG(seed, 5)).Perm(n)
		at := make([]uint32, n)
		var took []float64
		began := time.Now()
		for _, rec := range order {
			src, vals := value(rec, rv.Columns())
			t := time.Now()
			r, err := rv.Add(src, vals)
			if err != nil {
				return err
			}
			took = append(took, time.Since(t).Seconds()*1e3)
			at[rec] = r.Record
		}
		total := time.Since(began).Seconds()
		got := make([]uint32, n)
		for rec := range got {
			got[rec] = uint32(rv.Entity(at[rec]))
		}
		slices.Sort(took)
		b, _ := evaluate.BCubed(got, res.Clusters)
		b2, _ := evaluate.BCubed(got, s.truth)
		p2, _ := evaluate.Pairwise(got, s.truth)
		fmt.Printf("one by one, order %d: %.0f records/s, p50 %.3f ms p99 %.3f ms max %.1f ms; B3 against batch %.5f, against truth %.4f, pairwise F1 %.4f\n",
			seed, float64(n)/total, took[n/2], took[n*99/100], took[n-1], b.F1, b2.F1, p2.F1)
	}
	rv := res.Resolver()
	var took []float64
	for i := range min(n, 2000) {
		src, vals := value(i*(n/min(n, 2000)), rv.Columns())
		t := time.Now()
		if _, err := rv.Add(src, vals); err != nil {
			return err
		}
		took = append(took, time.Since(t).Seconds()*1e3)
	}
	slices.Sort(took)
	fmt.Printf("one new record against %d: p50 %.3f ms p99 %.3f ms max %.1f ms\n", n, took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
	return nil
}

// multiply repeats a set with letters and years shifted, so that copies are
// as many other people with names as frequent.
func (d *dataset) multiply(n int) (*dataset, error) {
	out := &dataset{}
	for _, t := range d.tables {
		big, err := linkage.NewTable(t.Source, t.Columns())
		if err != nil {
			return nil, err
		}
		for k := range n {
			for i := range t.Len() {
				vals := make([]string, len(t.Columns()))
				for c := range vals {
					vals[c] = shift(t.Value(i, c), k)
				}
				if err := big.Append(fmt.Sprintf("%d-%s", k, t.ID(i)), vals); err != nil {
					return nil, err
				}
			}
		}
		out.tables = append(out.tables, big)
	}
	for k := range n {
		for _, e := range d.truth {
			out.truth = append(out.truth, e*uint32(n)+uint32(k))
		}
	}
	return out, nil
}

func shift(s string, k int) string {
	b := []byte(s)
	digits := 0
	for i, c := range b {
		switch {
		case c >= 'a' && c <= 'z':
			b[i] = 'a' + (c-'a'+byte(k))%26
		case c >= '0' && c <= '9':
			if digits++; digits == 3 && len(b) == 10 && b[4] == '-' { // the decade
				b[i] = '0' + (c-'0'+byte(k))%10
			}
		}
	}
	return string(b)
}

// splink writes the records to a file and runs the peer on it.
func splink(python, set string, d *dataset) error {
	f, err := os.CreateTemp("", "linkage*.csv")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	w := csv.NewWriter(f)
	cols := d.tables[0].Columns()
	w.Write(append([]string{"unique_id", "cluster"}, cols...))
	rec := 0
	for _, t := range d.tables {
		for i := range t.Len() {
			row := []string{fmt.Sprint(rec), fmt.Sprint(d.truth[rec])}
			for c := range cols {
				row = append(row, t.Value(i, c))
			}
			w.Write(row)
			rec++
		}
	}
	w.Flush()
	if err := f.Close(); err != nil {
		return err
	}
	cmd := exec.Command(python, "bench/linkage/peer.py", set, f.Name())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	fmt.Println("splink:", lines[len(lines)-1])
	return err
}
