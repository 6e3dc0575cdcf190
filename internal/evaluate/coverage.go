package evaluate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/chanzipu/outfitter/internal/simulate"
	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/internal/value/judge"
	"github.com/chanzipu/outfitter/internal/value/sample"
)

// A Trial is one claim put to one made company.
type Trial struct {
	Claim    string       `json:"claim"`
	Seed     uint64       `json:"seed"`
	Method   string       `json:"method"`
	Truth    Answer       `json:"truth"`
	Estimate claim.Number `json:"estimate"`
	Lo       claim.Number `json:"lo"`
	Hi       claim.Number `json:"hi"`
	Covered  bool         `json:"covered"` // the expected effect lies within
	Alarm    bool         `json:"alarm"`   // the null does not
	None     bool         `json:"none"`    // nothing happens in truth
	Grade    claim.Grade  `json:"grade"`
	Refusal  string       `json:"refusal,omitempty"`
	Why      claim.Text   `json:"why,omitzero"` // of the refusal
}

// Answered reports whether there was a figure with an interval.
func (t Trial) Answered() bool { return t.Refusal == "" && t.Lo.OK() && t.Hi.OK() }

// judged puts one question to one sample.
func judged(ctx context.Context, q Question, a Answer, s claim.Sample, seed uint64) (Trial, error) {
	t := Trial{Claim: q.Claim.ID, Seed: seed, Truth: a, None: q.None, Estimate: claim.None, Lo: claim.None, Hi: claim.None}
	c, err := sample.Resolve(q.Claim)
	if err != nil {
		return t, err
	}
	c.Estimator.Also = nil // shown beside it, not judged
	f, err := judge.Judge(ctx, c, s, seed)
	if err != nil {
		return t, fmt.Errorf("evaluate: %s: seed %d: %w", t.Claim, seed, err)
	}
	t.Method, t.Grade = f.Method, f.Grade
	if f.Refusal != nil {
		t.Refusal, t.Why = f.Refusal.Code, f.Refusal.Reason
		return t, nil
	}
	g, ok := q.figure(f)
	if !ok {
		t.Refusal = "no-figure"
		return t, nil
	}
	t.Estimate, t.Lo, t.Hi = g.Value, g.Lo, g.Hi
	t.Covered = float64(g.Lo) <= a.Expected && a.Expected <= float64(g.Hi)
	t.Alarm = float64(g.Lo) > a.Null || float64(g.Hi) < a.Null
	return t, nil
}

// NoTruth marks a trial that can't be judged: the truth says nothing of it.
const NoTruth = "no-truth"

func untold(q Question, seed uint64) Trial {
	return Trial{Claim: q.Claim.ID, Seed: seed, None: q.None, Refusal: NoTruth, Estimate: claim.None, Lo: claim.None, Hi: claim.None,
		Why: claim.Text{EN: "The truth says nothing of it: nobody was exposed.", ZH: "真相文件中没有对应的效果：没有人用上。"}}
}

