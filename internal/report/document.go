// Package report turns the value ledger and the facts into the year-end
// report: one neutral Document, which the packages below print as HTML, PDF,
// DOCX, PPTX and XLSX.
//
// Two facts that surprise. The document holds every sentence in both
// languages and no layout; a printer picks one language and decides where
// things stand. And a figure has a claim or is a count of grade D: there is no
// third kind, so every number on a page leads to a definition and to rows.
//
// Owns report_report, the list of reports that were made.
package report

import (
	"time"

	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/measure"
)

// A Text is one sentence in both languages.
type Text = measure.Text

// T makes a Text.
func T(zh, en string) Text { return Text{ZH: zh, EN: en} }

// Same is a text that reads alike in both languages: a name, a number.
func Same(s string) Text { return Text{ZH: s, EN: s} }

// In is the text in one language.
func In(t Text, lang string) string {
	if lang == "en" {
		return t.EN
	}
	return t.ZH
}

// A Document is a whole report.
type Document struct {
	Year     int
	Company  string
	Title    Text
	Subtitle Text
	Author   string
	Made     time.Time
	Span     Text   // what period its data covers
	Head     string // of the audit chain when it was made
	BaseURL  string // of the server whose pages figures lead to; empty = none known
	Chapters []Chapter
}

// A Kind says what a chapter is for, so that printers may set it apart.
type Kind string

// The kinds of chapter, in the order in which a report has them.
const (
	Opening   Kind = "opening"   // the assumptions that hide a middle office
	Boss      Kind = "boss"      // one page: sections 0 to 3 are left, middle, right and below
	Face      Kind = "face"      // one face of the value
	Method    Kind = "method"    // how the figures were made
	Questions Kind = "questions" // what will be asked
	Evidence  Kind = "evidence"  // every claim: definition, rows, files
)

// A Chapter begins on a page of its own.
type Chapter struct {
	ID       string
	Kind     Kind
	Title    Text
	Lead     Text // the message, in a sentence or two
	Sections []Section
}

// A Section is a part of a chapter. ID may be empty.
type Section struct {
	ID     string
	Title  Text
	Sub    bool // under the section before it
	Blocks []Block
}

// A Block is one of the types below.
type Block interface{ block() }

// A Grade says how strong the evidence is; empty = no conclusion.
type Grade string

// The grades.
const (
	A Grade = "A" // randomised
	B Grade = "B" // quasi-experiment
	C Grade = "C" // adjusted comparison
	D Grade = "D" // volume or self-report
)

// Grades say what each letter means.
var Grades = []struct {
	Grade       Grade
	Name, Means Text
}{
	{A, T("随机试验", "Randomised"), T("谁先用由抽签决定，差别只能来自它本身。", "A lot decided who had it, so nothing else explains the difference.")},
	{B, T("准实验", "Quasi-experiment"), T("分批上线，拿先用的和还没用的比。", "It came to some earlier than to others, who serve as the comparison.")},
	{C, T("调整后的比较", "Adjusted comparison"), T("不是随机的，已扣除已知的差别，未知的扣不掉。", "Not by lot: known differences are taken out, unknown ones can't be.")},
	{D, T("做了多少", "Volume"), T("只说做了什么、用了多少次，不说带来了什么。", "Says what was done and how often it was used, not what came of it.")},
}

// Means is what the letter means, in a few words.
func (g Grade) Means() Text {
	for _, x := range Grades {
		if x.Grade == g {
			return x.Name
		}
	}
	return T("暂不下结论", "no conclusion")
}

// ActionWord is a kind of action in words.
func ActionWord(kind string) Text {
	switch kind {
	case "fund":
		return T("加码", "Fund")
	case "fix":
		return T("改进", "Fix")
	case "stop":
		return T("停掉", "Stop")
	}
	return T("验证", "Test")
}

// A Para is a paragraph. Detail is the statistics behind it, one click away.
type Para struct {
	Text   Text
	Strong bool // the sentence that a hurried reader must see
	Detail Text
	Claims []string
}

// A List is a list of short sentences.
type List struct {
	Items    []Item
	Numbered bool
}

// An Item of a list, with the claims that it stands on.
type Item struct {
	Text   Text
	Claims []string
}

// Figures are numbers beside one another.
type Figures struct{ Items []Figure }

