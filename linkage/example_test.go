package linkage_test

import (
	"context"
	"fmt"

	"github.com/chanzipu/outfitter/linkage"
)

func ExampleLink() {
	t, err := linkage.NewTable("crm", []string{"name", "phone"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i, row := range [][]string{{"Robert Smith", "702-919-1300"}, {"Bob Smith", "+1 702 919 1300"}, {"Mary Kusha", "512-353-8633"}} {
		if err := t.Append(fmt.Sprint(i), row); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Three records teach nothing, so all parameters are given; with thousands, leave them out,
	// or pass nil for the settings.
	set, err := linkage.ParseSettings([]byte(`{"version": 1, "prior": 0.01, "fix_prior": true,
		"comparisons": [{"name": "phone", "columns": ["phone"], "kind": "phone", "term_frequency": 0, "parameters": [
			{"m": 0.05, "u": 0.9997, "fix_m": true, "fix_u": true}, {"m": 0.05, "u": 0.0001, "fix_m": true, "fix_u": true},
			{"m": 0.1, "u": 0.0001, "fix_m": true, "fix_u": true}, {"m": 0.8, "u": 0.0001, "fix_m": true, "fix_u": true}]}],
		"blocking": [{"on": [{"column": "phone", "take": "phone"}]}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	res, err := linkage.Link(context.Background(), []*linkage.Table{t}, &set, linkage.Options{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Clusters)
	// Output: [0 0 2]
}
