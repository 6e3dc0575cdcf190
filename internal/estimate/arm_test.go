package estimate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func frameOf(t *testing.T, text string, columns ...string) *frame {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := open(&Request{Input: path, Covariates: columns})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestControlArm(t *testing.T) {
	tests := []struct {
		name, cells string
		control     string
		guessed     bool
		fails       bool
	}{
		{"numbers", "0\n1\n", "0", false, false},
		{"codes from one", "2\n1\n", "1", false, false},
		{"named control", "treatment\ncontrol\n", "control", false, false},
		{"nothing sent", "Mens E-Mail\nWomens E-Mail\nNo E-Mail\n", "No E-Mail", false, false},
		{"Chinese", "对照组\n新话术\n", "对照组", false, false},
		{"letters", "B\nA\n", "A", true, false},
		{"yes and no", "是\n否\n", "否", false, false},
		{"three letters", "A\nB\nC\n", "", false, true},
		{"treated alone", "1\n1\n", "", false, false},
		{"control alone", "0\n0\n", "0", false, false},
		{"north is no control", "north\nsouth\n", "north", true, false},
	}
	for _, tt := range tests {
		f := frameOf(t, "arm\n"+tt.cells, "arm")
		a := f.treatment(&Request{Treatment: "arm"})
		if (f.err != nil) != tt.fails || a.control != tt.control || a.guessed != tt.guessed {
			t.Errorf("%s: control = %q, guessed %v, error %v, want %q, %v, %v", tt.name, a.control, a.guessed, f.err, tt.control, tt.guessed, tt.fails)
		}
	}
}

func TestTerms(t *testing.T) {
	f := frameOf(t, "a,b,kind\n1,2,x\n2,,y\n3,4,z\n4,5,x\n", "a", "b", "kind")
	x := f.terms("covariates", []string{"a", "a^2", "log(b)", "a:b", "-a", "kind", "factor(a)"})
	if err := f.complete(nil); err != nil {
		t.Fatal(err)
	}
	got := map[string][]float64{}
	for _, c := range x.columns() {
		got[c.Name] = c.Values
	}
	want := map[string][]float64{
		"a": {1, 3, 4}, "a^2": {1, 9, 16}, "log(b)": {0.6931471805599453, 1.3862943611198906, 1.6094379124341003}, "a:b": {2, 12, 20}, "-a": {-1, -3, -4},
		"kind=z": {0, 1, 0}, "a=3": {0, 1, 0}, "a=4": {0, 0, 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("terms (-want +got):\n%s", diff)
	}
	if f.absent["covariates"] != 1 {
		t.Errorf("missing = %v, want one row", f.absent)
	}
	f = frameOf(t, "a\n1\n-1\n", "a")
	f.terms("covariates", []string{"log(a)"})
	if f.err == nil {
		t.Error("log of a negative number passes, want an error")
	}
}
