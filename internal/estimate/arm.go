package estimate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/measure"
)

// A comparison is one treated arm against the control, on some rows.
type comparison struct {
	arm     string // "" where there are just two
	rows    []int  // nil: all
	treated []bool
}

// arms is a treatment column with its control found.
type arms struct {
	*labels
	control string // "" where no row is in the control arm
	guessed bool
	asked   string // --treated-arm
}

// treatment declares the arms; numbers other than a few codes are an error.
func (f *frame) treatment(r *Request) *arms {
	a := &arms{labels: f.label("treatment", r.Treatment)}
	if f.err != nil {
		return a
	}
	find := func(flag, name string) string {
		for _, n := range a.names {
			if n == name || strings.EqualFold(n, name) {
				return n
			}
		}
		f.fail(usage("arm", fmt.Sprintf("--%s: column %q has no arm %q; it has: %s.", flag, r.Treatment, name, list(a.names)),
			fmt.Sprintf("--%s：列“%s”没有“%s”这一组；现有：%s。", flag, r.Treatment, name, list(a.names))))
		return ""
	}
	if r.TreatedArm != "" {
		a.asked = find("treated-arm", r.TreatedArm)
	}
	if r.ControlArm != "" {
		a.control = find("control-arm", r.ControlArm)
		return a
	}
	a.guess(f, r)
	return a
}

// guess finds the control arm among the names.
func (a *arms) guess(f *frame, r *Request) {
	var found []string
	numeric := true
	for _, n := range a.names {
		if controlName(n) {
			found = append(found, n)
		}
		_, err := strconv.ParseFloat(n, 64)
		numeric = numeric && err == nil
	}
	switch {
	case len(a.names) > 50:
		f.fail(usage("arms-many", fmt.Sprintf("--treatment: column %q has %d different values, so it is not an assignment: name the column of arms, or a 0/1 flag.", r.Treatment, len(a.names)),
			fmt.Sprintf("--treatment：列“%s”有 %d 个不同的值，不像分组：请给出分组列或 0/1 标记列。", r.Treatment, len(a.names))))
	case len(found) == 1:
		a.control = found[0]
	case len(a.names) == 1:
		if x, err := strconv.ParseFloat(a.names[0], 64); !(err == nil && x > 0) && !yesName(a.names[0]) {
			a.control = a.names[0]
		}
	case len(a.names) == 2 && a.asked != "":
		a.control = a.names[0]
		if a.asked == a.control {
			a.control = a.names[1]
		}
	case len(a.names) == 2:
		a.control, a.guessed = a.names[0], !numeric && !yesName(a.names[1])
	default:
		f.fail(usage("control-arm", fmt.Sprintf("--treatment: column %q has the arms %s: say which is the control with --control-arm.", r.Treatment, list(a.names)),
			fmt.Sprintf("--treatment：列“%s”有这些组：%s：请用 --control-arm 指明对照组。", r.Treatment, list(a.names))))
	}
}

// controlName reports whether an arm's name says that nothing was done to it.
func controlName(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "0", "0.0", "false", "f", "no", "n", "off", "none", "否", "无", "没有", "ctrl", "placebo", "holdout", "hold-out", "untreated", "baseline", "对照", "对照组", "控制组", "空白组", "未处理":
		return true
	}
	return strings.HasPrefix(s, "control") || strings.HasSuffix(s, " control") || strings.HasSuffix(s, "_control") || strings.HasPrefix(s, "no ") || strings.HasPrefix(s, "no-") || strings.HasPrefix(s, "no_")
}

func yesName(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "1", "true", "t", "yes", "y", "on", "treated", "treatment", "test", "是", "有", "实验组", "处理组", "试验组":
		return true
	}
	return false
}

// from is the arms with the control first, so that indicators compare with it.
func (a *arms) from(control string) *labels {
	at := slices.Index(a.names, control)
	if at <= 0 {
		return a.labels
	}
	out := &labels{flag: a.flag, column: a.column, names: append([]string{control}, slices.Delete(slices.Clone(a.names), at, at+1)...), code: make([]int, len(a.code))}
	for i, k := range a.code {
		switch {
		case k == at:
			out.code[i] = 0
		case k < at:
			out.code[i] = k + 1
		default:
			out.code[i] = k
		}
	}
	return out
}

// use limits the rows to the arms compared.
func (a *arms) use() func(int) bool {
	if a.asked == "" || a.code == nil {
		return nil
	}
	code, names, asked, control := a.code, a.names, a.asked, a.control
	return func(i int) bool { return code[i] < 0 || names[code[i]] == asked || names[code[i]] == control }
}

// split is one comparison per treated arm.
func (a *arms) split() []comparison {
	var others []string
	for _, n := range a.names {
		if n != a.control {
			others = append(others, n)
		}
	}
	if len(others) <= 1 {
		c := comparison{treated: make([]bool, len(a.code))}
		for i, k := range a.code {
			c.treated[i] = a.names[k] != a.control
		}
		return []comparison{c}
	}
	out := make([]comparison, len(others))
	for j, arm := range others {
		c := comparison{arm: arm}
		for i, k := range a.code {
			if n := a.names[k]; n == arm || n == a.control {
				c.rows, c.treated = append(c.rows, i), append(c.treated, n == arm)
			}
		}
		out[j] = c
	}
	return out
}

// of takes a column's rows of the comparison; nil stays nil.
func of[T any](c comparison, x []T) []T {
	if c.rows == nil {
		return x
	}
	return pick(x, c.rows)
}

// each runs an estimator on every comparison and joins the results: estimates
// of several arms are named "arm: name".
func (a *arms) each(f *frame, run func(comparison) (measure.Result, error)) (measure.Result, error) {
	list := a.split()
	var out measure.Result
	var refused []measure.Refusal
	for _, c := range list {
		res, err := run(c)
		if err != nil {
			return out, err
		}
		prefix := ""
		if c.arm != "" {
			prefix = c.arm + ": "
		}
		if res.Refusal != nil {
			refused = append(refused, *res.Refusal)
			if c.arm != "" {
				res.Note("refused", measure.Serious, res.Refusal.Reason.ZH, res.Refusal.Reason.EN, map[string]float64{"mde": res.Refusal.MDE})
			}
		}
		for _, e := range res.Estimates {
			e.Name = prefix + e.Name
			out.Estimates = append(out.Estimates, e)
		}
		for _, d := range res.Diagnostics {
			d.Text = measure.Text{ZH: prefix + d.Text.ZH, EN: prefix + d.Text.EN}
			out.Diagnostics = append(out.Diagnostics, d)
		}
		out.N += res.N
	}
	if len(refused) == len(list) && len(list) > 0 {
		out.Estimates, out.Refusal = nil, &refused[0]
	}
	if len(list) > 1 {
		out.N = len(a.code)
		out.Note("several-arms", measure.Info, fmt.Sprintf("%d 个组分别与对照“%s”比较；比较越多，偶然显著的机会越大。", len(list), a.control),
			fmt.Sprintf("%d arms were each compared with the control %q; the more comparisons, the likelier one is significant by chance.", len(list), a.control), map[string]float64{"arms": float64(len(list))})
	}
	if a.guessed {
		out.Note("control-guessed", measure.Warning, fmt.Sprintf("以“%s”为对照组；若不对，请用 --control-arm 指明。", a.control),
			fmt.Sprintf("%q was taken as the control; if that is wrong, name it with --control-arm.", a.control), nil)
	}
	f.note(&out)
	return out, nil
}
