package experiment

import (
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// Plan describes an experiment before it is run.
type Plan struct {
	SD      float64 // of the outcome between rows; for a share p use √(p(1−p))
	Treated float64 // share of units treated; 0: half
	// ClusterSize is the mean number of rows per unit of assignment; 0: 1.
	ClusterSize float64
	ICC         float64 // correlation of two rows of one cluster, 0 to 1
	SizeCV      float64 // standard deviation over mean of cluster sizes
	Explained   float64 // share of variance that covariates remove (CUPED), 0 to 1
	Level       float64 // 0: 0.95
	Power       float64 // 0: 0.8
}

// Size answers with what is missing: given units (0: unknown) and effect (0:
// unknown), the Result holds "mde" for the units, "units" for the effect, and
// "power" where both are given. Units are those assigned: clusters where
// ClusterSize is above 1.
//
// Two-sided test of a difference in means, both arms of one variance; Student
// quantiles on units − 2 degrees of freedom. Design effect of clusters:
// 1 + ((1+CV²)·m − 1)·ICC (Eldridge, Ashby and Kerry 2006, eq. 2).
func (p Plan) Size(units int, effect float64) (measure.Result, error) {
	res := measure.Result{Method: "power", N: units}
	if err := p.fill(); err != nil {
		return res, err
	}
	if units < 0 || math.IsNaN(effect) || math.IsInf(effect, 0) {
		return res, measure.Invalid("experiment: power: %d units and an effect of %v: give the number of units, the effect, or both", units, effect)
	}
	if units == 0 && effect == 0 {
		return res, measure.Invalid("experiment: power: neither units nor effect given: give at least one")
	}
	effect = math.Abs(effect)
	if units > 0 {
		if units < 4 {
			res.Refuse("too-few-units", "至少需要 4 个单位。", "At least 4 units are needed.", math.NaN())
			return res, nil
		}
		res.Estimates = append(res.Estimates, measure.Point("mde", p.mde(float64(units))))
		if effect > 0 {
			res.Estimates = append(res.Estimates, measure.Point("power", p.power(float64(units), effect)))
		}
	}
	if effect > 0 {
		n := p.units(effect)
		res.Estimates = append(res.Estimates, measure.Point("units", n))
		res.Note("units", measure.Info,
			fmt.Sprintf("要有 %.0f%% 的把握看出 %.4g 的效果，共需 %.0f 个单位。", 100*p.Power, effect, n),
			fmt.Sprintf("To see an effect of %.4g with %.0f %% power takes %.0f units in all.", effect, 100*p.Power, n), nil)
	}
	return res, nil
}

func (p *Plan) fill() error {
	var err error
	if p.Level, err = measure.Level(p.Level); err != nil {
		return err
	}
	if p.Treated == 0 {
		p.Treated = .5
	}
	if p.Power == 0 {
		p.Power = .8
	}
	if p.ClusterSize == 0 {
		p.ClusterSize = 1
	}
	switch {
	case !(p.SD > 0) || math.IsInf(p.SD, 0):
		return measure.Invalid("experiment: power: standard deviation %v: give that of the outcome, above 0", p.SD)
	case !(p.Treated > 0 && p.Treated < 1):
		return measure.Invalid("experiment: power: treated share %v is not between 0 and 1", p.Treated)
	case !(p.Power > 0 && p.Power < 1):
		return measure.Invalid("experiment: power: power %v is not between 0 and 1", p.Power)
	case !(p.ClusterSize >= 1) || math.IsInf(p.ClusterSize, 0):
		return measure.Invalid("experiment: power: %v rows per cluster: give at least 1", p.ClusterSize)
	case !(p.ICC >= 0 && p.ICC <= 1):
		return measure.Invalid("experiment: power: intra-cluster correlation %v is not between 0 and 1", p.ICC)
	case !(p.Explained >= 0 && p.Explained < 1):
		return measure.Invalid("experiment: power: explained share %v is not between 0 and 1", p.Explained)
	case !(p.SizeCV >= 0):
		return measure.Invalid("experiment: power: variation of cluster sizes %v is negative", p.SizeCV)
	}
	return nil
}

// se of the difference with n units of assignment.
func (p Plan) se(n float64) float64 {
	design := 1 + ((1+p.SizeCV*p.SizeCV)*p.ClusterSize-1)*p.ICC
	variance := p.SD * p.SD * (1 - p.Explained) * design / p.ClusterSize
	return math.Sqrt(variance / (n * p.Treated * (1 - p.Treated)))
}

func (p Plan) mde(n float64) float64 {
	return (measure.TQuantile((1+p.Level)/2, n-2) + measure.TQuantile(p.Power, n-2)) * p.se(n)
}

func (p Plan) power(n, effect float64) float64 {
	d := effect / p.se(n)
	q := measure.TQuantile((1+p.Level)/2, n-2)
	upper := 1 - measure.TP(d-q, n-2)/2
	if d < q {
		upper = measure.TP(d-q, n-2) / 2
	}
	return upper + measure.TP(d+q, n-2)/2
}

// units is the smallest even number that reaches the effect.
func (p Plan) units(effect float64) float64 {
	lo, hi := 2.0, 2.0 // in pairs
	for p.mde(2*hi) > effect {
		hi *= 2
		if hi > 1e15 {
			return math.Inf(1)
		}
	}
	for lo < hi {
		mid := math.Floor((lo + hi) / 2)
		if p.mde(2*mid) > effect {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return 2 * hi
}
