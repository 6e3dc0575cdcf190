package json

import (
	stdjson "encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// TestSuite runs N. Seriot's JSONTestSuite: y_ must parse, n_ must not.
func TestSuite(t *testing.T) {
	files, _ := filepath.Glob("../../../../../shared/data/messy/json_testsuite/test_parsing/*.json")
	if len(files) == 0 {
		t.Skip("SKIPPED: test data is not here: messy/json_testsuite")
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		err = Flatten(b, 512, func(string, []byte) {})
		switch name := filepath.Base(file); {
		case strings.HasPrefix(name, "y_") && err != nil:
			t.Errorf("Flatten(%s) = %v, want no error", name, err)
		case strings.HasPrefix(name, "n_") && err == nil:
			t.Errorf("Flatten(%s) = nil, want an error", name)
		}
	}
	t.Logf("%d files", len(files))
}

func TestFlatten(t *testing.T) {
	tests := []struct {
		in   string
		want map[string]string
	}{
		{`{"a":1,"b":{"c":"x","d":[1, 2],"e":{}},"f":null,"g":true}`, map[string]string{"a": "1", "b.c": "x", "b.d": "[1, 2]", "b.e": "", "f": "", "g": "true"}},
		{`{"a":"\u4e2d\n\ud83d\ude00\ud800"}`, map[string]string{"a": "中\n😀\uFFFD"}},
		{`[1,"x"]`, map[string]string{"列1": "1", "列2": "x"}},
		{`5`, map[string]string{"value": "5"}},
		{`{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}`, map[string]string{"a.a.a.a.a.a.a.a": `{"a":1}`}},
	}
	for _, tt := range tests {
		got := map[string]string{}
		if err := Flatten([]byte(tt.in), 64, func(p string, v []byte) { got[p] = string(v) }); err != nil {
			t.Errorf("Flatten(%s) = %v", tt.in, err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("Flatten(%s) (-want +got):\n%s", tt.in, diff)
		}
	}
}

// FuzzFlatten holds Flatten to encoding/json: both take the same texts.
func FuzzFlatten(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":"\u00e9"}]}`, `[1e5,-0.1,true,null]`, `"x`, `{"a":1,}`, `01`, `{"table":"t","row":{"a":1}}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		err := Flatten([]byte(s), 1000, func(string, []byte) {})
		if got, want := err == nil, stdjson.Valid([]byte(s)); got != want && err != ErrDepth {
			t.Fatalf("Flatten(%q) = %v, encoding/json says %v", s, err, want)
		}
		Envelope([]byte(s))
		d := NewDecoder(strings.NewReader(s), 1<<16, 0)
		for range len(s) + 1 {
			if _, err := d.Peek(); err != nil {
				return
			}
			if v, err := d.Value(); err != nil || len(v) == 0 {
				return
			}
		}
		t.Fatalf("the values of %q do not end", s)
	})
}
