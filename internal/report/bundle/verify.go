package bundle

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/internal/value/judge"
)

// Bounds on a bundle from a stranger.
type Bounds struct {
	Members int
	Bytes   int64 // unpacked, in all
	Ratio   int64 // of one member above 16 MiB
}

// Default bounds.
var Default = Bounds{Members: 5000, Bytes: 2 << 30, Ratio: 200}

// What became of a claim.
const (
	Pass    = "PASS"
	Fail    = "FAIL"
	Skipped = "SERVER" // verifies on the server only
	NotRun  = "NONE"   // it has no result
)

// A Verdict is what verification found of one claim.
type Verdict struct {
	ID      string      `json:"id"`
	Title   claim.Text  `json:"title"`
	Status  string      `json:"status" enum:"PASS,FAIL,SERVER,NONE"`
	Why     claim.Text  `json:"why"`
	Grade   claim.Grade `json:"grade,omitempty"`
	Figures []Compared  `json:"figures"`
}

// A Checked is what verification found.
type Checked struct {
	OK       bool      `json:"ok"`
	Year     int       `json:"year"`
	Company  string    `json:"company"`
	Manifest string    `json:"manifest_sha256"` // as computed; compare it with the audit log's
	Audit    AuditHead `json:"audit"`
	Claims   []Verdict `json:"claims"`
	Problems []Problem `json:"problems"`
	Passed   int       `json:"passed"`
	Failed   int       `json:"failed"`
	Server   int       `json:"server"`
}

// A Problem is damage, with the claims that it touches.
type Problem struct {
	File   string     `json:"file"`
	Claims []string   `json:"claims,omitempty"`
	Text   claim.Text `json:"text"`
}

// unpacked is a bundle that was read.
type unpacked struct {
	members []member
	files   map[string][]byte
	bad     map[string]claim.Text // members that could not be read
}

func damaged(en, zh string) error {
	return fault.New(fault.ErrConflict, "bundle.damaged", "The bundle is damaged: "+en+". Get it again from whoever made it.", "核对包已损坏："+zh+"。请向制作者重新索取。")
}

// unpack reads a bundle within bounds. A member that is damaged is noted, not
// fatal: its claim is to be named.
func unpack(file io.ReaderAt, size int64, l Bounds) (*unpacked, error) {
	z, err := zip.NewReader(file, size)
	if err != nil {
		return nil, damaged("it is no ZIP file or was cut short", "不是 ZIP 文件，或被截断")
	}
	if len(z.File) > l.Members {
		return nil, damaged(fmt.Sprintf("it has %d members, more than %d", len(z.File), l.Members), fmt.Sprintf("成员 %d 个，超过 %d", len(z.File), l.Members))
	}
	u := &unpacked{files: map[string][]byte{}, bad: map[string]claim.Text{}}
	left := l.Bytes
	for _, e := range z.File {
		if e.UncompressedSize64 > uint64(left) || e.UncompressedSize64 > 16<<20 && e.UncompressedSize64 > e.CompressedSize64*uint64(l.Ratio) || e.CompressedSize64 > uint64(size) {
			return nil, damaged(fmt.Sprintf("%q unpacks to more than is allowed", e.Name), fmt.Sprintf("%q 解开后超过上限", e.Name))
		}
		m := member{name: e.Name, size: e.UncompressedSize64, crc: e.CRC32}
		raw, err := e.OpenRaw()
		if err == nil {
			m.packed, err = io.ReadAll(io.LimitReader(raw, int64(e.CompressedSize64)))
		}
		u.members = append(u.members, m)
		if err != nil || e.Method != zip.Deflate || uint64(len(m.packed)) != e.CompressedSize64 {
			u.bad[e.Name] = report.T("读不出来", "it can't be read")
			continue
		}
		body, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(m.packed)), int64(e.UncompressedSize64)+1))
		if err != nil || uint64(len(body)) != e.UncompressedSize64 || crc32.ChecksumIEEE(body) != e.CRC32 {
			u.bad[e.Name] = report.T("内容被改过或损坏", "its content was changed or is damaged")
			continue
		}
		left -= int64(len(body))
		if _, twice := u.files[e.Name]; twice {
			u.bad[e.Name] = report.T("出现了两次", "it is there twice")
			continue
		}
		u.files[e.Name] = body
	}
	return u, nil
}

