// Package judge turns a claim and its sample into a finding: it chooses the
// estimator, looks for traps, grades, and says it in both languages.
//
// Two facts surprise. It reads no database and no clock, so that the same
// claim, sample and seed give the same finding anywhere, a report's verifier
// included. And a trap is never only a remark: each lowers the grade, or
// refuses, or says that it cost nothing.
//
// It owns no tables.
package judge

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/chanzipu/outfitter/internal/estimate"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/measure"
)

// small is the size below which a group's figures are withheld.
const small = 5

// A court is one judgement under way.
type court struct {
	c       claim.Claim
	s       claim.Sample
	t       *table
	seed    uint64
	f       claim.Finding
	effect  claim.Figure // absolute, per exposed row; what money is made of
	refused bool
}

// Judge computes what follows from a claim and its sample. The claim's metric
// has to be resolved into verbs and measure. Faults that the reader can mend
// wrap package fault's kinds; a question that the data can't answer is no
// error but a refusal.
func Judge(ctx context.Context, c claim.Claim, s claim.Sample, seed uint64) (claim.Finding, error) {
	t, err := read(s.CSV)
	if err != nil {
		return claim.Finding{}, err
	}
	j := &court{c: c, s: s, t: t, seed: seed, effect: none()}
	j.f.Method = j.method()
	j.count()
	j.compare()
	j.series()
	j.f.Grade = base(c.Exposure.Design)
	for _, trap := range traps {
		trap(j)
	}
	if !j.refused {
		if err := j.estimate(ctx); err != nil {
			return claim.Finding{}, err
		}
	}
	j.grade()
	j.f.Influenced = j.influenced()
	j.f.Worth = j.worth()
	j.f.Diagnostics = order(j.f.Diagnostics)
	return j.f, nil
}

// traps run before the estimate; each stands in a file of its own.
var traps = []func(*court){few, collinear, truncated, later, leaking, selected, ratio, spill}

