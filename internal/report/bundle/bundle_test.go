package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/internal/value/judge"
)

// made is a claim with its sample: 60 people by lot, the treated ten better.
func made(id string, n int) (claim.Claim, claim.Sample) {
	c := claim.Claim{ID: id, Title: report.T("试验 "+id, "trial "+id), Question: report.T("变了吗？", "Did it change?"), Face: claim.Hours, Unit: claim.Object,
		Window: claim.Window{Since: "2026-01-01", Until: "2026-12-01"}, Population: claim.Population{Entry: &claim.Entry{Verbs: []string{"task.started"}}},
		Outcome:  claim.Outcome{Verbs: []string{"task.ended"}, Measure: claim.Value, Column: "quantity", Unit: report.T("分钟", "minutes"), Lower: true},
		Exposure: claim.Exposure{Kind: claim.Attribute, Design: claim.RandomCases, Attr: "withheld"}, Estimator: claim.Estimator{Method: "diff"}}
	r := rand.New(rand.NewPCG(7, uint64(n)))
	var b strings.Builder
	b.WriteString("unit,day,treated,outcome\n")
	for i := range n {
		t := i % 2
		fmt.Fprintf(&b, "王小明-%03d,2026-03-%02d,%d,%.3f\n", i, i/2%28+1, t, 60-10*float64(t)+8*r.NormFloat64())
	}
	return c, claim.Sample{CSV: []byte(b.String()), About: claim.About{LoadedUntil: "2026-12-01", Events: 2 * n, PerUnit: claim.None, PerUnitSE: claim.None, Cost: claim.None}}
}

// packed is a bundle of some claims.
func packed(t *testing.T, ids ...string) []byte {
	t.Helper()
	b := &builder{}
	m := Made{Manifest: Manifest{Form: Form, Year: 2026, Company: "演示", Made: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), Code: "test", Audit: AuditHead{41, "9f2c"}}}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(b.put("reports/report.zh.html", []byte("<!doctype html><p>报告</p>")))
	for i, id := range ids {
		c, s := made(id, 60+i)
		s, err := Redraw(s)
		must(err)
		f, err := judge.Judge(t.Context(), c, s, 7)
		must(err)
		if len(f.Figures) == 0 {
			t.Fatalf("the made claim has no figure: %+v", f.Refusal)
		}
		p := Proof{Claim: c, State: "run", Version: 1, Seed: 7, Finding: &f, About: &s.About, Sample: "samples/" + id + ".csv", Shown: []report.Printed{{Value: f.Figures[0].Value, Shown: report.Same("x")}}}
		must(b.put(p.Sample, s.CSV))
		must(b.putJSON("claims/"+id+".json", p))
		m.Manifest.Claims = append(m.Manifest.Claims, ManifestItem{ID: id, Check: Offline, Files: []string{"claims/" + id + ".json", p.Sample}})
	}
	var out bytes.Buffer
	must(b.finish(&out, &m))
	return out.Bytes()
}

func quiet(int64, int64, string, string) {}

func verify(ctx context.Context, file []byte) (Checked, error) {
	return Verify(ctx, bytes.NewReader(file), int64(len(file)), Default, quiet)
}

func TestWholeBundlePasses(t *testing.T) {
	got, err := verify(t.Context(), packed(t, "one", "two"))
	if err != nil || !got.OK || got.Passed != 2 {
		t.Fatalf("Verify(untouched) = %+v, %v, want two passes", got, err)
	}
	for _, f := range got.Claims[0].Figures {
		if !f.Same {
			t.Errorf("%s: stated %v, computed %v", f.Name, f.Stated, f.Computed)
		}
	}
}

// TestAnyByteFails flips bytes over the whole file: none may pass, and none
// may end in a crash. A byte of a claim's own file names that claim.
func TestAnyByteFails(t *testing.T) {
	file := packed(t, "one", "two")
	step := 7
	if testing.Short() {
		step = 41
	}
	named := 0
	for at := 0; at < len(file); at += step {
		changed := bytes.Clone(file)
		changed[at] ^= 1 << (at % 8)
		got, err := verify(t.Context(), changed)
		if err == nil && got.OK {
			t.Fatalf("byte %d of %d was changed and the bundle passes", at, len(file))
		}
		if err == nil && got.Failed > 0 {
			named++
		}
	}
	if named == 0 {
		t.Error("no change was ever laid to a claim")
	}
}