// Verify checks a bundle without any database: every byte, then every figure.
// It fails only on what is no bundle at all; what it found stands in Checked.
func Verify(ctx context.Context, file io.ReaderAt, size int64, l Bounds, tell Tell) (Checked, error) {
	c := Checked{Claims: []Verdict{}, Problems: []Problem{}}
	u, err := unpack(file, size, l)
	if err != nil {
		return c, err
	}
	m, err := c.manifest(u)
	if err != nil {
		return c, err
	}
	c.Year, c.Company, c.Audit = m.Year, m.Company, m.Audit
	touched := c.files(u, m)
	if diff, err := same(file, size, u.members); err != nil {
		return c, err
	} else if diff >= 0 && len(c.Problems) == 0 {
		name := u.around(diff)
		ids := owners(m, name)
		c.problem(name, ids, report.T(fmt.Sprintf("容器在第 %d 个字节处被改过", diff), fmt.Sprintf("the container was changed at byte %d", diff)))
		for _, id := range ids {
			touched[id] = true
		}
	}
	for i, item := range m.Claims {
		tell(int64(i), int64(len(m.Claims)), "computing "+item.ID, "重算 "+item.ID)
		v, err := check(ctx, u, item, touched[item.ID])
		if err != nil {
			return c, err
		}
		switch v.Status {
		case Pass:
			c.Passed++
		case Fail:
			c.Failed++
		case Skipped:
			c.Server++
		}
		c.Claims = append(c.Claims, v)
	}
	c.sums(u)
	c.OK = c.Failed == 0 && len(c.Problems) == 0
	return c, nil
}

func (c *Checked) problem(file string, claims []string, text claim.Text) {
	c.Problems = append(c.Problems, Problem{file, claims, text})
}

// manifest reads the list; without one there is nothing to check against.
func (c *Checked) manifest(u *unpacked) (m Manifest, err error) {
	body, ok := u.files["manifest.json"]
	if !ok {
		return m, damaged("its manifest is missing or was changed", "清单缺失或被改过")
	}
	c.Manifest = hexSum(body)
	if err := json.Unmarshal(body, &m); err != nil {
		return m, damaged("its manifest can't be read", "清单读不出来")
	}
	if m.Form != Form {
		return m, fault.New(fault.ErrConflict, "bundle.form", fmt.Sprintf("The bundle has form %d, this program reads %d: verify it with the version that made it (%s).", m.Form, Form, m.Code), fmt.Sprintf("核对包格式是 %d，本程序只认 %d：请用制作它的版本（%s）核对。", m.Form, Form, m.Code))
	}
	if string(u.files["manifest.sha256"]) != c.Manifest+"  manifest.json\n" {
		c.problem("manifest.json", ids(m), report.T("清单和它的指纹对不上", "the manifest does not match its digest"))
	}
	return m, nil
}

func ids(m Manifest) (out []string) {
	for _, i := range m.Claims {
		out = append(out, i.ID)
	}
	return out
}

// owners are the claims that a file belongs to.
func owners(m Manifest, name string) (out []string) {
	for _, i := range m.Claims {
		if slices.Contains(i.Files, name) || strings.HasPrefix(name, "full/"+i.ID+".") {
			out = append(out, i.ID)
		}
	}
	return out
}

// around is the member whose bytes stand at or before an offset.
func (u *unpacked) around(at int64) string {
	var pos int64
	for _, m := range u.members {
		pos += 30 + int64(len(m.name)) + int64(len(m.packed))
		if at < pos {
			return m.name
		}
	}
	return "ZIP"
}

// files compares every file with the manifest and returns the claims that
// damage touches.
func (c *Checked) files(u *unpacked, m Manifest) map[string]bool {
	touched := map[string]bool{}
	add := func(name string, text claim.Text) {
		o := owners(m, name)
		for _, id := range o {
			touched[id] = true
		}
		c.problem(name, o, text)
	}
	listed := map[string]bool{"manifest.json": true, "manifest.sha256": true}
	packed := map[string]string{}
	for _, x := range u.members {
		packed[x.name] = hexSum(x.packed)
	}
	for _, f := range m.Files {
		listed[f.Name] = true
		body, ok := u.files[f.Name]
		switch {
		case u.bad[f.Name] != (claim.Text{}):
			add(f.Name, u.bad[f.Name])
		case !ok:
			add(f.Name, report.T("不见了", "it is missing"))
		case hexSum(body) != f.SHA256 || int64(len(body)) != f.Bytes:
			add(f.Name, report.T("和清单里的指纹对不上", "it does not match its digest in the manifest"))
		case packed[f.Name] != f.Packed:
			add(f.Name, report.T("压缩后的字节被改过", "its packed bytes were changed"))
		}
	}
	for _, x := range u.members {
		if !listed[x.name] {
			add(x.name, report.T("清单里没有它", "the manifest does not list it"))
		}
	}
	for _, i := range m.Claims {
		for _, f := range i.Files {
			if !listed[f] {
				touched[i.ID] = true
				c.problem(f, []string{i.ID}, report.T("清单没有登记这条论断的文件", "the manifest has no digest of this claim's file"))
			}
		}
	}
	return touched
}

