package experiment

import (
	"fmt"

	"github.com/chanzipu/outfitter/measure"
)

// Rows is an experiment row by row. Only Outcome and Treated are required;
// every column given has one value per row.
type Rows struct {
	Outcome     []float64
	Treated     []bool
	Denominator []float64   // makes the metric sum(Outcome)/sum(Denominator)
	Covariates  [][]float64 // columns known before assignment, for CUPED
	// CovariateDenominators pairs with Covariates: the same ratio measured
	// before. nil: covariates are means over rows.
	CovariateDenominators [][]float64
	Cluster               []int     // unit of randomisation; nil: the row
	Weights               []float64 // 0 or more
}

func (r Rows) check() error {
	n := len(r.Outcome)
	if n == 0 {
		return measure.Invalid("experiment: no rows: the outcome column is empty")
	}
	if err := measure.CheckFinite("experiment", "outcome", r.Outcome); err != nil {
		return err
	}
	if err := measure.CheckLength("experiment", "treatment", len(r.Treated), n); err != nil {
		return err
	}
	if r.CovariateDenominators != nil && len(r.CovariateDenominators) != len(r.Covariates) {
		return measure.Invalid("experiment: %d covariate denominators for %d covariates: give one each or none",
			len(r.CovariateDenominators), len(r.Covariates))
	}
	columns := map[string][]float64{}
	if r.Denominator != nil {
		columns["denominator"] = r.Denominator
	}
	for j, c := range r.Covariates {
		columns[fmt.Sprintf("covariate %d", j+1)] = c
	}
	for j, c := range r.CovariateDenominators {
		columns[fmt.Sprintf("denominator of covariate %d", j+1)] = c
	}
	for name, c := range columns {
		if err := measure.CheckLength("experiment", name, len(c), n); err != nil {
			return err
		}
		if err := measure.CheckFinite("experiment", name, c); err != nil {
			return err
		}
	}
	if r.Cluster != nil {
		if err := measure.CheckLength("experiment", "cluster", len(r.Cluster), n); err != nil {
			return err
		}
	}
	return measure.CheckWeights("experiment", r.Weights, n)
}

// Arms sums the rows up to one arm per side. A cluster that holds treated
// and untreated rows is an error: then the cluster was not what was assigned.
func (r Rows) Arms() (control, treated Arm, err error) {
	if err := r.check(); err != nil {
		return Arm{}, Arm{}, err
	}
	units, side, err := r.units()
	if err != nil {
		return Arm{}, Arm{}, err
	}
	return moments(units, side, false), moments(units, side, true), nil
}

// units returns the columns of [Arm], by unit of randomisation.
func (r Rows) units() (columns [][]float64, treated []bool, err error) {
	n := len(r.Outcome)
	code, units, treated := []int(nil), n, r.Treated
	if r.Cluster != nil {
		var levels []int
		code, levels = measure.Index(r.Cluster)
		units = len(levels)
		treated = make([]bool, units)
		seen := make([]bool, units)
		for i, c := range code {
			if seen[c] && treated[c] != r.Treated[i] {
				return nil, nil, measure.Invalid("experiment: cluster %d holds treated and untreated rows: give as cluster the unit that was assigned", levels[c])
			}
			seen[c], treated[c] = true, r.Treated[i]
		}
	}
	column := func(x []float64) []float64 { // weighted sums by unit
		out := make([]float64, units)
		for i := range n {
			v := 1.0
			if x != nil {
				v = x[i]
			}
			if r.Weights != nil {
				v *= r.Weights[i]
			}
			if code != nil {
				out[code[i]] += v
			} else {
				out[i] = v
			}
		}
		return out
	}
	columns = append(columns, column(r.Outcome), column(r.Denominator))
	for j, c := range r.Covariates {
		var den []float64
		if r.CovariateDenominators != nil {
			den = r.CovariateDenominators[j]
		}
		columns = append(columns, column(c), column(den))
	}
	return columns, treated, nil
}

func moments(columns [][]float64, side []bool, want bool) Arm {
	k := len(columns)
	a := Arm{Mean: make([]float64, k), Cov: square(k)}
	for _, s := range side {
		if s == want {
			a.N++
		}
	}
	if a.N == 0 {
		return a
	}
	for j, c := range columns {
		var sum float64
		for i, v := range c {
			if side[i] == want {
				sum += v
			}
		}
		a.Mean[j] = sum / float64(a.N)
		var rest float64 // second pass takes out the rounding of the first
		for i, v := range c {
			if side[i] == want {
				rest += v - a.Mean[j]
			}
		}
		a.Mean[j] += rest / float64(a.N)
	}
	if a.N < 2 {
		return a
	}
	for i := range k {
		for j := range i + 1 {
			var s float64
			for u := range side {
				if side[u] == want {
					s += (columns[i][u] - a.Mean[i]) * (columns[j][u] - a.Mean[j])
				}
			}
			a.Cov[i][j] = s / float64(a.N-1)
			a.Cov[j][i] = a.Cov[i][j]
		}
	}
	return a
}
