package panel_test

import (
	"context"
	"fmt"

	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/panel"
)

func ExamplePoisson() {
	f, err := panel.Poisson(context.Background(), panel.Data{
		Outcome:    []float64{2, 1, 4, 3, 0, 1, 1, 2, 5, 6, 4, 6},
		Regressors: []panel.Column{{Name: "shovel", Values: []float64{0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0}}},
		Fixed:      []absorb.Factor{absorb.NewFactor("person", []int{1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3})},
	}, panel.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := f.Get("shovel")
	fmt.Printf("log ratio %.3f (%.3f)\n", e.Value, e.SE)
	// Output: log ratio 0.916 (0.333)
}

func ExampleTwoStage() {
	// Access was drawn by lot; not everyone with access used the shovel.
	access := []float64{1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0}
	use := []float64{1, 1, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0}
	deals := []float64{7, 6, 8, 7, 4, 9, 3, 4, 8, 5, 3, 4}
	f, err := panel.TwoStage(context.Background(), panel.Data{Outcome: deals}, panel.Column{Name: "use", Values: use},
		[]panel.Column{{Name: "access", Values: access}}, panel.Options{Errors: panel.Robust})
	if err != nil {
		fmt.Println(err)
		return
	}
	ar, _ := f.Get("Anderson-Rubin")
	fmt.Printf("%.2f deals (%.2f to %.2f), first-stage F %.1f\n", ar.Value, ar.Lo, ar.Hi, f.FirstF)
	// Output: 3.50 deals (0.09 to 5.92), first-stage F 8.0
}

func ExampleDoseResponse() {
	dose := []float64{0, 0, 0, 1, 1, 2, 2, 5, 5, 6, 0, 1}
	deals := []float64{3, 4, 3, 5, 6, 7, 8, 8, 7, 8, 4, 5}
	c, err := panel.DoseResponse(context.Background(), panel.Data{Outcome: deals}, dose, []float64{1, 2}, panel.Options{Errors: panel.Robust})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range c.Steps {
		fmt.Printf("mean dose %.1f: %+.2f\n", s.Mean, s.Effect.Value)
	}
	// Output:
	// mean dose 1.0: +1.83
	// mean dose 2.0: +4.00
	// mean dose 5.3: +4.17
}

func ExampleCellOLS() {
	// SELECT person, shovel, count(*), sum(y), sum(y*y) … GROUP BY 1, 2: the
	// regressor is the same for all rows of a cell.
	rows, y, yy, x := []float64{10, 12, 9, 11}, []float64{20, 36, 27, 44}, []float64{48, 120, 90, 190}, []float64{0, 1, 0, 1}
	times := func(a, b []float64) []float64 {
		out := make([]float64, len(a))
		for i := range a {
			out[i] = a[i] * b[i]
		}
		return out
	}
	f, err := panel.CellOLS(context.Background(), panel.Cells{
		Names: []string{"shovel"}, Rows: rows, Sum: [][]float64{y, times(rows, x)},
		Cross: [][][]float64{{yy, times(y, x)}, {nil, times(rows, times(x, x))}},
		Fixed: []absorb.Factor{absorb.NewFactor("person", []string{"a", "a", "b", "b"})},
	}, panel.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := f.Get("shovel")
	fmt.Printf("%.3f (%.3f), %d rows\n", e.Value, e.SE, f.N)
	// Output: 1.000 (0.326), 42 rows
}