// check computes one claim again.
func check(ctx context.Context, u *unpacked, item ManifestItem, touched bool) (Verdict, error) {
	v := Verdict{ID: item.ID, Status: Fail, Figures: []Compared{}}
	var p Proof
	body, ok := u.files["claims/"+item.ID+".json"]
	if !ok || json.Unmarshal(body, &p) != nil {
		v.Why = report.T("论断文件读不出来", "the claim's file can't be read")
		return v, nil
	}
	v.Title = p.Claim.Title
	if p.Finding != nil {
		v.Grade = p.Finding.Grade
	}
	if touched {
		v.Why = report.T("它的文件被改过", "its files were changed")
		return v, nil
	}
	if p.Claim.ID != item.ID {
		v.Why = report.T("文件里是另一条论断", "the file holds another claim")
		return v, nil
	}
	switch item.Check {
	case Nothing:
		if p.Finding == nil {
			v.Status = NotRun
			return v, nil
		}
	case Server:
		v.Status, v.Why = Skipped, report.T(item.WhyZH, item.Why)
		return v, nil
	}
	if p.Finding == nil || p.About == nil || p.Sample == "" {
		v.Why = report.T("缺少结果或样本", "its result or its sample is missing")
		return v, nil
	}
	f, err := judge.Judge(ctx, p.Claim, claim.Sample{CSV: u.files[p.Sample], About: *p.About}, p.Seed)
	if err != nil {
		if ctx.Err() != nil {
			return v, ctx.Err()
		}
		var fe *fault.Error
		v.Why = report.T("重算失败："+err.Error(), "it could not be computed: "+err.Error())
		if errors.As(err, &fe) {
			v.Why = report.T("重算失败："+fe.ZH, "it could not be computed: "+fe.EN)
		}
		return v, nil
	}
	v.Figures = figures(*p.Finding, f)
	if diff := compare(*p.Finding, f); len(diff) > 0 {
		v.Why = report.T(fmt.Sprintf("「%s」报告里是 %s，重算是 %s", diff[0].Name, text(diff[0].Stated), text(diff[0].Computed)), fmt.Sprintf("%s is stated as %s and comes out as %s", diff[0].Name, text(diff[0].Stated), text(diff[0].Computed)))
		return v, nil
	}
	if wrong := misprinted(p.Shown, f); wrong != "" {
		v.Why = report.T("文档里印的「"+wrong+"」不是算出来的数", "the document prints "+wrong+", which is not what was computed")
		return v, nil
	}
	v.Status = Pass
	return v, nil
}

func text(n claim.Number) string {
	if !n.OK() {
		return "–"
	}
	return fmt.Sprintf("%.6g", float64(n))
}

// misprinted is the first figure of the documents that no computed figure
// equals.
func misprinted(shown []report.Printed, f claim.Finding) string {
	var all []claim.Number
	for _, g := range f.Figures {
		all = append(all, g.Value)
	}
	for _, b := range f.Bars {
		all = append(all, b.Mean)
	}
	if f.Worth != nil {
		all = append(all, f.Worth.Net.Value, f.Worth.Gross.Value)
	}
	for _, s := range shown {
		if !slices.ContainsFunc(all, func(n claim.Number) bool { return near(n, s.Value) }) {
			return s.Shown.ZH
		}
	}
	return ""
}

// sums checks that the total's net is its gross less its cost.
func (c *Checked) sums(u *unpacked) {
	var t totals
	body, ok := u.files["totals.json"]
	if !ok || json.Unmarshal(body, &t) != nil || t.Total.Counted == 0 || !t.Total.Net.Value.OK() || !t.Total.Gross.Value.OK() || !t.Total.Cost.OK() {
		return
	}
	if net := float64(t.Total.Gross.Value - t.Total.Cost); math.Abs(net-float64(t.Total.Net.Value)) > 0.5+1e-6*math.Abs(net) {
		c.problem("totals.json", nil, report.T("净值不等于毛值减成本", "the net value is not gross less cost"))
	}
}