// World puts all questions to one made company.
func World(ctx context.Context, w *company.World, questions []Question, seed uint64) ([]Trial, error) {
	t := w.Truth()
	b := Book(w)
	var out []Trial
	for _, q := range questions {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		q = q.For(t)
		a, ok := q.Truth(t)
		if !ok {
			out = append(out, untold(q, seed))
			continue
		}
		g, err := b.Gather(ctx, q.Claim, Now)
		if err != nil {
			return nil, fmt.Errorf("evaluate: %s: seed %d: %w", q.Claim.ID, seed, err)
		}
		x, err := judged(ctx, q, a, g.Sample, seed)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// Now is when the made companies are looked at: after the last export.
var Now = stage.Date(exported)

// Coverage puts the questions to n made companies, seeds first to first+n−1,
// on all cores. each is called for one company after the other, in any order.
func Coverage(ctx context.Context, questions []Question, first uint64, n int, size simulate.Size, each func([]Trial) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	seeds := make(chan uint64)
	go func() {
		defer close(seeds)
		for i := range n {
			select {
			case seeds <- first + uint64(i):
			case <-ctx.Done():
				return
			}
		}
	}()
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for seed := range seeds {
				w, err := simulate.World(seed, size)
				var trials []Trial
				if err == nil {
					trials, err = World(ctx, w, questions, seed)
				}
				if err == nil {
					mu.Lock()
					err = each(trials)
					mu.Unlock()
				}
				if err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return ctx.Err()
}

// A Line is what all trials of a claim come to.
type Line struct {
	Claim    string       `json:"claim"`
	Method   string       `json:"method"`
	Grade    claim.Grade  `json:"grade"` // the most frequent
	None     bool         `json:"none"`
	Trials   int          `json:"trials"`   // companies in which there is a truth
	Answered int          `json:"answered"` // not refused
	Truth    claim.Number `json:"truth"`    // mean expected effect
	Estimate claim.Number `json:"estimate"` // mean
	Bias     claim.Number `json:"bias"`     // mean of estimate − truth
	BiasSE   claim.Number `json:"bias_se"`  // its standard error
	Spread   claim.Number `json:"spread"`   // standard deviation of estimate − truth
	Width    claim.Number `json:"width"`    // mean half width of the intervals
	Coverage claim.Number `json:"coverage"` // share of the intervals that hold the truth
	Alarms   claim.Number `json:"alarms"`   // share without the null: power, or false alarms where None
	Band     [2]float64   `json:"band"`     // of the coverage, if it is 95 %
	Miss     float64      `json:"miss"`     // distance of the coverage from the band, 0 within

	AlarmBand [2]float64     `json:"alarm_band"` // of the false alarms, if they are 5 %
	AlarmMiss float64        `json:"alarm_miss"`
	Refusals  map[string]int `json:"refusals"`
}

// Band is where the share of n fair trials at p lies in 99 of 100 cases: the
// exact binomial, half a percent left out at each end.
func Band(n int, p float64) (lo, hi float64) {
	if n == 0 {
		return 0, 1
	}
	b := distuv.Binomial{N: float64(n), P: p}
	l, h := 0, n
	for l < n && b.CDF(float64(l)) < 0.005 {
		l++
	}
	for h > 0 && 1-b.CDF(float64(h-1)) < 0.005 {
		h--
	}
	return float64(l) / float64(n), float64(h) / float64(n)
}

// Summarise makes a line of all trials of a claim.
func Summarise(trials []Trial) Line {
	l := Line{Truth: claim.None, Estimate: claim.None, Bias: claim.None, BiasSE: claim.None, Spread: claim.None, Width: claim.None, Coverage: claim.None, Alarms: claim.None, Refusals: map[string]int{}}
	grades := map[claim.Grade]int{}
	var n, covered, alarms, sumT, sumE, sumW, mean, m2 float64
	for _, t := range trials {
		l.Claim, l.None = t.Claim, l.None || t.None
		if t.Refusal == NoTruth {
			continue
		}
		l.Trials++
		if !t.Answered() {
			l.Refusals[t.Refusal]++
			continue
		}
		l.Method = t.Method
		grades[t.Grade]++
		n++
		sumT, sumE, sumW = sumT+t.Truth.Expected, sumE+float64(t.Estimate), sumW+float64(t.Hi-t.Lo)/2
		d := float64(t.Estimate) - t.Truth.Expected
		step := d - mean
		mean += step / n
		m2 += step * (d - mean)
		if t.Covered {
			covered++
		}
		if t.Alarm {
			alarms++
		}
	}
	for _, g := range []claim.Grade{claim.A, claim.B, claim.C, claim.D} {
		if grades[g] > grades[l.Grade] {
			l.Grade = g
		}
	}
	l.Answered = int(n)
	l.Band[0], l.Band[1] = Band(l.Answered, 0.95)
	if n == 0 {
		return l
	}
	l.Truth, l.Estimate, l.Width = claim.Number(sumT/n), claim.Number(sumE/n), claim.Number(sumW/n)
	l.Bias, l.Coverage, l.Alarms = claim.Number(mean), claim.Number(covered/n), claim.Number(alarms/n)
	if n > 1 {
		sd := math.Sqrt(m2 / (n - 1))
		l.Spread, l.BiasSE = claim.Number(sd), claim.Number(sd/math.Sqrt(n))
	}
	l.Miss = beyond(float64(l.Coverage), l.Band[0], l.Band[1])
	if l.None {
		l.AlarmBand[0], l.AlarmBand[1] = Band(l.Answered, 0.05)
		l.AlarmMiss = beyond(float64(l.Alarms), l.AlarmBand[0], l.AlarmBand[1])
	}
	return l
}

// beyond is how far v lies outside, signed.
func beyond(v, lo, hi float64) float64 {
	return min(v-lo, 0) + max(v-hi, 0)
}
