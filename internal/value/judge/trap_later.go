package judge

import (
	"fmt"
	"math"
	"strings"

	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/measure"
)

// later drops covariates that were known only afterwards: adjusting for them
// would take away part of the effect, or invent one.
func later(j *court) {
	var names []string
	for _, c := range j.c.Covariates {
		if c.Known != "start" {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return
	}
	list := strings.Join(names, ", ")
	j.trap("later", claim.C, fmt.Sprintf("%s: known only afterwards, so it may be an effect itself. It is left out of the comparison.", list),
		fmt.Sprintf("%s 是事后才知道的，它本身可能就是结果。比较时已把它去掉。", list), nil)
}

// leaking looks for covariates that know the outcome too well to have been
// there before it: one explains a tenth of the outcome, and a fifth more than
// any other.
func leaking(j *court) {
	best, second, name := 0.0, 0.0, ""
	for _, c := range j.c.Covariates {
		if c.Before > 0 || c.Known != "start" || !j.t.has(c.Name) || !j.t.numeric(c.Name) {
			continue
		}
		r2 := squared(j.t.num(c.Name), j.t.num("outcome"))
		if r2 > best {
			best, second, name = r2, best, c.Name
		} else if r2 > second {
			second = r2
		}
	}
	if best < 0.1 || best < 1.2*second {
		return
	}
	v := map[string]float64{"r2": best}
	en := fmt.Sprintf("%s alone explains %.0f %% of the outcome. Was it really known before? A length, a total or a status is often written down only at the end.", name, 100*best)
	zh := fmt.Sprintf("单是 %s 就解释了结果的 %.0f %%。它真的是事先知道的吗？时长、合计、状态往往是结束时才写下的。", name, 100*best)
	if j.t.has("before") || j.c.Exposure.Design.Random() {
		j.note("leak", measure.Warning, en, zh, v)
		return
	}
	j.trap("leak", claim.D, en, zh, v)
}

// squared is the squared correlation of two columns.
func squared(x, y []float64) float64 {
	var mx, my tally
	for i := range x {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			mx.add(x[i])
			my.add(y[i])
		}
	}
	if mx.m2 == 0 || my.m2 == 0 || mx.n < 20 {
		return 0
	}
	s := 0.0
	for i := range x {
		if !math.IsNaN(x[i]) && !math.IsNaN(y[i]) {
			s += (x[i] - mx.mean) * (y[i] - my.mean)
		}
	}
	return s * s / mx.m2 / my.m2
}
