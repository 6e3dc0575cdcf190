package quantile_test

import (
	"context"
	"fmt"

	"github.com/chanzipu/outfitter/measure/quantile"
)

// Deals of forty people, of whom every second had the battlecards.
func ExampleEffects() {
	var in quantile.Input
	for i := range 40 {
		deals := float64(10 + i/2)
		if i%2 == 1 && deals < 20 {
			deals = 20 // the cards lift the weaker half to a floor of 20
		}
		in.Outcome, in.Treated = append(in.Outcome, deals), append(in.Treated, i%2 == 1)
	}
	r, err := quantile.Effects(context.Background(), in, quantile.Options{Tau: []float64{.1, .25, .75}, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"tau=0.25", "relative tau=0.25", "tau=0.75"} {
		e, _ := r.Get(name)
		fmt.Printf("%s: %.2f\n", name, e.Value)
	}
	fmt.Println(r.Diagnostics[0].Text.EN)
	// Output:
	// tau=0.25: 6.00
	// relative tau=0.25: 0.43
	// tau=0.75: 0.00
	// 1 quantiles have fewer than 5 people beyond them and were left out (the outermost is 0.1).
}
