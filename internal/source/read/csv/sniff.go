package csv

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// A Guess is a dialect with what speaks for it.
type Guess struct {
	Dialect
	Width int     // the usual number of fields
	Share float64 // of the sample's records that have it
	Why   string
	WhyZ  string
	score float64
}

// priors weigh a delimiter by how seldom it stands in text for its own sake.
var priors = []struct {
	delim string
	prior float64
}{
	{",", 1}, {"\t", 1}, {";", 1}, {"|", 0.98}, {"\x01", 1}, {"\x1f", 1}, {"||", 1}, {"^", 0.9}, {"~", 0.85}, {"，", 0.8}, {"#", 0.5}, {":", 0.55}, {" ", 0.5},
}

const sniffRecords = 1000

// Sniff decides the dialect from the beginning of a UTF-8 file: each
// candidate splits the sample, and the one whose records agree best on their
// number of fields wins. whole says that the sample is the whole file. fixed
// holds what is already known; its Delim "" and Quote 0 leave that open,
// unless noQuote says that there is none.
func Sniff(sample []byte, whole bool, fixed Dialect, noQuote bool) Guess {
	cr := loneCR(sample)
	comment := fixed.Comment
	if comment == "" {
		comment = commentPrefix(sample)
	}
	quotes := []byte{'"', '\'', 0}
	switch {
	case noQuote:
		quotes = []byte{0}
	case fixed.Quote != 0:
		quotes = []byte{fixed.Quote}
	}
	var best Guess
	try := func(d Dialect, prior float64) {
		g := try(sample, whole, d)
		g.score *= prior
		if g.score > best.score {
			best = g
		}
	}
	for _, p := range priors {
		if fixed.Delim != "" && p.delim != fixed.Delim || fixed.Delim == "" && !bytes.Contains(sample, []byte(p.delim)) {
			continue
		}
		for _, q := range quotes {
			candidates(sample, Dialect{Delim: p.delim, Quote: q, Comment: comment, CR: cr}, p.prior, try)
		}
	}
	if fixed.Delim != "" && best.score == 0 {
		for _, q := range quotes {
			candidates(sample, Dialect{Delim: fixed.Delim, Quote: q, Comment: comment, CR: cr}, 1, try)
		}
	}
	if best.Width < 2 || best.score < 0.2 && fixed.Delim == "" {
		best = oneColumn(sample, whole, quotes, comment, cr, best)
	}
	best.explain()
	return best
}

// candidates tries one delimiter and quote with the escapes and blanks that the sample could use.
func candidates(sample []byte, d Dialect, prior float64, try func(Dialect, float64)) {
	if d.Quote == 0 {
		if bytes.Contains(sample, []byte("\\"+d.Delim)) || bytes.Contains(sample, []byte("\\N"+d.Delim)) {
			d.Escape = '\\'
			try(d, prior*0.97)
			d.Escape = 0
		}
		try(d, prior*0.95)
		return
	}
	if bytes.IndexByte(sample, d.Quote) < 0 {
		if d.Quote == '"' {
			if bytes.Contains(sample, []byte("\\"+d.Delim)) {
				e := d
				e.Escape = '\\'
				try(e, prior*0.99)
			}
			try(d, prior)
		}
		return
	}
	if d.Quote == '\'' {
		prior *= 0.97 // an apostrophe before a quote
	}
	try(d, prior)
	if bytes.Contains(sample, []byte{'\\', d.Quote}) || bytes.Contains(sample, []byte("\\"+d.Delim)) {
		e := d
		e.Escape = '\\'
		try(e, prior*0.99)
	}
	if bytes.Contains(sample, []byte{' ', d.Quote}) || bytes.Contains(sample, []byte{d.Quote, ' '}) {
		e := d
		e.Trim = true
		try(e, prior*0.99)
	}
}

// try splits the sample and scores how well its records agree.
func try(sample []byte, whole bool, d Dialect) Guess {
	c := widthsOf(sample, whole, d)
	widths, broken, quoted, n := c.widths, c.broken, c.quoted, c.n
	if n == 0 {
		return Guess{Dialect: d}
	}
	mode, count := 0, 0
	for w, c := range widths {
		if c > count || c == count && w > mode {
			mode, count = w, c
		}
	}
	g := Guess{Dialect: d, Width: mode, Share: float64(count) / float64(n)}
	if mode < 2 {
		return g
	}
	// Rows that are shorter than most agree half, longer ones not at all;
	// more fields are more evidence, with quickly falling returns.
	short := 0
	for w, c := range widths {
		if w > 1 && w < mode {
			short += c
		}
	}
	agree := (float64(count) + 0.3*float64(short)) / float64(n)
	if c.first > mode && c.first == c.widest && widths[1] == 0 { // a full header, then rows without their empty last cells
		agree = max(agree, 0.7*float64(n-broken)/float64(n))
	}
	g.score = agree * agree * (1 - 0.5/float64(mode)) * (1 - 0.2*float64(broken)/float64(n))
	if c.edged {
		g.score *= 0.9
	}
	if d.Delim == " " || d.Delim == ":" { // marks of prose and times: only figures speak for a table
		g.score *= 0.3 + 0.7*min(1, 3*c.figures)
	}
	switch {
	case d.Quote == 0:
		g.score *= 1 - 0.8*closedShare(sample, whole, d)
	case quoted > 0:
		g.score *= 1.08
	}
	return g
}

