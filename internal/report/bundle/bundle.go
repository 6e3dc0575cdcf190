// Package bundle makes the report's files and the proof bundle, and verifies
// one without a database.
//
// Two facts surprise. A bundle's samples are not those of the server: every id
// and text is replaced by codes drawn for this bundle, and a claim whose figure
// would not come out the same on them is left to the server and said so. And
// the container has one form only, so that no byte of it can change unseen.
package bundle

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/internal/value/judge"
)

// Form is the version of the bundle's form.
const Form = 1

// How a claim is checked.
const (
	Offline = "offline" // by anybody, from the sample
	Server  = "server"  // on the server only
	Nothing = "nothing" // it has no result
)

// A Manifest lists the bundle.
type Manifest struct {
	Form    int            `json:"form"`
	Year    int            `json:"year"`
	Company string         `json:"company"`
	Made    time.Time      `json:"made"`
	Code    string         `json:"code"` // of the program that made it
	Full    bool           `json:"full"` // with original ids and the addresses of all rows
	Audit   AuditHead      `json:"audit"`
	Claims  []ManifestItem `json:"claims"`
	Files   []FileSum      `json:"files"`
}

// An AuditHead is the newest entry of the audit chain when the bundle was made.
type AuditHead struct {
	Seq  int64  `json:"seq"`
	Hash string `json:"hash"`
}

// A ManifestItem is one claim of the bundle.
type ManifestItem struct {
	ID     string   `json:"id"`
	Check  string   `json:"check" enum:"offline,server,nothing"`
	Why    string   `json:"why,omitempty"`
	WhyZH  string   `json:"why_zh,omitempty"`
	Files  []string `json:"files"`
	Figure string   `json:"figure,omitempty"` // as the report reads it, in Chinese
}

// A FileSum is one file's size and hashes.
type FileSum struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Packed string `json:"packed_sha256"` // of its deflated bytes in the container
}

// A Proof is a claim as the bundle carries it: claims/ID.json.
type Proof struct {
	Claim   claim.Claim      `json:"claim"`
	State   value.State      `json:"state"`
	Version int              `json:"version"`
	Hash    string           `json:"hash"`
	Seal    *value.Seal      `json:"seal,omitempty"`
	Signs   []ProofSign      `json:"signs"`
	Seed    uint64           `json:"seed"`
	Finding *claim.Finding   `json:"finding"`
	About   *claim.About     `json:"about,omitempty"` // of the sample in the bundle
	Sample  string           `json:"sample,omitempty"`
	Digests Digests          `json:"digests"`
	Shown   []report.Printed `json:"shown"` // its figures as the documents print them
}

// A ProofSign is a countersignature without the signer's name.
type ProofSign struct {
	Role string    `json:"role"`
	TS   time.Time `json:"ts"`
	Hash string    `json:"hash"`
}

// Digests tie a claim to what the server keeps.
type Digests struct {
	Result   string `json:"result"`
	Sample   string `json:"sample"`
	Evidence string `json:"evidence"`
}

// A Request says what to make.
type Request struct {
	report.Order
	Langs    []string          `json:"langs"`   // zh, en
	Formats  []string          `json:"formats"` // html, pdf, docx, pptx, xlsx
	Full     bool              `json:"full"`
	Template map[string][]byte `json:"-"` // by format: the company's file
}

// A Made is what was made.
type Made struct {
	Manifest Manifest `json:"manifest"`
	SHA256   string   `json:"manifest_sha256"`
	Bytes    int64    `json:"bytes"`
	Left     []Left   `json:"left_out,omitempty"` // formats that could not be made, and why
}

// A Left is a format that was left out.
type Left struct {
	Format string `json:"format"`
	Why    string `json:"why"`
	WhyZH  string `json:"why_zh"`
}

// Tell reports progress.
type Tell func(done, total int64, en, zh string)

// A builder collects members.
type builder struct {
	members []member
	sums    []FileSum
}

func (b *builder) put(name string, body []byte) error {
	m, err := squeeze(name, body)
	if err != nil {
		return err
	}
	b.members = append(b.members, m)
	b.sums = append(b.sums, FileSum{name, int64(len(body)), hexSum(body), hexSum(m.packed)})
	return nil
}

