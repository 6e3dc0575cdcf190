package did_test

import (
	"context"
	"fmt"

	"github.com/chanzipu/outfitter/measure/did"
)

// Four teams over three months; teams 1 and 2 get the tool in month 3.
func ExampleEstimate() {
	in := did.Input{
		Unit:         []int{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4},
		Time:         []int{1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3},
		FirstTreated: []int{3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0},
		Outcome:      []float64{10, 11, 17, 20, 22, 28, 5, 6, 8, 9, 11, 12},
	}
	r, err := did.Estimate(context.Background(), in, did.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := r.Get("simple")
	fmt.Printf("effect %.2f, 95 %% from %.2f to %.2f\n", e.Value, e.Lo, e.Hi)
	// Output: effect 4.50, 95 % from 3.81 to 5.19
}

func ExamplePlacebo() {
	in := did.Input{
		Unit:         []int{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4},
		Time:         []int{1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3},
		FirstTreated: []int{3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0},
		Outcome:      []float64{10, 11, 17, 20, 22, 28, 5, 6, 8, 9, 11, 12},
	}
	r, err := did.Placebo(context.Background(), in, 1, did.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := r.Get("simple")
	fmt.Printf("pretended effect %.2f\n", e.Value)
	// Output: pretended effect 0.00
}
