package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/chanzipu/outfitter/internal/estimate"
	"github.com/chanzipu/outfitter/measure"
)

var updateEstimateDocs = flag.Bool("update-estimate-docs", false, "rewrite the examples in docs/estimate.md")

// inProcess runs the real command in process as "outfitter CODE args…": CODE is
// the exit code wanted. Files named in flags lie in the script's folder.
func inProcess(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: outfitter CODE args…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	args = args[1:]
	for i := 1; i < len(args); i++ {
		switch args[i-1] {
		case "--input", "--out", "--edges", "--truth", "--settings", "--model":
			args[i] = ts.MkAbs(args[i])
		}
	}
	code := Run(context.Background(), args, strings.NewReader(""), ts.Stdout(), ts.Stderr())
	if code != want {
		ts.Fatalf("outfitter %s: exit code = %d, want %d", strings.Join(args, " "), code, want)
	}
}

func TestEstimateScripts(t *testing.T) {
	t.Setenv("OUTFITTER_LANG", "en")
	testscript.Run(t, testscript.Params{Dir: "testdata/estimate", Cmds: map[string]func(*testscript.TestScript, bool, []string){"outfitter": inProcess}})
}

// command runs a command line in process and returns what it printed.
func command(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errw bytes.Buffer
	code = Run(t.Context(), args, strings.NewReader(""), &out, &errw)
	return out.String(), errw.String(), code
}

type wireResult struct {
	Method    string
	Estimates []measure.Estimate
	N         int
	Refusal   *struct {
		Reason string
		MDE    *float64
	}
	Diagnostics []struct {
		Code, Text string
		Values     map[string]*float64
	}
}

func estimateJSON(t *testing.T, args ...string) wireResult {
	t.Helper()
	out, errs, code := command(t, append(append([]string{"estimate"}, args...), "--json")...)
	if code != 0 {
		t.Fatalf("estimate %s: exit code %d: %s", strings.Join(args, " "), code, errs)
	}
	var r wireResult
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("estimate %s: %v in %s", strings.Join(args, " "), err, out)
	}
	return r
}

func (r wireResult) get(t *testing.T, name string) measure.Estimate {
	t.Helper()
	for _, e := range r.Estimates {
		if e.Name == name {
			return e
		}
	}
	t.Fatalf("%s: no estimate %q; refusal %v", r.Method, name, r.Refusal)
	return measure.Estimate{}
}

// reference is one published figure and how near the command must come.
type reference struct {
	estimate       string
	value, se      float64 // se 0: not checked
	tol, tolerance float64 // of the value; of the error (0: tol)
}

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s = %.10g, want %.10g ± %g", what, got, want, tol)
	}
}

