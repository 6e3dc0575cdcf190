package adjust

import (
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// EValue is the smallest risk ratio that an unmeasured cause would need with
// both treatment and outcome to explain an observed risk ratio away
// (VanderWeele and Ding 2017): RR + √(RR(RR−1)), of 1/RR below 1.
//
// rr is the risk ratio, lo and hi its interval (NaN where unknown).
// Estimates: "evalue" for rr; "evalue limit" for the limit nearer 1, which is
// 1 where the interval includes 1, NaN without a limit. Use [OddsRatio],
// [HazardRatio] and [MeanDifference] for other scales.
func EValue(rr, lo, hi float64) (measure.Result, error) {
	res := measure.Result{Method: "evalue"}
	if !(rr > 0) || math.IsInf(rr, 0) {
		return res, measure.Invalid("adjust: risk ratio %v: it must be a number above 0", rr)
	}
	if lo > rr || hi < rr || lo < 0 {
		return res, measure.Invalid("adjust: risk ratio %v outside its interval %v to %v: check the limits", rr, lo, hi)
	}
	limit := lo
	if rr < 1 {
		limit = hi
	}
	e, l := evalue(rr), math.NaN()
	if !math.IsNaN(limit) {
		l = 1
		if (rr > 1 && limit > 1) || (rr < 1 && limit < 1) {
			l = evalue(limit)
		}
	}
	res.Estimates = append(res.Estimates, measure.Point("evalue", e), measure.Point("evalue limit", l))
	res.Note("evalue", measure.Info,
		fmt.Sprintf("一个没有记录的因素，要同时使“被处理”和“出现结果”的可能各变为 %.2f 倍，才能完全解释这个差别。", e),
		fmt.Sprintf("An unrecorded cause would have to change the chance of both treatment and outcome %.2f-fold to explain the difference away.", e),
		map[string]float64{"evalue": e, "limit": l})
	return res, nil
}

func evalue(rr float64) float64 {
	if rr < 1 {
		rr = 1 / rr
	}
	return rr + math.Sqrt(rr*(rr-1))
}

// OddsRatio approximates the risk ratio of an odds ratio: itself where the
// outcome is rare (under 15 %), else its square root.
func OddsRatio(or float64, rare bool) float64 {
	if rare {
		return or
	}
	return math.Sqrt(or)
}

// HazardRatio approximates the risk ratio of a hazard ratio: itself where the
// outcome is rare (under 15 %), else (1−0.5^√HR)/(1−0.5^√(1/HR)).
func HazardRatio(hr float64, rare bool) float64 {
	if rare {
		return hr
	}
	return (1 - math.Pow(.5, math.Sqrt(hr))) / (1 - math.Pow(.5, math.Sqrt(1/hr)))
}

// MeanDifference approximates risk ratio and interval of a difference of
// means in standard deviations of the outcome, with its standard error.
func MeanDifference(d, se float64) (rr, lo, hi float64) {
	return math.Exp(.91 * d), math.Exp(.91*d - 1.78*se), math.Exp(.91*d + 1.78*se)
}
