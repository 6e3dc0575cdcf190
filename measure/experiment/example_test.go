package experiment_test

import (
	"context"
	"fmt"

	"github.com/chanzipu/outfitter/measure/experiment"
)

func ExampleDiff() {
	control := experiment.ProportionArm(10000, 500)
	treated := experiment.ProportionArm(10000, 580)
	r, err := experiment.Diff(control, treated, experiment.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := r.Get("effect")
	l, _ := r.Get("lift")
	fmt.Printf("+%.1f points (%.2f to %.2f), lift %.0f %%\n", 100*e.Value, 100*e.Lo, 100*e.Hi, 100*l.Value)
	// Output: +0.8 points (0.17 to 1.43), lift 16 %
}

func ExampleAnalyse() {
	r := experiment.Rows{
		Outcome:    []float64{12, 9, 14, 8, 15, 10, 13, 9},
		Treated:    []bool{true, false, true, false, true, false, true, false},
		Covariates: [][]float64{{9, 10, 12, 8, 12, 11, 9, 10}}, // the month before
	}
	res, err := experiment.Analyse(r, experiment.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := res.Get("effect")
	fmt.Printf("effect %.2f\n", e.Value)
	// Output: effect 3.71
}

func ExampleSequential() {
	r, err := experiment.Sequential(experiment.MeanArm(5000, 10, 5000*9), experiment.MeanArm(5000, 10.4, 5000*9),
		experiment.Options{Tuning: 10000})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := r.Get("effect")
	fmt.Printf("%.2f, at any look between %.2f and %.2f\n", e.Value, e.Lo, e.Hi)
	// Output: 0.40, at any look between 0.22 and 0.58
}

func ExampleSRM() {
	r, err := experiment.SRM([]int{50_800, 49_200}, []float64{1, 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Diagnostics[0].Text.ZH)
	// Output: 各组人数偏离了计划的比例，不可能是偶然：分流或记录出了错，先查清再看结果。
}

// Twelve people, of whom six had the starter pack: deals in the first quarter.
func ExampleRandomise() {
	r, err := experiment.Randomise(context.Background(), experiment.Small{
		Outcome: []float64{9, 4, 8, 5, 10, 3, 7, 4, 9, 6, 8, 5},
		Treated: []bool{true, false, true, false, true, false, true, false, true, false, true, false},
	}, experiment.SmallOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := r.Get("effect")
	fmt.Printf("%.0f more deals, from %.0f to %.0f, p = %.4f\n", e.Value, e.Lo, e.Hi, e.P)
	// Output: 4 more deals, from 3 to 5, p = 0.0022
}

func ExampleReaching() {
	r, err := experiment.Reaching(context.Background(), experiment.Small{
		Outcome: []float64{9, 4, 8, 5, 10, 3, 7, 4, 9, 6, 8, 5},
		Treated: []bool{true, false, true, false, true, false, true, false, true, false, true, false},
	}, experiment.ReachingOptions{Line: 7})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := r.Get("effect")
	fmt.Printf("share reaching 7 deals: %+.0f points, from %.0f to %.0f\n", 100*e.Value, 100*e.Lo, 100*e.Hi)
	// Output: share reaching 7 deals: +100 points, from 58 to 100
}

func ExampleDaysToFirst() {
	r, err := experiment.DaysToFirst(context.Background(), experiment.Small{
		Outcome: []float64{20, 45, 25, 60, 30, 60, 15, 50, 35, 60},
		Treated: []bool{true, false, true, false, true, false, true, false, true, false},
	}, []bool{true, true, true, false, true, false, true, true, true, false}, experiment.FirstOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := r.Get("effect")
	fmt.Printf("%.0f days within 60, p = %.3f\n", e.Value, e.P)
	// Output: -30 days within 60, p = 0.008
}

func ExamplePlan_Size() {
	r, err := experiment.Plan{SD: 12, ClusterSize: 8, ICC: 0.1}.Size(0, 4)
	if err != nil {
		fmt.Println(err)
		return
	}
	n, _ := r.Get("units")
	fmt.Printf("%.0f teams of eight\n", n.Value)
	// Output: 64 teams of eight
}

func ExampleSwitchback() {
	var in experiment.Switches
	for hour := range 48 {
		on := hour/3%2 == 0 // three hours on, three off
		waiting := 20.0 + float64(hour%5)
		if on {
			waiting -= 4
		}
		in.Outcome, in.Treated, in.Time = append(in.Outcome, waiting), append(in.Treated, on), append(in.Time, float64(hour))
	}
	in.Burn = 1
	r, err := experiment.Switchback(in)
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := r.Get("effect")
	fmt.Printf("%.1f minutes\n", e.Value)
	// Output: -3.6 minutes
}