// A count is how the records of a sample fall by their number of fields.
type count struct {
	widths        map[int]int
	broken        int
	quoted        int // fields that use the quote
	n             int
	first, widest int
	edged         bool    // banner or notes were left out
	figures       float64 // share of fields that hold a digit
}

// widthsOf counts records. A few records of one field before and behind all
// others are banner and notes, and left out.
func widthsOf(sample []byte, whole bool, d Dialect) count {
	c := count{widths: map[int]int{}}
	r := NewReader(bytes.NewReader(sample), d, len(sample)+1, 0, 1)
	lead, run, cells, digits := 0, 0, 0, 0
	for c.n < sniffRecords {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if rec.Comment || rec.Blank {
			continue
		}
		if !whole && r.Offset() >= int64(len(sample)) && c.n > 0 {
			break // cut by the end of the sample
		}
		if rec.Code == Unclosed && !whole && int64(len(sample))-rec.Offset < int64(len(sample))/8 {
			break
		}
		c.n++
		if rec.Code != "" {
			c.broken++
			continue
		}
		w := len(rec.Fields)
		c.widths[w]++
		c.widest = max(c.widest, w)
		if w > 1 && c.first == 0 {
			c.first = w
			lead = c.widths[1]
		}
		for _, f := range rec.Fields {
			cells++
			if bytes.ContainsAny(f, "0123456789") {
				digits++
			}
		}
		run++
		if w > 1 {
			run = 0
		}
		if d.Quote != 0 {
			c.quoted += edges(rec.Raw, d)
		}
	}
	c.figures = float64(digits) / float64(max(cells, 1))
	if k := min(lead, 8) + min(run, 5); c.first > 0 && k > 0 && c.n-k >= 3 && c.n-k >= k {
		c.widths[1] -= k
		c.n -= k
		c.edged = true
	}
	return c
}

// closedShare is how many of the fields that begin with a double quote end with
// one, when double quotes are taken to be meant.
func closedShare(sample []byte, whole bool, d Dialect) float64 {
	if bytes.IndexByte(sample, '"') < 0 {
		return 0
	}
	d.Quote, d.Escape = '"', 0
	c := widthsOf(sample, whole, d)
	if c.quoted == 0 {
		return 0
	}
	return float64(c.quoted) / float64(c.quoted+c.broken)
}

// edges counts quotes that open a field.
func edges(raw []byte, d Dialect) int {
	n := 0
	if len(raw) > 0 && raw[0] == d.Quote {
		n++
	}
	return n + bytes.Count(raw, append([]byte(d.Delim), d.Quote))
}

// oneColumn is the dialect of a list of values: the delimiters in it are text.
func oneColumn(sample []byte, whole bool, quotes []byte, comment string, cr bool, _ Guess) Guess {
	d := Dialect{Comment: comment, CR: cr}
	for _, q := range quotes {
		if q == 0 {
			continue
		}
		e := d
		e.Quote = q
		c := widthsOf(sample, whole, e)
		opens := 0
		for line := range bytes.Lines(sample) {
			if line[0] == q {
				opens++
			}
		}
		if opens > 0 && c.broken == 0 && c.n > 0 {
			d = e
			break
		}
	}
	return Guess{Dialect: d, Width: 1, Share: 1, score: 0.5}
}

func (g *Guess) explain() {
	if g.Width < 2 {
		g.Why = "no character splits the records evenly, so each line is one value"
		g.WhyZ = "没有一个字符能把各行均匀分开，所以每行是一个值"
		return
	}
	g.Why = fmt.Sprintf("%.0f%% of the sampled records have %d fields", 100*g.Share, g.Width)
	g.WhyZ = fmt.Sprintf("抽样记录中 %.0f%% 有 %d 个字段", 100*g.Share, g.Width)
}

// loneCR reports whether records end in CR alone: such ends are there, and
// they are not rare beside the others.
func loneCR(sample []byte) bool {
	crs := bytes.Count(sample, []byte{'\r'}) - bytes.Count(sample, []byte("\r\n"))
	if bytes.HasSuffix(sample, []byte{'\r'}) && crs == 1 {
		return false
	}
	return crs > 0 && crs*10 >= bytes.Count(sample, []byte{'\n'})
}

// commentPrefix finds "#" or "//" lines: at least one in the first block, none
// of them with as many delimiters as what follows would need.
func commentPrefix(sample []byte) string {
	for _, p := range []string{"#", "//", "--"} {
		seen, other, same := 0, 0, 0
		delims := -1
		for line := range strings.Lines(string(sample[:min(len(sample), 64<<10)])) {
			line = strings.TrimRight(line, "\r\n")
			if line == "" {
				continue
			}
			n := strings.Count(line, ",") + strings.Count(line, ";") + strings.Count(line, "\t") + strings.Count(line, "|")
			if strings.HasPrefix(line, p) {
				seen++
				if delims >= 0 && n == delims || delims < 0 && n > 0 {
					same++
				}
			} else {
				other++
				delims = n
			}
		}
		if seen > 0 && other > 0 && same*2 < seen && seen <= other*3 {
			return p
		}
	}
	return ""
}

// Show writes a delimiter for people.
func Show(delim string) string {
	switch delim {
	case "":
		return "none"
	case "\t":
		return "tab"
	case " ":
		return "space"
	}
	if delim[0] < 0x20 {
		return fmt.Sprintf("0x%02X", delim[0])
	}
	return delim
}