// estimate runs the claim's method, and those shown beside it.
func (j *court) estimate(ctx context.Context) error {
	if j.f.Method == "volume" {
		j.volume()
		return nil
	}
	dir, err := os.MkdirTemp("", "outfitter-claim-")
	if err != nil {
		return fmt.Errorf("judge: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "sample.csv")
	if err := os.WriteFile(path, j.s.CSV, 0o600); err != nil {
		return fmt.Errorf("judge: %w", err)
	}
	res, err := j.run(ctx, j.f.Method, path)
	if err != nil {
		return err
	}
	if r := j.request(j.f.Method, ""); j.f.Method == "rmst" && len(r.Tau) == 1 && r.Tau[0] < j.c.Outcome.Horizon {
		j.note("horizon", measure.Info, fmt.Sprintf("The horizon is %s instead of %s: nobody was watched for longer in one of the groups.", brief(r.Tau[0]), brief(j.c.Outcome.Horizon)),
			fmt.Sprintf("时间上限取 %s 而非 %s：其中一组没有人被观察更久。", brief(r.Tau[0]), brief(j.c.Outcome.Horizon)), nil)
	}
	j.f.Command = command(j.f.Method, j.request(j.f.Method, "sample.csv"))
	j.take(res)
	for _, m := range j.c.Estimator.Also {
		if j.refused {
			break
		}
		res, err := j.run(ctx, m, path)
		if err != nil {
			return err
		}
		j.beside(m, res)
	}
	return nil
}

// run is one estimator; data that it can't use at all are a refusal too, since
// the sample is ours.
func (j *court) run(ctx context.Context, name, path string) (measure.Result, error) {
	m, ok := estimate.Find(name)
	if !ok {
		return measure.Result{}, fault.New(fault.ErrInvalid, "claim.method", fmt.Sprintf("There is no method %q.", name), fmt.Sprintf("没有方法 %q。", name))
	}
	res, err := estimate.Run(ctx, m, j.request(name, path))
	var f *fault.Error
	if errors.As(err, &f) && ctx.Err() == nil {
		res = measure.Result{Method: name}
		res.Refuse(f.Code, f.ZH, f.EN, math.NaN())
		return res, nil
	}
	return res, err
}

// note adds a sentence.
func (j *court) note(code string, sev measure.Severity, en, zh string, values map[string]float64) {
	d := claim.Diagnostic{Code: code, Severity: string(sev), Text: claim.Text{EN: en, ZH: zh}}
	for k, v := range values {
		if d.Values == nil {
			d.Values = map[string]claim.Number{}
		}
		d.Values[k] = claim.Number(v)
	}
	j.f.Diagnostics = append(j.f.Diagnostics, d)
}

// trap adds a sentence that costs a grade.
func (j *court) trap(code string, at claim.Grade, en, zh string, values map[string]float64) {
	j.note(code, measure.Serious, en, zh, values)
	j.f.Diagnostics[len(j.f.Diagnostics)-1].Trap = true
	j.f.Grade = j.f.Grade.Cap(at)
}

// refuse drops what there is and says why.
func (j *court) refuse(code, en, zh string, mde float64) {
	if j.refused {
		return
	}
	j.refused = true
	if math.IsNaN(mde) {
		mde = j.mde()
	}
	j.f.Figures = nil
	j.f.Refusal = &claim.Refusal{Code: code, Reason: claim.Text{EN: en, ZH: zh}, MDE: claim.Number(mde), Test: j.test()}
}

// mde is the smallest effect that two groups of these sizes would show.
func (j *court) mde() float64 {
	sd, nt, nc := spread(j.t.num("outcome")), float64(j.f.Counts.Treated), float64(j.f.Counts.Control)
	if nt < 1 || nc < 1 {
		nt, nc = float64(j.f.Counts.Units)/2, float64(j.f.Counts.Units)/2 // if a lot were drawn now
	}
	if nt < 1 || math.IsNaN(sd) || sd == 0 {
		return math.NaN()
	}
	return measure.MDE(sd*math.Sqrt(1/nt+1/nc), measure.DefaultLevel, 0.8)
}

// test is what would answer the question next year.
func (j *court) test() claim.Text {
	switch j.c.Exposure.Design {
	case claim.RandomPeople, claim.RandomCases:
		return claim.Text{EN: "Draw half by lot again, for longer or with more units, and write the line down beforehand.", ZH: "再抽签一次，一半有、一半无；时间更长或单位更多，并事先写定口径。"}
	case claim.RandomTeams:
		return claim.Text{EN: "Draw the order of the teams by lot, keep at least five without it until the year's end, and look at people within teams.", ZH: "抽签决定各团队的先后，至少留五个团队到年底不上，按团队内的人来看。"}
	}
	return claim.Text{EN: "Next time let a lot decide who gets it first: half of the units now, the others a quarter later.", ZH: "下一次由抽签决定谁先用：一半单位现在上，另一半晚一个季度。"}
}

func base(d claim.Design) claim.Grade {
	switch d {
	case claim.RandomPeople, claim.RandomTeams, claim.RandomCases:
		return claim.A
	case claim.Staggered:
		return claim.B
	case claim.Described:
		return claim.D
	}
	return claim.C
}

// grade caps what the method can carry.
func (j *court) grade() {
	switch j.f.Method {
	case "aipw", "its", "impact":
		j.f.Grade = j.f.Grade.Cap(claim.C)
	case "synth", "sdid":
		j.f.Grade = j.f.Grade.Cap(claim.B)
	case "volume":
		j.f.Grade = claim.D
	}
	if j.refused {
		return
	}
	if n := j.f.Counts.Clusters; n > 0 && n < 10 && j.f.Method != "volume" {
		j.f.Grade = j.f.Grade.Cap(claim.B)
		j.note("few-clusters", measure.Warning,
			fmt.Sprintf("Only %d groups were assigned together, so chance among them weighs: the interval may be too narrow.", n),
			fmt.Sprintf("一起分配的只有 %d 个组，组间的偶然性较大，区间可能偏窄。", n), map[string]float64{"clusters": float64(n)})
	}
}

// order puts the serious first and keeps the rest as it came.
func order(d []claim.Diagnostic) []claim.Diagnostic {
	rank := map[string]int{string(measure.Serious): 0, string(measure.Warning): 1}
	at := func(s string) int {
		if r, ok := rank[s]; ok {
			return r
		}
		return 2
	}
	slices.SortStableFunc(d, func(a, b claim.Diagnostic) int { return at(a.Severity) - at(b.Severity) })
	return d
}

func none() claim.Figure {
	return claim.Figure{Value: claim.None, Lo: claim.None, Hi: claim.None, SE: claim.None, P: claim.None}
}
