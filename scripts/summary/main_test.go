package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSummarize(t *testing.T) {
	const log = `{"Action":"output","Package":"a","Test":"TestX","Output":"    x_test.go:12: no data here\n"}
{"Action":"skip","Package":"a","Test":"TestX"}
{"Action":"output","Package":"a","Test":"TestY","Output":"    y_test.go:3: F(1) = 2, want 3\n"}
{"Action":"fail","Package":"a","Test":"TestY","Elapsed":0.5}
{"Action":"fail","Package":"a","Elapsed":1}
{"Action":"pass","Package":"b","Elapsed":2}
{"Action":"build-output","ImportPath":"c","Output":"c.go:1: undefined: x\n"}
{"Action":"build-fail","ImportPath":"c"}
`
	var out strings.Builder
	skips, failed, err := summarize(strings.NewReader(log), &out)
	if err != nil {
		t.Fatal(err)
	}
	if !failed {
		t.Error("summarize(a failing log) says nothing failed")
	}
	if diff := cmp.Diff(map[string]int{"no data here": 1}, skips); diff != "" {
		t.Errorf("skips (-want +got):\n%s", diff)
	}
	want := `    FAILED a TestY (0.5 s)
            y_test.go:3: F(1) = 2, want 3
    FAILED a (1.0 s)
    ok    2.0 s  b
    FAILED to build c
        c.go:1: undefined: x
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("summarize() printed (-want +got):\n%s", diff)
	}
}