// TestEstimateReferences runs the command on the published data sets; the
// figures and their sources are those of the tests of package measure.
func TestEstimateReferences(t *testing.T) {
	data := "../../../shared/data/measure"
	if _, err := os.Stat(data); err != nil {
		t.Skipf("reference data are absent: %v", err)
	}
	const women, men = "Womens E-Mail", "Mens E-Mail"
	hillstrom := "--input hillstrom/hillstrom.csv --treatment segment "
	mpdta := "--input mpdta/mpdta.csv --outcome lemp --unit countyreal --time year --first-treated first.treat "
	california := "--input prop99/california_prop99.csv --outcome PacksPerCapita --unit State --time Year --treated California --since 1989"
	pension := "--input pension401k/hdm_pension9915.csv --outcome net_tfa --treatment e401 --covariates age,age^2,inc,inc^2,educ,fsize,marr,twoearn,db,pira,hown"
	tests := []struct {
		args string
		want []reference
	}{
		{"diff " + hillstrom + "--outcome spend", []reference{{men + ": effect", .7698271559, .1452465602, 1e-9, 0}, {women + ": effect", .4244122159, .1303328585, 1e-9, 0}}},
		{"diff " + hillstrom + "--outcome visit --covariates history", []reference{{women + ": effect", .0450949424, .0032279809, 1e-9, 0}, {men + ": effect", .0764111475, .0033783605, 1e-9, 0}}},
		{"ratio " + hillstrom + "--outcome spend --denominator visit", []reference{{men + ": effect", 1.63551690, .98714052, 1e-8, 0}}},
		{"srm " + hillstrom, []reference{{"chi2", .20253125, 0, 1e-9, 0}}},
		{"diff --input nsw_dw/nsw_mixtape.csv --outcome re78 --treatment treat", []reference{{"effect", 1794.342382, 670.996544, 1e-6, 0}}},
		{"diff --input nsw_dw/nswdemo_lalonde722.csv --outcome re78 --treatment trt", []reference{{"effect", 886.303731, 488.204530, 1e-6, 0}}},
		{"did " + mpdta, []reference{{"ATT(2004,2004)", -.0105032, .0232510, 1e-6, 0}, {"ATT(2004,2007)", -.1008114, 0, 1e-6, 0}, {"simple", -.0399513, .0120340, 1e-6, 0},
			{"dynamic", -.0772398, .0199650, 1e-6, 0}, {"group", -.0310183, .0124461, 1e-6, 0}, {"calendar", -.0417004, .0159719, 1e-6, 0}}},
		{"did " + mpdta + "--covariates lpop", []reference{{"simple", -.0417518, .0115028, 1e-7, 0}, {"dynamic", -.0803539, .0189576, 1e-7, 0}}},
		{"did " + mpdta + "--covariates lpop --control not-yet", []reference{{"simple", -.0413516, .0114278, 1e-7, 0}, {"ATT(2004,2004)", -.0211831, .0216482, 1e-7, 0}}},
		{"did " + mpdta + "--draws 1000", []reference{{"simple", -.0399513, .0120340, 1e-6, .08 * .012034}}},
		{"sunab --input base_stagg/base_stagg.csv --outcome y --unit id --time year --first-treated year_treated --covariates x1", []reference{{"ATT", -1.133749, .205070, 1e-6, 0}, {"x1", .994678, .018378, 1e-6, 0}}},
		{"twfe --input base_did/base_did.csv --outcome y --unit id --time period --treatment treat --since 6 --covariates x1 --event-study",
			[]reference{{"event=0", .784452, 1.028388, 1e-6, 0}, {"event=4", 6.606229, 1.120494, 1e-6, 0}, {"x1", .973490, .045678, 1e-6, 0}}},
		{"twfe --input castle/castle.csv --outcome l_homicide --unit state --time year --treatment post", []reference{{"treatment", .0818116169306475, .0588742, 1e-10, 1e-7}}},
		{"twfe " + mpdta, []reference{{"treatment", -.036548936674, .0132652, 1e-10, 1e-5}}},
		{"qte --input lalonde_qte/lalonde_psid2675.csv --outcome re78 --treatment treat --covariates age,education,black,hispanic,married,nodegree --tau 0.1,0.2,0.5,0.8,0.9 --draws 100",
			[]reference{{"tau=0.1", 0, 0, .01, 0}, {"tau=0.2", -7447.74, 0, .01, 0}, {"tau=0.5", -13397.72, 0, .01, 0}, {"tau=0.8", -18614.16, 0, .01, 0}, {"tau=0.9", -25253.39, 0, .01, 0}, {"ate", -13115.59, 0, .01, 0}}},
		{"qte --input lalonde_qte/lalonde_exp445.csv --outcome re78 --treatment treat --tau 0.5,0.9", []reference{{"tau=0.5", 1123.55, 0, .01, 0}, {"tau=0.9", 3239.60, 0, .01, 0}}},
		{"fe --input nlswork/nlswork.csv --outcome ln_wage --covariates grade,age,age^2,ttl_exp,ttl_exp^2,tenure,tenure^2,factor(race),not_smsa,south --fe idcode",
			[]reference{{"age", .0359987, .0033864, 1e-7, 0}, {"tenure", .0357539, .0018487, 1e-7, 0}, {"tenure^2", -.0019701, .000125, 1e-7, 0}, {"south", -.0606309, .0109319, 1e-7, 0}}},
		{"fe --input nlswork/nlswork.csv --outcome ln_wage --covariates ttl_exp,tenure --fe idcode,year --cluster idcode --drop-singletons", []reference{{"ttl_exp", .03263601, .00243882, 1e-8, 0}}},
		{"fe --input grunfeld/Grunfeld.csv --outcome inv --covariates value,capital --fe firm,year", []reference{{"value", .117716, .013751, 1e-6, 0}, {"capital", .357916, .022719, 1e-6, 0}}},
		{"fe " + hillstrom + "--outcome spend", []reference{{"segment=" + men, .7698271559, 0, 1e-9, 0}, {"segment=" + women, .4244122159, 0, 1e-9, 0}}},
		{"akm --input akm_kss_test/test.csv --outcome 4 --fe 1,2", []reference{{"plug-in var(platform)", .01982141, 0, 1e-6, 0}, {"var(platform)", .01028877, 0, 1e-6, 0},
			{"cov(person,platform)", .00462931, 0, 1e-6, 0}, {"var(person)", .08520404, 0, 1e-6, 0}}},
		{"synth " + california, []reference{{"ATT", -19.51363, 0, 1e-4, 0}}},
		{"sdid " + california, []reference{{"ATT", -15.60383, 9.87941, .005, .2 * 9.87941}}},
		{"impact --input causalimpact/comparison_data.csv --outcome CHANGED --covariates NOT_CHANGED_1,NOT_CHANGED_2,NOT_CHANGED_3 --time DATE --since 2019-07-15", []reference{{"cumulative", -11831, 13253, .25 * 13253, .25 * 13253}}},
		{"impact --input causalimpact/volks_data.csv --outcome VolksWagen --covariates BMW,Allianz --time Date --since 2015-09-20", []reference{{"cumulative", -3496, 438.5, .25 * 438.5, .25 * 438.5}}},
		{"aipw " + pension, []reference{{"ate", 8568.768198, 1280.597007, 1e-6, 0}, {"raw", 19559.34, 0, .005, 0}}},
		{"aipw " + pension + " --folds 2", []reference{{"ate", 7980.533715, 1408.284481, 1e-6, 0}}},
		{"sensitivity --input darfur/darfur.csv --outcome peacefactor --treatment directlyharmed --covariates age,farmer_dar,herder_dar,pastvoted,hhsize_darfur,female,village --benchmark female",
			[]reference{{"effect", .09731582, .02325654, 1e-8, 0}, {"rv", .1387763539, 0, 1e-9, 0}, {"rv alpha", .0762579655, 0, 1e-9, 0}, {"bound 3x", .0304, .0187, 5e-5, 0}}},
		{"evalue --rr 10.73 --lo 8.02 --hi 14.36", []reference{{"evalue", 20.94777, 0, 1e-5, 0}, {"evalue limit", 15.52336, 0, 1e-5, 0}}},
		{"evalue --rr 3.9 --lo 1.8", []reference{{"evalue", 7.26, 0, 5e-3, 0}, {"evalue limit", 3, 0, 5e-3, 0}}},
		{"rmst --input lung/lung.csv --duration time --event status --treatment sex --tau 965", []reference{{"difference", 131.8557, 39.75870, 5e-5, 0}}},
		{"markov --input attribution_pathdata/PathData.csv", []reference{{"alpha", 5344.9477, 0, 5e-5, 0}, {"iota", 3884.6147, 0, 5e-5, 0}, {"eta", 3340.8474, 0, 5e-5, 0}}},
		{"shapley --input attribution_pathdata/PathData.csv --path path --conversions total_conversions", []reference{{"alpha", 7627.9440, 0, 5e-5, 0}}},
	}
	run := func(args []string, want []reference) {
		t.Helper()
		for i := 1; i < len(args); i++ {
			if args[i-1] == "--input" {
				args[i] = filepath.Join(data, args[i])
			}
		}
		r := estimateJSON(t, args...)
		for _, w := range want {
			e := r.get(t, w.estimate)
			what := strings.Join(args, " ") + ": " + w.estimate
			near(t, what, e.Value, w.value, w.tol)
			if w.se > 0 {
				near(t, what+" se", e.SE, w.se, max(w.tol*float64(b2i(w.tolerance == 0)), w.tolerance))
			}
		}
	}
	for _, tt := range tests {
		run(strings.Fields(tt.args), tt.want)
	}
	// arms whose names hold blanks
	arm := append(strings.Fields("qini "+hillstrom+"--outcome visit --score womens"), "--treated-arm", women)
	run(arm, []reference{{"qini", .0640155085, 0, 1e-9, 0}, {"auuc", .0294311611, 0, 1e-9, 0}, {"uplift-all", .0452331066, .0032344621, 1e-9, 1e-6}})
	arm = append(strings.Fields("qini "+hillstrom+"--outcome visit --score=-recency"), "--treated-arm", women, "--control-arm", "No E-Mail")
	run(arm, []reference{{"qini", -.0045197693, 0, 1e-9, 0}})
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// TestEstimateSummaries rebuilds rows from published sums: growthbook's tests
// of shares, and arXiv 2103.06476 for the sequential interval.
func TestEstimateSummaries(t *testing.T) {
	var f struct {
		Sequential []struct {
			AProp    *struct{ Sum, N float64 } `json:"a_prop"`
			BProp    *struct{ Sum, N float64 } `json:"b_prop"`
			Tuning   float64
			Relative struct {
				Est float64
				CI  []float64
			}
		}
	}
	text, err := os.ReadFile("../../../shared/data/measure/ab_fixtures/cases.json")
	if err != nil {
		t.Skipf("reference data are absent: %v", err)
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, c := range f.Sequential {
		if c.AProp == nil {
			continue
		}
		var b strings.Builder
		b.WriteString("arm,hit\n")
		for arm, p := range []struct{ Sum, N float64 }{*c.AProp, *c.BProp} {
			for i := range int(p.N) {
				fmt.Fprintf(&b, "%d,%d\n", arm, b2i(i < int(p.Sum)))
			}
		}
		path := filepath.Join(t.TempDir(), "shares.csv")
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		e := estimateJSON(t, "sequential", "--input", path, "--outcome", "hit", "--treatment", "arm", "--tuning", fmt.Sprint(c.Tuning)).get(t, "lift")
		near(t, "lift", e.Value, c.Relative.Est, 1e-5)
		// growthbook takes p(1−p) as a share's variance, rows give the sample's (divisor n−1)
		near(t, "lift lo", e.Lo, c.Relative.CI[0], 2e-5)
		near(t, "lift hi", e.Hi, c.Relative.CI[1], 2e-5)
		checked++
	}
	if checked == 0 {
		t.Error("no case of shares was found")
	}
}

// TestEstimateTruths holds the examples' known effects within their intervals.
func TestEstimateTruths(t *testing.T) {
	t.Chdir(t.TempDir())
	tests := []struct {
		method, estimate string
		truth            float64
	}{
		{"did", "group", 4.5}, {"sunab", "event=0", 3}, {"sdid", "ATT", 4.75}, {"aipw", "ate", 5}, {"its", "ratio", .75}, {"sensitivity", "effect", 5},
	}
	for _, tt := range tests {
		e := runExample(t, tt.method).get(t, tt.estimate)
		if !(e.Lo <= tt.truth && tt.truth <= e.Hi) {
			t.Errorf("%s %s = %v (%v to %v), truth %v", tt.method, tt.estimate, e.Value, e.Lo, e.Hi, tt.truth)
		}
	}
}

// runExample runs the two lines of a method's help.
func runExample(t *testing.T, method string) wireResult {
	t.Helper()
	m, ok := estimate.Find(method)
	if !ok {
		t.Fatalf("no method %q", method)
	}
	text, errs, code := command(t, "estimate", method, "--example")
	if code != 0 {
		t.Fatalf("estimate %s --example: %d %s", method, code, errs)
	}
	if err := os.WriteFile(m.File, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return estimateJSON(t, append([]string{method}, strings.Fields(m.Args)...)...)
}

// TestEstimateDocs runs every example that docs/estimate.md prints.
func TestEstimateDocs(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skipf("the last printed digits are amd64's; this is %s", runtime.GOARCH)
	}
	t.Setenv("OUTFITTER_LANG", "en")
	path, err := filepath.Abs("../../docs/estimate.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	const marker = "<!-- The rest is written by: go test ./internal/cli -run TestEstimateDocs -update-estimate-docs -->\n"
	doc, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, got, ok := strings.Cut(string(doc), marker)
	if !ok {
		t.Fatalf("docs/estimate.md lacks the line %q", marker)
	}
	var b strings.Builder
	for _, m := range estimate.Methods() {
		runExample(t, m.Name)
		out, _, _ := command(t, append([]string{"estimate", m.Name}, strings.Fields(m.Args)...)...)
		lines := strings.Split(strings.TrimRight(out, "\n"), "\n")
		if len(lines) > 14 {
			lines = append(lines[:12], "…")
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s. %s\n\n%s。%s\n\n```sh\noutfitter estimate %s --example > %s\n%s\n```\n\n```text\n%s\n```\n",
			m.Name, m.Short.EN, m.Long.EN, m.Short.ZH, m.Long.ZH, m.Name, m.File, m.Example(), strings.Join(lines, "\n"))
	}
	if *updateEstimateDocs {
		if err := os.WriteFile(path, []byte(head+marker+b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(b.String(), got); diff != "" {
		t.Errorf("docs/estimate.md (-run +printed):\n%s", diff)
	}
}

// TestEstimateChinese: the reader's language reaches sentences and errors.
func TestEstimateChinese(t *testing.T) {
	t.Setenv("OUTFITTER_LANG", "zh")
	t.Chdir(t.TempDir())
	runExample(t, "srm")
	out, _, _ := command(t, "estimate", "power", "--baseline", "0.1", "--effect", "0.01")
	if !strings.Contains(out, "名称") || !strings.Contains(out, "说明") {
		t.Errorf("power in Chinese printed %q", out)
	}
	_, errs, code := command(t, "estimate", "diff", "--input", "mail.csv", "--outcome", "visits", "--treatment", "arm")
	if code != 2 || !strings.Contains(errs, "没有列“visits”") || !strings.Contains(errs, "visit") {
		t.Errorf("missing column in Chinese: code %d, %q", code, errs)
	}
}
