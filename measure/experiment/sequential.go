package experiment

import (
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// Sequential compares two randomised arms with intervals that hold at every
// look at once: stop whenever you like, look as often as you like.
//
// Estimand and assumptions are those of [Diff]. The interval is the
// asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and
// Ramdas (2021, arXiv 2103.06476): width eq. 9 with ρ tuned to Options.Tuning
// units, P value eq. 161. It is wider than Diff's at any single look, and
// narrowest near Tuning units, which must be fixed before the experiment.
func Sequential(control, treated Arm, o Options) (measure.Result, error) {
	level, err := measure.Level(o.Level)
	if err != nil {
		return measure.Result{}, err
	}
	if !(o.Tuning > 0) || math.IsInf(o.Tuning, 0) {
		return measure.Result{}, measure.Invalid("experiment: sequential: tuning %v: give the number of units at which you expect to decide, fixed before the start", o.Tuning)
	}
	c, res, err := compare(control, treated, "sequential")
	if err != nil || res.Refusal != nil {
		return res, err
	}
	n := float64(control.N + treated.N)
	res.Estimates = append(res.Estimates,
		sequence("effect", c.effect, c.se, n, 1-level, o.Tuning),
		sequence("lift", c.lift, c.liftSE, n, 1-level, o.Tuning))
	return res, nil
}

func sequence(name string, value, se, n, alpha, tuning float64) measure.Estimate {
	e := measure.Estimate{Name: name, Value: value, SE: se, Lo: math.NaN(), Hi: math.NaN(), P: math.NaN()}
	if !(se > 0) {
		return e
	}
	rho2 := (-2*math.Log(alpha) + math.Log(1-2*math.Log(alpha))) / tuning
	sd := se * math.Sqrt(n)
	half := sd * math.Sqrt(2*(n*rho2+1)/(n*n*rho2)*math.Log(math.Sqrt(n*rho2+1)/alpha))
	s := value * n / sd
	logE := rho2*s*s/(2*(n*rho2+1)) - 0.5*math.Log(n*rho2+1)
	e.Lo, e.Hi, e.P = value-half, value+half, min(1, math.Exp(-logE))
	return e
}
