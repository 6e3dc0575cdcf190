// Package akm separates what people bring from what their platform gives
// them, from people who change platforms (Abowd, Kramarz and Margolis 1999),
// and corrects the bias that makes platforms look too different and people
// badly matched (Kline, Saggio and Sølvsten 2020).
//
// Two facts that surprise. With few movers the uncorrected correlation of
// person and platform may even have the wrong sign (−0.09 against +0.16 on
// the reference data). And only platforms that stay connected when any one
// person is left out can be corrected, so the sample shrinks; how much is in
// the diagnostics. The package returns variances, never a person's effect.
package akm

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/panel"
)

// Data has one row per person and period.
type Data struct {
	Outcome  []float64
	Person   absorb.Factor
	Platform absorb.Factor // firm, team, tool: what people move between
	Controls []panel.Column
}

// Method says how leverages are found.
type Method string

// The methods.
const (
	Auto       Method = ""           // Exact up to 3,000 platforms
	Exact      Method = "exact"      // inverts platforms × platforms
	Projection Method = "projection" // Johnson-Lindenstrauss, seeded
)

const (
	autoPlatforms  = 3000
	exactPlatforms = 12000 // 1.2 GB
	defaultDraws   = 200
)

// Options of [Decompose]; the zero value is right for most uses.
type Options struct {
	Method Method
	Draws  int // of the projection; 0 means 200
	Seed   uint64
}

// Decompose splits the variance of the outcome among persons and platforms.
//
// Estimand: over person-periods of the leave-one-out connected set,
// "var(platform)", "cov(person,platform)", "var(person)" in outcome units
// squared, and "corr(person,platform)", where outcome = person + platform +
// controls + error. The four "plug-in" figures are the uncorrected ones.
// Assumptions: who moves where may depend on both effects but not on the
// errors; errors are independent between matches (person × platform), those
// within a match may be correlated for movers. Each match's error variance is
// estimated leaving it out; people who stay with one platform need their
// observations left out one by one, and theirs must be independent. No
// sampling interval is given. Controls are fitted first and subtracted.
// Errors: [measure.ErrInput]. Refusals: "no-movers" (platforms can't be
// compared), "no-leave-out-set" (every comparison hangs on a single person).
// Source: Kline, Saggio and Sølvsten (2020), equations 5 to 7, section 6 and
// computational appendix.
func Decompose(ctx context.Context, d Data, o Options) (measure.Result, error) {
	if err := d.check(o); err != nil {
		return measure.Result{}, err
	}
	r := measure.Result{Method: "akm", N: len(d.Outcome)}
	whole := d
	d, set := d.leaveOut()
	if set.movers == 0 {
		r.Refuse("no-movers", "没有人换过平台，个人与平台的作用无法分开。", "Nobody ever changes platform: what the person brings and what the platform gives can't be told apart.", math.NaN())
		return r, nil
	}
	if len(d.Outcome) == 0 || set.leaveOutMovers == 0 {
		r.Refuse("no-leave-out-set", "每个平台之间的比较都只靠一个人，去掉任何一人就断开，无法校正偏差。",
			"Every comparison between platforms hangs on a single person: leave any one out and it is gone, so the bias can't be corrected.", math.NaN())
		return r, nil
	}
	y, err := d.adjusted(ctx)
	if err != nil {
		return measure.Result{}, err
	}
	m := newMatches(y, d.Person, d.Platform)
	plug, err := m.fit(ctx)
	if err != nil {
		return measure.Result{}, fmt.Errorf("akm: %w", err)
	}
	method := o.Method
	if method == Auto {
		method = Exact
		if d.Platform.Levels > autoPlatforms {
			method = Projection
		}
	}
	if method == Exact {
		err = m.exact(ctx)
	} else {
		err = m.project(ctx, o)
	}
	if err != nil {
		return measure.Result{}, fmt.Errorf("akm: %w", err)
	}
	corrected := m.correct(plug)
	r.N = len(d.Outcome)
	r.Estimates = append(corrected.estimates(""), plug.estimates("plug-in ")...)
	note(&r, whole, d, set, method, corrected)
	return r, nil
}

