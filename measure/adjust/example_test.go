package adjust_test

import (
	"context"
	"fmt"

	"github.com/chanzipu/outfitter/measure/adjust"
)

// The experienced use the tool more and sell more anyway; it adds 3.
func ExampleAIPW() {
	in := adjust.Input{Covariates: [][]float64{nil}}
	for i := range 200 {
		years := float64(i % 10)
		uses := (i*7+i/10)%13 < 3+int(years)/2
		sales := 20 + 2*years + float64(i%3)
		if uses {
			sales += 3
		}
		in.Outcome, in.Treated = append(in.Outcome, sales), append(in.Treated, uses)
		in.Covariates[0] = append(in.Covariates[0], years)
	}
	r, err := adjust.AIPW(context.Background(), in, adjust.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	raw, _ := r.Get("raw")
	ate, _ := r.Get("ate")
	fmt.Printf("raw %.1f, adjusted %.1f\n", raw.Value, ate.Value)
	// Output: raw 5.8, adjusted 3.0
}

func ExampleSensitivity() {
	in := adjust.Regression{
		Outcome:    []float64{3, 5, 4, 7, 6, 9, 5, 8, 4, 8},
		Treatment:  []float64{0, 1, 0, 1, 0, 1, 0, 1, 0, 1},
		Covariates: [][]float64{{1, 1, 2, 2, 3, 3, 2, 2, 1, 1}},
	}
	r, err := adjust.Sensitivity(in, adjust.SensitivityOptions{Benchmark: 0, Times: []float64{1}})
	if err != nil {
		fmt.Println(err)
		return
	}
	rv, _ := r.Get("rv")
	fmt.Printf("robustness value %.0f %%\n", 100*rv.Value)
	// Output: robustness value 82 %
}

func ExampleEValue() {
	r, err := adjust.EValue(3.9, 1.8, 8.7)
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := r.Get("evalue")
	limit, _ := r.Get("evalue limit")
	fmt.Printf("%.2f, limit %.2f\n", e.Value, limit.Value)
	// Output: 7.26, limit 3.00
}