// rewrite packs the bundle again with one file changed and all digests made
// anew, as somebody would who wants another figure.
func rewrite(t *testing.T, file []byte, change func(name string, body []byte) []byte) []byte {
	t.Helper()
	u, err := unpack(bytes.NewReader(file), int64(len(file)), Default)
	if err != nil {
		t.Fatal(err)
	}
	b, m := &builder{}, Made{}
	var c Checked
	if m.Manifest, err = c.manifest(u); err != nil {
		t.Fatal(err)
	}
	for _, x := range u.members {
		if x.name != "manifest.json" && x.name != "manifest.sha256" {
			if err := b.put(x.name, change(x.name, u.files[x.name])); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := b.finish(&out, &m); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestForgedFigureFails(t *testing.T) {
	file := packed(t, "one", "two")
	tests := []struct {
		name   string
		change func(string, []byte) []byte
	}{
		{"another figure in the claim", func(n string, b []byte) []byte {
			if n == "claims/two.json" {
				return []byte(strings.Replace(string(b), `"value": -`, `"value": -1`, 1))
			}
			return b
		}},
		{"another outcome in the sample", func(n string, b []byte) []byte {
			if n == "samples/two.csv" {
				lines, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				lines[3][len(lines[3])-1] = "1"
				var out bytes.Buffer
				if err := csv.NewWriter(&out).WriteAll(lines); err != nil {
					t.Fatal(err)
				}
				return out.Bytes()
			}
			return b
		}},
		{"another figure in the document", func(n string, b []byte) []byte {
			if n == "claims/two.json" {
				i := bytes.LastIndex(b, []byte(`"value": `))
				return append(append(bytes.Clone(b[:i+9]), '9'), b[i+9:]...)
			}
			return b
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := verify(t.Context(), rewrite(t, file, tt.change))
			if err != nil {
				t.Fatal(err)
			}
			if got.OK || got.Claims[1].Status != Fail || got.Claims[0].Status != Pass {
				t.Errorf("Verify = %s and %s, want PASS and FAIL: %+v", got.Claims[0].Status, got.Claims[1].Status, got.Claims[1].Why)
			}
			if len(got.Problems) > 0 {
				t.Errorf("the digests were made anew, yet %+v", got.Problems)
			}
		})
	}
}

func TestRedrawLeavesNoNames(t *testing.T) {
	c, s := made("one", 60)
	a, err := Redraw(s)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Redraw(s)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(a.CSV), "王小明") {
		t.Error("a name is left in the sample")
	}
	if bytes.Equal(a.CSV, b.CSV) {
		t.Error("two bundles carry the same ids")
	}
	want, err := judge.Judge(t.Context(), c, s, 7)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []claim.Sample{a, b} {
		got, err := judge.Judge(t.Context(), c, x, 7)
		if err != nil {
			t.Fatal(err)
		}
		if diff := compare(want, got); len(diff) > 0 {
			t.Errorf("redrawn ids change the result: %+v", diff)
		}
	}
}

func TestHostileBundles(t *testing.T) {
	bomb := func(names ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, n := range names {
			w, err := z.Create(n)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(bytes.Repeat([]byte{0}, 32<<20)); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, file := range map[string][]byte{"empty": nil, "text": []byte("no zip"), "ratio": bomb("manifest.json"), "no manifest": packed(t)[:40]} {
		if got, err := verify(t.Context(), file); err == nil {
			t.Errorf("%s: Verify = %+v, want a refusal", name, got)
		}
	}
	many := Default
	many.Members = 1
	file := packed(t, "one")
	if _, err := Verify(t.Context(), bytes.NewReader(file), int64(len(file)), many, quiet); err == nil {
		t.Error("more members than allowed were read")
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte("PK\x05\x06"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, file []byte) {
		if got, err := verify(t.Context(), file); err == nil && got.OK && got.Passed > 0 {
			t.Errorf("bytes from nowhere verify: %+v", got)
		}
	})
}