// A Figure is one number.
type Figure struct {
	Label  Text
	Value  float64
	Lo, Hi float64 // the interval; both NaN = none
	Unit   Unit
	Shown  Text // the value as it is read
	Range  Text // the interval as it is read; empty = none
	Grade  Grade
	Claim  string // empty = a count
	Note   Text   // n, dates
	Detail Text   // the statistics
}

// A Table is a table; its ID names the sheet that holds it.
type Table struct {
	ID      string
	Title   Text
	Columns []Column
	Rows    [][]Cell
	Note    Text
}

// A Column of a table.
type Column struct {
	Title Text
	Right bool // numbers
	Wide  bool // sentences
}

// A Cell is a text or a number; a number is shown as Text and kept as Number.
type Cell struct {
	Text   Text
	Number *float64
	Claim  string
	Grade  Grade
	Href   string // a path on the server, or a file of the bundle
}

// A Story is one named afternoon.
type Story struct {
	Title  Text
	Text   Text
	Before Text // "3 小时"
	After  Text // "20 分钟"
	Rows   []Row
	Claim  string
}

// A Row is the address of an original row.
type Row struct {
	Batch string
	Row   int64
	File  string
	Line  int64
	Says  Text // what it says, without personal numbers
}

// Actions are what to do next.
type Actions struct{ Items []Action }

// An Action is one recommendation.
type Action struct {
	Kind  string // fund, fix, stop, test
	Title Text
	Why   Text
	Claim string
}

// A Callout is a framed remark.
type Callout struct {
	Title Text
	Text  Text
	Tone  string // warn, plain
}

// An Answer answers a question in two sentences.
type Answer struct {
	Question Text
	Text     Text
	Claims   []string
	Proof    Text // where the evidence is
}

// A Record is one claim's evidence: what was asked, and where it can be checked.
type Record struct {
	Claim  string
	Title  Text
	Grade  Grade
	Result Text
	Fields []Field
	Rows   []Row
	Chart  *Chart
}

// A Field is a name and what stands there.
type Field struct {
	Name Text
	Text Text
	Mono bool
	Href string
}

func (Para) block()    {}
func (List) block()    {}
func (Figures) block() {}
func (Table) block()   {}
func (Chart) block()   {}
func (Story) block()   {}
func (Actions) block() {}
func (Callout) block() {}
func (Answer) block()  {}
func (Record) block()  {}

// A ChartKind is one of the pictures that people understand.
type ChartKind string

// The kinds of chart, and which series they have.
const (
	Intervals ChartKind = "intervals" // one series with Lo and Hi: a dot and its interval per label
	Before    ChartKind = "before"    // two labels, one series: before and after
	Counter   ChartKind = "counter"   // series 0 observed, series 1 what would have been; Mark = when it came
	Quantiles ChartKind = "quantiles" // one series with a band, over the quantiles
	Pretrend  ChartKind = "pretrend"  // one series with intervals, over periods from the launch; Mark = the launch
	Waterfall ChartKind = "waterfall" // one series of steps; the last label is the total, with Mark 0 the first one too
	Bars      ChartKind = "bars"      // any series, side by side
)

// A Chart is a picture as data.
type Chart struct {
	ID     string
	Kind   ChartKind
	Title  Text
	Says   Text // what it shows, for who can't see it
	Unit   Unit
	Labels []Text
	Series []Series
	Mark   int // index into Labels; -1 = none
	Grade  Grade
	Claim  string
	Note   Text
}

// A Series has a value per label; NaN = none. Lo and Hi may be nil.
type Series struct {
	Name   Text
	Values []float64
	Lo, Hi []float64
}

// Walk calls f with every block, in order.
func (d *Document) Walk(f func(Chapter, Section, Block)) {
	for _, c := range d.Chapters {
		for _, s := range c.Sections {
			for _, b := range s.Blocks {
				f(c, s, b)
			}
		}
	}
}

// A Printed is a claim's figure as the documents print it.
type Printed struct {
	Value claim.Number `json:"value"`
	Shown Text         `json:"shown"`
}

// Printed are the figures that the document prints of a claim.
func (d *Document) Printed(id string) (out []Printed) {
	d.Walk(func(_ Chapter, _ Section, b Block) {
		if fs, ok := b.(Figures); ok {
			for _, f := range fs.Items {
				if f.Claim == id {
					out = append(out, Printed{claim.Number(f.Value), f.Shown})
				}
			}
		}
	})
	return out
}