func (d Data) check(o Options) error {
	n := len(d.Outcome)
	if n == 0 {
		return measure.Invalid("akm: no rows: give one row per person and period")
	}
	if err := measure.CheckFinite("akm", "outcome", d.Outcome); err != nil {
		return err
	}
	for _, f := range []absorb.Factor{d.Person, d.Platform} {
		if err := measure.CheckLength("akm", f.Name, len(f.Code), n); err != nil {
			return err
		}
	}
	for _, c := range d.Controls {
		if err := measure.CheckLength("akm", c.Name, len(c.Values), n); err != nil {
			return err
		}
	}
	switch o.Method {
	case Auto, Exact, Projection:
	default:
		return measure.Invalid("akm: method %q: use %q or %q", string(o.Method), string(Exact), string(Projection))
	}
	if o.Method == Exact && d.Platform.Levels > exactPlatforms {
		return measure.Invalid("akm: %d platforms are too many for the exact method (up to %d): use %q", d.Platform.Levels, exactPlatforms, string(Projection))
	}
	if o.Draws < 0 {
		return measure.Invalid("akm: %d draws: must be 1 or more", o.Draws)
	}
	return nil
}

// adjusted is the outcome less the controls' fit.
func (d Data) adjusted(ctx context.Context) ([]float64, error) {
	if len(d.Controls) == 0 {
		return d.Outcome, nil
	}
	f, err := panel.OLS(ctx, panel.Data{Outcome: d.Outcome, Regressors: d.Controls, Fixed: []absorb.Factor{d.Person, d.Platform}}, panel.Options{Errors: panel.IID})
	if err != nil {
		return nil, fmt.Errorf("akm: controls: %w", err)
	}
	y := append([]float64(nil), d.Outcome...)
	for j, name := range f.Names {
		for _, c := range d.Controls {
			if c.Name != name {
				continue
			}
			for i, v := range c.Values {
				y[i] -= f.Coef[j] * v
			}
		}
	}
	return y, nil
}

// keep returns the rows to keep.
func (d Data) keep(rows []bool) Data {
	out := Data{Outcome: pick(d.Outcome, rows), Person: d.Person.Keep(rows), Platform: d.Platform.Keep(rows)}
	for _, c := range d.Controls {
		out.Controls = append(out.Controls, panel.Column{Name: c.Name, Values: pick(c.Values, rows)})
	}
	return out
}

func pick(x []float64, rows []bool) []float64 {
	var out []float64
	for i, k := range rows {
		if k {
			out = append(out, x[i])
		}
	}
	return out
}

// components are the parts of the variance.
type components struct{ platform, cov, person float64 }

func (c components) estimates(prefix string) []measure.Estimate {
	corr := c.cov / math.Sqrt(c.platform*c.person)
	if !(c.platform > 0 && c.person > 0) || math.Abs(corr) > 1 {
		corr = math.NaN()
	}
	return []measure.Estimate{
		measure.Point(prefix+"var(platform)", c.platform), measure.Point(prefix+"cov(person,platform)", c.cov),
		measure.Point(prefix+"var(person)", c.person), measure.Point(prefix+"corr(person,platform)", corr),
	}
}

func note(r *measure.Result, whole, d Data, set sets, method Method, c components) {
	share := float64(len(d.Outcome)) / float64(len(whole.Outcome))
	severity := measure.Info
	if share < 0.5 {
		severity = measure.Warning
	}
	r.Note("leave-out-set", severity,
		fmt.Sprintf("能校正的部分：%d 行（占 %.0f%%）,%d 名换过平台的人，%d 个平台。", len(d.Outcome), 100*share, set.leaveOutMovers, d.Platform.Levels),
		fmt.Sprintf("What can be corrected: %d rows (%.0f %%), %d movers, %d platforms.", len(d.Outcome), 100*share, set.leaveOutMovers, d.Platform.Levels),
		map[string]float64{"rows": float64(len(d.Outcome)), "connected rows": float64(set.connected), "movers": float64(set.leaveOutMovers), "platforms": float64(d.Platform.Levels), "share": share})
	if method == Projection {
		r.Note("projection", measure.Info, "杠杆值由随机投影近似，换种子会略有不同。", "Leverages are approximated by random projection: another seed gives slightly other figures.", nil)
	}
	if c.platform < 0 || c.person < 0 {
		r.Note("negative-variance", measure.Warning, "校正后的方差为负：差异小到数据看不出来。", "A corrected variance is negative: the true differences are too small for these data to show.", nil)
	}
}

// each runs f(0) … f(n−1) on all cores until the context ends; worker is
// below the number of cores.
func each(ctx context.Context, n int, f func(worker, i int)) error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	at := 0
	for worker := range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				mu.Lock()
				i := at
				at++
				mu.Unlock()
				if i >= n {
					return
				}
				f(worker, i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
