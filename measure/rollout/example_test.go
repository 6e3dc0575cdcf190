package rollout_test

import (
	"context"
	"fmt"

	"github.com/chanzipu/outfitter/measure/panel"
	"github.com/chanzipu/outfitter/measure/rollout"
)

// teams is five teams over five weeks; three got the shovel, in weeks 3 and
// 4, and its effect grows by 2 a week.
func teams() (d rollout.Data, treated []float64) {
	for team, first := range []int{0, 0, 3, 4, 4} {
		for week := 1; week <= 5; week++ {
			y, on := float64(10*team+week), 0.0
			if first > 0 && week >= first {
				y += float64(2 * (week - first + 1))
				on = 1
			}
			d.Outcome, d.Unit, d.Time, d.First = append(d.Outcome, y), append(d.Unit, team), append(d.Time, week), append(d.First, first)
			treated = append(treated, on)
		}
	}
	return d, treated
}

func ExampleTWFE() {
	d, treated := teams()
	f, list, err := rollout.TWFE(context.Background(), d, treated, panel.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("coefficient %.2f, the true mean is 3.43\n", f.Coef[0])
	for _, c := range list {
		fmt.Printf("%s: weight %.2f, effect %.2f\n", c.Kind, c.Weight, c.Value)
	}
	// Output:
	// coefficient 2.91, the true mean is 3.43
	// earlier v. later: weight 0.09, effect 2.00
	// later v. earlier: weight 0.09, effect 0.00
	// treated v. untreated: weight 0.27, effect 4.00
	// treated v. untreated: weight 0.55, effect 3.00
}

func ExampleEventStudy() {
	d, _ := teams()
	f, err := rollout.EventStudy(context.Background(), d, panel.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := f.Get("event=0")
	fmt.Printf("%s %.2f; %s\n", e.Name, e.Value, f.Diagnostics[len(f.Diagnostics)-1].Code)
	// Output: event=0 2.00; staggered
}