func (b *builder) putJSON(name string, v any) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("bundle: %s: %w", name, err)
	}
	return b.put(name, text.Bytes())
}

// Write makes every document and the proof, as one container.
func Write(ctx context.Context, db *store.DB, w io.Writer, r Request, now time.Time, tell Tell) (Made, error) {
	in, err := report.Gather(ctx, db, r.Order, now, func(done, total int64, en, zh string) { tell(done, 10, en, zh) })
	if err != nil {
		return Made{}, err
	}
	d := report.Build(in)
	b := &builder{}
	made := Made{Manifest: Manifest{Form: Form, Year: r.Year, Company: r.Company, Made: now.UTC().Truncate(time.Second), Code: value.Code, Full: r.Full}}
	tell(3, 10, "printing", "排版")
	if made.Left, err = b.documents(ctx, d, r, tell); err != nil {
		return made, err
	}
	tell(8, 10, "packing the proof", "打包证据")
	if made.Manifest.Claims, err = b.proofs(ctx, db, d, in.Ledger, r.Full); err != nil {
		return made, err
	}
	head, err := value.ExportHead(ctx, db)
	if err != nil {
		return made, err
	}
	made.Manifest.Audit = AuditHead{head.Audit, head.Hash}
	if err := b.putJSON("audit-head.json", head); err != nil {
		return made, err
	}
	if err := b.putJSON("totals.json", totals{in.Ledger.Total, in.Ledger.Overlap, in.Ledger.Bridge, in.Ledger.Counts}); err != nil {
		return made, err
	}
	if err := b.put("VERIFY.txt", []byte(howTo)); err != nil {
		return made, err
	}
	return made, b.finish(w, &made)
}

type totals struct {
	Total   value.Total         `json:"total"`
	Overlap []value.Overlap     `json:"overlap"`
	Bridge  []value.Bridge      `json:"bridge"`
	Counts  map[value.State]int `json:"counts"`
}

