// Package estimate runs the estimators of package measure on any delimited
// file: it reads the columns that a request names, turns text and dates into
// codes, leaves out rows without a value (and says how many), and returns the
// estimator's result.
//
// Two facts that surprise. Periods are numbered by the calendar that the time
// column turns out to be (years, quarters, months, weeks, days, hours, plain
// numbers), so "two periods later" is two quarters where the file has
// quarters. And which of two arms is the control is read off its name where
// that says so ("control", "no mail", 对照, 0); otherwise a warning tells
// which one was taken.
package estimate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/estimate/table"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/measure"
)

// A Request says what to estimate. Fields that hold column names stand first;
// a method reads those that its Flags name.
type Request struct {
	Input        string // path of the file
	Outcome      string
	Treatment    string
	Unit         string
	Time         string
	FirstTreated string
	Cluster      []string
	Covariates   []string // columns or terms: x, x^2, log(x), a:b, factor(x)
	Weights      string
	Fixed        []string
	Denominator  string
	// CovariateDenominators pairs with Covariates where these are ratios too.
	CovariateDenominators []string
	Duration              string
	Event                 string
	Offset                string
	Score                 string
	Platform              string
	Path                  string
	Channel               string
	Conversions           string
	Value                 string
	Nulls                 string

	ControlArm   string
	TreatedArm   string
	TreatedUnit  string // synth, sdid, impact; several with commas
	Since        string
	Intervention string

	Control      string // never, not-yet
	Base         string // varying, universal
	Missing      string // drop, pair
	Anticipation int
	EventStudy   bool

	Tau       []float64
	Level     float64
	Seed      uint64
	Draws     int
	Shares    []string // 0.5,0.5 in the arms' order, or arm=0.5
	Tuning    float64
	OnTreated bool

	Robust         bool
	Reduced        bool // clustered, for few clusters
	DropSingletons bool
	Exact          bool // akm: invert instead of projecting

	Period    float64
	Harmonics int
	Quasi     bool

	Target    string // ate, att
	Folds     int
	Repeats   int
	Clip      float64
	Discard   bool
	Penalty   string // none, ridge, lasso
	Benchmark string
	Times     []float64
	Reduce    float64

	RR, OR, HR, D, SE, Lo, Hi float64 // evalue; NaN where not given
	Rare                      bool

	Order     int
	Separator string
	K         float64

	SD, Baseline, Effect, Lift, Power, Treated, ClusterSize, ICC, SizeCV, Explained float64
	Units                                                                           int
}

// New is a request with every option at its default.
func New() Request {
	nan := math.NaN()
	return Request{
		Tuning: 5000, Order: 1, Separator: ">", K: 0.3, Folds: 5, RR: nan, OR: nan, HR: nan, D: nan, SE: nan, Lo: nan, Hi: nan,
		SD: nan, Baseline: nan, Effect: nan, Lift: nan, Explained: nan, ICC: nan,
	}
}

// A Method is one estimator as the command line offers it.
type Method struct {
	Name   string
	Short  measure.Text
	Long   measure.Text // names of the estimates, and what they are
	Flags  []string     // that it reads, beside input, level and seed
	Needs  []string     // flags that must be given
	NoFile bool         // works without a file
	File   string       // of package example, on which Args runs
	Args   string
	run    func(context.Context, *Request) (measure.Result, error)
}

// Reads reports whether the method reads a flag.
func (m Method) Reads(flag string) bool {
	return slices.Contains(m.Flags, flag) || slices.Contains(m.Needs, flag)
}

// Example is a command line that runs as it stands, after the file is made.
func (m Method) Example() string { return "outfitter estimate " + m.Name + " " + m.Args }

// Find is the method of that name.
func Find(name string) (Method, bool) {
	for _, m := range Methods() {
		if m.Name == name {
			return m, true
		}
	}
	return Method{}, false
}

// Run estimates. Faults that the caller can mend wrap package fault's kinds.
func Run(ctx context.Context, m Method, r Request) (measure.Result, error) {
	res, err := m.run(ctx, &r)
	if err == nil {
		res.Method = m.Name
		return res, nil
	}
	var f *fault.Error
	if errors.Is(err, measure.ErrInput) && !errors.As(err, &f) {
		text := strings.TrimSuffix(err.Error(), ": "+measure.ErrInput.Error())
		return res, fault.New(fault.ErrInvalid, "estimate.input", text, "输入无法使用："+text)
	}
	return res, err
}

// usage is a fault in what was asked.
func usage(code, en, zh string) error { return fault.New(fault.ErrInvalid, "estimate."+code, en, zh) }

// open reads the file's columns that the request mentions.
func open(r *Request) (*frame, error) {
	if r.Input == "" {
		return nil, usage("no-input", "Name the file: --input FILE.", "请给出文件：--input FILE。")
	}
	in, err := table.Open(r.Input)
	if err != nil {
		return nil, err
	}
	words := r.mentions()
	t, err := in.Read(func(column string) bool {
		if slices.ContainsFunc(pathNames, func(n string) bool { return strings.EqualFold(n, column) }) {
			return true // looked for where no flag names them
		}
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(w), strings.ToLower(column)) })
	})
	if err != nil {
		return nil, err
	}
	if t.Rows == 0 {
		return nil, fault.New(fault.ErrNotFound, "file.no-rows",
			fmt.Sprintf("%q holds a header and no rows: export it again.", t.Name), fmt.Sprintf("“%s”只有表头，没有数据：请重新导出。", t.Name))
	}
	return &frame{t: t}, nil
}

// mentions are all texts in the request that may name columns.
func (r *Request) mentions() []string {
	out := []string{r.Outcome, r.Treatment, r.Unit, r.Time, r.FirstTreated, r.Weights, r.Denominator, r.Duration, r.Event, r.Offset,
		r.Score, r.Platform, r.Path, r.Channel, r.Conversions, r.Value, r.Nulls, r.Intervention, r.Benchmark}
	return slices.Concat(out, r.Cluster, r.Covariates, r.Fixed, r.CovariateDenominators)
}
