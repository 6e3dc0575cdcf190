package estimate

import (
	"fmt"
	"strings"
)

// neverTreated is how files write that a unit never starts.
func neverTreated(s string) bool {
	switch strings.ToLower(s) {
	case "", "0", "0.0", "na", "n/a", "nan", "nat", "null", "none", "never", "inf", "+inf", "infinity", ".", "-", "#n/a", "<na>", "无", "从未", "未上线":
		return true
	}
	return false
}

// starts reads each row's first treated period, 0 for never. It runs over all
// rows, before complete; the caller compacts with f.row.
func (f *frame) starts(flag, name string, t *times) []int {
	k := f.column(flag, name)
	if k < 0 || f.err != nil {
		return nil
	}
	out, known := make([]int, f.t.Rows), map[string]int{}
	for i := range out {
		s := f.t.Cell(i, k)
		if neverTreated(s) {
			continue
		}
		v, ok := known[s]
		if !ok {
			if v, ok = t.Parse(s); !ok {
				f.fail(usage("not-a-time",
					fmt.Sprintf("--%s: column %q holds %q in row %d (line %d): write the period as in the time column (e.g. %q), or leave it empty for never.", flag, name, clip(s), i+1, f.t.Line(i), t.First()),
					fmt.Sprintf("--%s：列“%s”第 %d 行（文件第 %d 行）是“%s”：请按时间列的写法（如“%s”）填写，从未开始则留空。", flag, name, i+1, f.t.Line(i), clip(s), t.First())))
				return nil
			}
			known[s] = max(v, 1) // before the first period: treated from the start
		}
		out[i] = max(v, 1)
	}
	return out
}

// rollout finds each kept row's first treated period, from --first-treated,
// from --treatment where it switches on, or from --since for the treated.
// on is the treatment by row.
func (f *frame) rollout(r *Request, unit *labels, t *times, declared []int, treat *numbers) (first []int, on []float64, err error) {
	n := len(unit.code)
	switch {
	case declared != nil:
		first = pick(declared, f.row)
	case treat.v == nil:
		return nil, nil, usage("flag", "Say when each unit starts: --first-treated COLUMN, or --treatment COLUMN that turns 1.",
			"请指明各单位何时开始：--first-treated 列，或由 0 变 1 的 --treatment 列。")
	default:
		if first, err = f.switches(r, unit, t, treat.v); err != nil {
			return nil, nil, err
		}
	}
	on = make([]float64, n)
	for i, g := range first {
		if g > 0 && t.v[i] >= g {
			on[i] = 1
		}
	}
	return first, on, nil
}

// switches derives first treated periods from a 0/1 column.
func (f *frame) switches(r *Request, unit *labels, t *times, treat []float64) ([]int, error) {
	const unset = 0
	start, seen, varies := make([]int, len(unit.names)), make([]bool, len(unit.names)), false
	level := make([]float64, len(unit.names))
	for i, u := range unit.code {
		if seen[u] && treat[i] != level[u] {
			varies = true
		}
		seen[u], level[u] = true, treat[i]
		if treat[i] > 0 && (start[u] == unset || t.v[i] < start[u]) {
			start[u] = t.v[i]
		}
	}
	if !varies {
		since, err := t.when("since", r.Since)
		if err != nil && r.Since == "" {
			return nil, usage("since",
				fmt.Sprintf("--treatment: %q never changes within a unit, so it says who is treated but not when: add --since PERIOD, or give --first-treated COLUMN.", r.Treatment),
				fmt.Sprintf("--treatment：“%s”在单位内从不变化，只说明谁、没说明何时：请加 --since 时期，或给出 --first-treated 列。", r.Treatment))
		}
		if err != nil {
			return nil, err
		}
		for u := range start {
			if level[u] > 0 {
				start[u] = since
			}
		}
	}
	for i, u := range unit.code {
		if varies && start[u] > 0 && t.v[i] > start[u] && treat[i] == 0 {
			return nil, usage("switched-off",
				fmt.Sprintf("Unit %q is treated in %s and no longer in %s (line %d): this method needs treatment that stays on; use fe for one that comes and goes.", unit.names[u], t.Label(start[u]), t.Label(t.v[i]), f.line(i)),
				fmt.Sprintf("单位“%s”在 %s 开始，到 %s（第 %d 行）又停了：该方法要求开始后一直持续；有开有停请用 fe。", unit.names[u], t.Label(start[u]), t.Label(t.v[i]), f.line(i)))
		}
	}
	out := make([]int, len(unit.code))
	for i, u := range unit.code {
		out[i] = start[u]
	}
	return out, nil
}