// finish writes the manifest, whose own hash stands beside it.
func (b *builder) finish(w io.Writer, made *Made) error {
	made.Manifest.Files = b.sums
	if err := b.putJSON("manifest.json", made.Manifest); err != nil {
		return err
	}
	made.SHA256 = b.sums[len(b.sums)-1].SHA256
	if err := b.put("manifest.sha256", []byte(made.SHA256+"  manifest.json\n")); err != nil {
		return err
	}
	c := &counter{w: w}
	if err := container(c, b.members); err != nil {
		return err
	}
	made.Bytes = c.n
	return nil
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

const howTo = `这是价值报告的核对包。This is the proof bundle of a value report.

  outfitter verify report.zip

不需要网络，也不需要数据库：用包里的样本把每条论断重算一遍，逐条说 PASS 或 FAIL。
样本里的编号是为这个包随机重编的，没有姓名和文字；不足 5 人的论断只能在服务器上核对。
No network and no database is needed: every claim is computed again from the
samples in this bundle, and each gets PASS or FAIL. The ids in the samples were
drawn at random for this bundle; there are no names and no texts. Claims about
groups under five verify on the server only.

reports/   文档 the documents
claims/    论断、定义、封存、指纹、结果 claims, definitions, seals, digests, results
samples/   样本 samples
manifest.json  清单与每个文件的 SHA-256 every file with its SHA-256
audit-head.json  审计链的末端 the head of the audit chain
`

// proofs puts each claim in, and its sample where it may be there.
func (b *builder) proofs(ctx context.Context, db *store.DB, d *report.Document, l value.Ledger, full bool) ([]ManifestItem, error) {
	items := []ManifestItem{}
	for _, row := range l.Rows {
		if row.State == value.Withdrawn {
			continue
		}
		item := ManifestItem{ID: row.ID, Check: Nothing, Files: []string{"claims/" + row.ID + ".json"}, Why: "it has not been run", WhyZH: "还没有运行"}
		p := Proof{Claim: row.Version.Claim, State: row.State, Version: row.Version.Number, Hash: row.Version.Hash, Signs: []ProofSign{}, Shown: d.Printed(row.ID)}
		p.Claim.Author = "" // staff are not named in a bundle
		if row.Version.Seal != nil {
			seal := *row.Version.Seal
			seal.Actor, p.Seal = "", &seal
		}
		for _, s := range row.Version.Signs {
			p.Signs = append(p.Signs, ProofSign{s.Role, s.TS, s.Hash})
		}
		if r := row.Result; r != nil {
			f := r.Finding
			p.Finding, p.Seed, p.Digests = &f, r.Seed, Digests{r.Digest, r.Sample, r.Evidence}
			s, why, err := offline(ctx, db, p.Claim, *r)
			if err != nil {
				return nil, err
			}
			item.Check, item.Why, item.WhyZH = Offline, "", ""
			if why != (claim.Text{}) {
				item.Check, item.Why, item.WhyZH = Server, why.EN, why.ZH
			} else {
				p.About, p.Sample = &s.About, "samples/"+row.ID+".csv"
				item.Files = append(item.Files, p.Sample)
				if err := b.put(p.Sample, s.CSV); err != nil {
					return nil, err
				}
			}
			if full {
				if err := b.original(ctx, db, *r); err != nil {
					return nil, err
				}
			}
		}
		if len(p.Shown) > 0 {
			item.Figure = p.Shown[0].Shown.ZH
		}
		if err := b.putJSON(item.Files[0], p); err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, nil
}

// offline is the redrawn sample, if the claim comes out the same on it; else
// why it verifies on the server only.
func offline(ctx context.Context, db *store.DB, c claim.Claim, r claim.Result) (claim.Sample, claim.Text, error) {
	if r.Finding.Small || tiny(r.Finding.Counts) {
		return claim.Sample{}, report.T("有不足 5 人的组，只在服务器上核对", "a group of fewer than five: it verifies on the server only"), nil
	}
	if r.Withdrawn {
		return claim.Sample{}, report.T("所用的行已回滚或删除，只在服务器上核对", "rows that went in were rolled back or erased: it verifies on the server only"), nil
	}
	s, err := value.SampleOf(db, r)
	if err != nil {
		if ctx.Err() != nil {
			return s, claim.Text{}, ctx.Err()
		}
		return s, report.T("样本已不在保险库里", "its sample is no longer in the vault"), nil
	}
	if s, err = Redraw(s); err != nil {
		return s, claim.Text{}, err
	}
	f, err := judge.Judge(ctx, c, s, r.Seed)
	if err != nil {
		if ctx.Err() != nil {
			return s, claim.Text{}, ctx.Err()
		}
		return s, report.T("换了编号算不出来，只在服务器上核对："+err.Error(), "it can't be computed on redrawn ids, so it verifies on the server only: "+err.Error()), nil
	}
	if diff := compare(r.Finding, f); len(diff) > 0 {
		return s, report.T("换了编号后「"+diff[0].Name+"」不完全一样，只在服务器上核对", "on redrawn ids "+diff[0].Name+" comes out a little different, so it verifies on the server only"), nil
	}
	return s, claim.Text{}, nil
}

// tiny reports a group of fewer than five on either side.
func tiny(c claim.Counts) bool {
	small := func(n int) bool { return n > 0 && n < 5 }
	return small(c.Units) || small(c.Treated) || small(c.Control)
}

// original adds what only a full bundle has: the sample as the server keeps it
// and the addresses of all rows behind it.
func (b *builder) original(ctx context.Context, db *store.DB, r claim.Result) error {
	s, err := value.SampleOf(db, r)
	if err != nil {
		return nil //nolint:nilerr // withdrawn: the manifest says so
	}
	if err := b.put("full/"+r.Claim+".sample.csv", s.CSV); err != nil {
		return err
	}
	rows, _, err := value.Rows(ctx, db, r, value.Cell{})
	if err != nil {
		return err
	}
	var text bytes.Buffer
	w := csv.NewWriter(&text)
	_ = w.Write([]string{"unit", "period", "role", "batch", "row"}) // errors come with Flush
	for _, x := range rows {
		_ = w.Write([]string{x.Unit, x.Period, x.Role, x.Batch, strconv.FormatInt(x.Row, 10)})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return fmt.Errorf("bundle: rows of %s: %w", r.Claim, err)
	}
	return b.put("full/"+r.Claim+".rows.csv", text.Bytes())
}

// A Compared is one figure, as stated and as computed again.
type Compared struct {
	Name     string       `json:"name"`
	Stated   claim.Number `json:"stated"`
	Computed claim.Number `json:"computed"`
	Same     bool         `json:"same"`
}

// slack is how far two computations of one figure may lie apart: other
// processors round the last digits in another way.
const slack = 1e-7

func near(a, b claim.Number) bool {
	if !a.OK() || !b.OK() {
		return a.OK() == b.OK()
	}
	d := math.Abs(float64(a - b))
	return d <= slack*math.Max(1e-9, math.Max(math.Abs(float64(a)), math.Abs(float64(b))))
}

// Figures compares every number of two findings.
func figures(a, b claim.Finding) (out []Compared) {
	add := func(name string, x, y claim.Number) { out = append(out, Compared{name, x, y, near(x, y)}) }
	for i := range max(len(a.Figures), len(b.Figures)) {
		x, y := claim.Figure{Value: claim.None, Lo: claim.None, Hi: claim.None, SE: claim.None, P: claim.None}, claim.Figure{Value: claim.None, Lo: claim.None, Hi: claim.None, SE: claim.None, P: claim.None}
		if i < len(a.Figures) {
			x = a.Figures[i]
		}
		if i < len(b.Figures) {
			y = b.Figures[i]
		}
		name := strings.TrimSpace(x.Method + " " + x.Name)
		if x.Name != y.Name || x.Method != y.Method {
			out = append(out, Compared{Name: name + " / " + y.Name, Stated: x.Value, Computed: y.Value})
			continue
		}
		add(name, x.Value, y.Value)
		add(name+" lo", x.Lo, y.Lo)
		add(name+" hi", x.Hi, y.Hi)
		add(name+" se", x.SE, y.SE)
		add(name+" p", x.P, y.P)
	}
	n := func(v int) claim.Number { return claim.Number(v) }
	for _, c := range []struct {
		name string
		x, y int
	}{{"rows", a.Counts.Rows, b.Counts.Rows}, {"units", a.Counts.Units, b.Counts.Units}, {"treated", a.Counts.Treated, b.Counts.Treated}, {"control", a.Counts.Control, b.Counts.Control}, {"exposed", a.Counts.Exposed, b.Counts.Exposed}, {"events", a.Counts.Events, b.Counts.Events}} {
		add(c.name, n(c.x), n(c.y))
	}
	if a.Worth != nil && b.Worth != nil {
		add("gross", a.Worth.Gross.Value, b.Worth.Gross.Value)
		add("net", a.Worth.Net.Value, b.Worth.Net.Value)
		add("net lo", a.Worth.Net.Lo, b.Worth.Net.Lo)
		add("net hi", a.Worth.Net.Hi, b.Worth.Net.Hi)
		add("cost", a.Worth.Cost, b.Worth.Cost)
	} else if (a.Worth == nil) != (b.Worth == nil) {
		out = append(out, Compared{Name: "worth", Stated: claim.None, Computed: claim.None})
	}
	for i := range min(len(a.Bars), len(b.Bars)) {
		add(a.Bars[i].Group+" "+a.Bars[i].When, a.Bars[i].Mean, b.Bars[i].Mean)
	}
	for i := range min(len(a.EventTimes), len(b.EventTimes)) {
		add(fmt.Sprintf("e=%d", a.EventTimes[i].E), a.EventTimes[i].Effect, b.EventTimes[i].Effect)
	}
	return out
}

// compare lists what differs between two findings; empty = they agree.
func compare(a, b claim.Finding) (diff []Compared) {
	for _, c := range figures(a, b) {
		if !c.Same {
			diff = append(diff, c)
		}
	}
	code := func(r *claim.Refusal) string {
		if r == nil {
			return ""
		}
		return r.Code
	}
	if a.Grade != b.Grade {
		diff = append(diff, Compared{Name: "grade " + string(a.Grade) + " / " + string(b.Grade), Stated: claim.None, Computed: claim.None})
	}
	if code(a.Refusal) != code(b.Refusal) {
		diff = append(diff, Compared{Name: "refusal " + code(a.Refusal) + " / " + code(b.Refusal), Stated: claim.None, Computed: claim.None})
	}
	if len(a.Bars) != len(b.Bars) || len(a.EventTimes) != len(b.EventTimes) {
		diff = append(diff, Compared{Name: "series", Stated: claim.None, Computed: claim.None})
	}
	return diff
}
