package estimate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/credit"
	"github.com/chanzipu/outfitter/measure/uplift"
)

// pathNames are columns that hold what markov and shapley need, where a flag
// doesn't say.
var (
	pathNames       = slices.Concat([]string{"path", "paths", "journey", "路径"}, conversionNames, nullNames, valueNames)
	conversionNames = []string{"conversions", "total_conversions", "conversion", "converted", "转化", "转化数"}
	nullNames       = []string{"nulls", "total_null", "total_nulls", "null", "未转化", "未转化数"}
	valueNames      = []string{"value", "total_conversion_value", "conversion_value", "revenue", "金额"}
)

// among is the first of names that the file has; "" if none.
func (f *frame) among(given string, names []string) string {
	if given != "" {
		return given
	}
	for _, n := range names {
		if f.t.Column(n) >= 0 {
			return n
		}
	}
	return ""
}

// paths reads one row per path, or with --channel one row per touch.
func (r *Request) paths() (*frame, []credit.Path, error) {
	f, err := open(r)
	if err != nil {
		return nil, nil, err
	}
	if r.Channel != "" {
		return r.touches(f)
	}
	conversions := r.Conversions
	if conversions == "" {
		conversions = r.Outcome
	}
	path := f.label("path", f.among(r.Path, pathNames[:4]))
	won := f.optional("conversions", f.among(conversions, conversionNames))
	lost := f.optional("nulls", f.among(r.Nulls, nullNames))
	value := f.optional("value", f.among(r.Value, valueNames))
	if err := f.complete(nil); err != nil {
		return nil, nil, err
	}
	out := make([]credit.Path, len(path.code))
	for i, k := range path.code {
		out[i] = credit.Path{Touches: cut(path.names[k], r.Separator), Conversions: 1}
		if won.v != nil {
			out[i].Conversions = won.v[i]
		}
		if lost.v != nil {
			out[i].Nulls = lost.v[i]
		}
		if value.v != nil {
			out[i].Value = value.v[i]
		}
	}
	return f, out, nil
}

func cut(path, separator string) []string {
	if separator == ">" || separator == "" {
		return credit.ParsePath(path)
	}
	var out []string
	for _, t := range strings.Split(path, separator) {
		if t = strings.TrimSpace(t); t != "" {
			out = append(out, t)
		}
	}
	return out
}

// touches strings a person's touches together by time; whoever has an outcome
// above 0 on any row converted.
func (r *Request) touches(f *frame) (*frame, []credit.Path, error) {
	unit, t, channel := f.label("unit", r.Unit), f.time("time", r.Time), f.label("channel", r.Channel)
	won := r.Conversions
	if won == "" {
		won = r.Outcome
	}
	y, value := f.number("outcome", won), f.optional("value", r.Value)
	if err := f.complete(nil); err != nil {
		return nil, nil, err
	}
	order := make([]int, len(unit.code))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return t.v[a] - t.v[b] })
	out := make([]credit.Path, len(unit.names))
	for _, i := range order {
		p := &out[unit.code[i]]
		p.Touches = append(p.Touches, channel.names[channel.code[i]])
		p.Conversions = max(p.Conversions, min(y.v[i], 1))
		if value.v != nil {
			p.Value += value.v[i]
		}
	}
	for k := range out {
		if out[k].Conversions == 0 {
			out[k].Nulls = 1
		}
	}
	return f, out, nil
}

func runMarkov(_ context.Context, r *Request) (measure.Result, error) {
	f, paths, err := r.paths()
	if err != nil {
		return measure.Result{}, err
	}
	s, err := credit.Markov(paths, r.Order)
	if err != nil {
		return measure.Result{}, err
	}
	return split(f, s), nil
}

func runShapley(_ context.Context, r *Request) (measure.Result, error) {
	f, paths, err := r.paths()
	if err != nil {
		return measure.Result{}, err
	}
	s, err := credit.Shapley(paths)
	if err != nil {
		return measure.Result{}, err
	}
	return split(f, s), nil
}

func split(f *frame, s credit.Split) measure.Result {
	res := s.Result
	f.note(&res)
	if res.Refusal != nil {
		return res
	}
	removal, value, money := map[string]float64{}, map[string]float64{}, false
	for _, c := range s.Shares {
		removal[c.Channel], value[c.Channel] = c.Removal, c.Value
		money = money || c.Value != 0
	}
	if s.Method == "markov" {
		res.Note("removal-effects", measure.Info, fmt.Sprintf("从起点到转化的概率为 %.4g；去掉各渠道会损失的转化比例见 values。", s.Base),
			fmt.Sprintf("The chance of conversion from the start is %.4g; the share of conversions lost without each channel is in values.", s.Base), removal)
	}
	if money {
		res.Note("value", measure.Info, "各渠道分得的金额见 values。", "The money given to each channel is in values.", value)
	}
	return res
}

func runQini(_ context.Context, r *Request) (measure.Result, error) {
	f, err := open(r)
	if err != nil {
		return measure.Result{}, err
	}
	y := f.number("outcome", r.Outcome)
	score, a := part{num: &numbers{}}, (*arms)(nil)
	if r.Score == "" {
		f.column("score", "")
	} else if score = f.term("score", r.Score); score.num == nil {
		f.number("score", r.Score) // names the row that is text
	}
	a = f.treatment(r)
	if err := f.complete(a.use()); err != nil {
		return measure.Result{}, err
	}
	return a.each(f, func(c comparison) (measure.Result, error) {
		d := uplift.Data{Outcome: of(c, y.v), Treated: c.treated, Score: of(c, score.num.v)}
		got, err := uplift.Score(d)
		if err != nil || got.Refusal != nil {
			return got.Result, err
		}
		top, err := uplift.AtK(d, r.K, r.Level)
		if err != nil {
			return got.Result, err
		}
		if top.Refusal != nil {
			got.Note("top-refused", measure.Warning, top.Refusal.Reason.ZH, top.Refusal.Reason.EN, map[string]float64{"mde": top.Refusal.MDE})
		}
		got.Estimates = append(got.Estimates, top.Estimates...)
		hit := make([]bool, len(d.Outcome))
		for i, v := range d.Outcome {
			if v != 0 && v != 1 {
				return got.Result, nil
			}
			hit[i] = v == 1
		}
		base, err := uplift.HitsPerThousand(hit, d.Score, r.K, r.Level)
		if err == nil && base.Refusal == nil {
			for _, e := range base.Estimates {
				e.Name += " per thousand"
				if strings.HasPrefix(e.Name, "lift") {
					e.Name = "hit lift"
				}
				got.Estimates = append(got.Estimates, e)
			}
		}
		return got.Result, err
	})
}
