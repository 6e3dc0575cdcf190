package pptx

import (
	"fmt"
	"strings"

	"github.com/chanzipu/outfitter/internal/report"
)

// The space of a slide's own content.
func (p *printer) left() int   { return p.w * 46 / 1000 }
func (p *printer) width() int  { return p.w - 2*p.left() }
func (p *printer) bottom() int { return p.h * 93 / 100 }

func (p *printer) chapter(c report.Chapter) {
	switch c.Kind {
	case report.Opening:
		p.opening(c)
	case report.Boss:
		p.boss(c)
	case report.Questions:
		p.questions(c)
	case report.Evidence: // it is in the document; slides lead to the server
	default:
		p.face(c)
	}
}

// opening puts the assumptions beside one another.
func (p *printer) opening(c report.Chapter) {
	s := p.slide()
	n := max(len(c.Sections), 1)
	gap := p.w / 50
	w := (p.width() - gap*(n-1)) / n
	s.text(p.left(), p.top, p.width(), p.h/10, "", line{text: p.in(c.Lead), size: 14, color: "accent5"})
	for i, sec := range c.Sections {
		lines := []line{{text: p.in(sec.Title), size: 18, bold: true, color: "accent1", serif: true}}
		for _, b := range sec.Blocks {
			if x, ok := b.(report.Para); ok {
				lines = append(lines, line{text: p.in(x.Text), size: 12, bold: x.Strong, space: 8, link: claimLink(x.Claims)})
			}
		}
		s.text(p.left()+i*(w+gap), p.top+p.h/9, w, p.bottom()-p.top-p.h/9, "bg2", lines...)
	}
	s.done(p.in(c.Title))
}

func claimLink(claims []string) string {
	if len(claims) == 0 || claims[0] == "" {
		return ""
	}
	return "/value/claims/" + claims[0]
}

// boss is the one page: three columns and what to do.
func (p *printer) boss(c report.Chapter) {
	if len(c.Sections) != 4 {
		return
	}
	s := p.slide()
	gap := p.w / 45
	widths := []int{p.width() * 26 / 100, p.width() * 38 / 100, p.width() * 30 / 100}
	foot := p.h * 24 / 100
	h := p.bottom() - p.top - foot
	x := p.left()
	for i, sec := range c.Sections[:3] {
		s.text(x, p.top, widths[i], 300000, "", line{text: p.in(sec.Title), size: 13, bold: true, color: "accent1"})
		p.column(s, sec, x, p.top+320000, widths[i], h-320000)
		x += widths[i] + gap
	}
	for _, b := range c.Sections[3].Blocks {
		a, ok := b.(report.Actions)
		if !ok {
			continue
		}
		w := (p.width() - 2*gap) / 3
		for i, it := range a.Items {
			if i == 6 {
				break
			}
			y := p.bottom() - foot + i/3*foot/2
			s.text(p.left()+i%3*(w+gap), y, w, foot/2, "", line{text: p.in(report.ActionWord(it.Kind)) + " · " + p.in(it.Title), size: 11, bold: true, color: actionColor(it.Kind)}, line{text: p.in(it.Why), size: 9.5, color: "accent5", link: claimLink([]string{it.Claim})})
		}
	}
	s.done(p.in(c.Title))
}

func actionColor(kind string) string {
	switch kind {
	case "fix":
		return "accent3"
	case "stop":
		return "accent6"
	case "test":
		return "accent5"
	}
	return "accent1"
}

func (p *printer) column(s *slide, sec report.Section, x, y, w, h int) {
	charts := 0
	for _, b := range sec.Blocks {
		if _, ok := b.(report.Chart); ok {
			charts++
		}
	}
	at := y
	for _, b := range sec.Blocks {
		switch b := b.(type) {
		case report.Figures:
			rows := (len(b.Items) + 1) / 2
			high := h
			if len(sec.Blocks) > 1 {
				high = h * 72 / 100
			}
			for i, f := range b.Items {
				s.text(x+i%2*w/2, y+i/2*high/max(rows, 1), w/2, high/max(rows, 1), "", line{text: p.in(f.Label), size: 10, color: "accent5"}, line{text: p.in(f.Shown), size: 20, bold: true, color: "accent1", serif: true}, line{text: p.in(f.Note), size: 8.5, color: "accent5"})
			}
		case report.Chart:
			each := h / max(charts, 1)
			s.text(x, at, w, 240000, "", line{text: strings.TrimSpace(string(b.Grade) + "  " + p.in(b.Title)), size: 10.5, bold: true})
			s.chart(x, at+200000, w*42/100, each-220000, b)
			s.text(x+w*44/100, at+220000, w*56/100, each-240000, "", line{text: p.in(b.Note), size: 9, color: "accent5", link: claimLink([]string{b.Claim})})
			at += each
		case report.Story:
			lines := []line{{text: p.in(b.Title), size: 11, bold: true}}
			if p.in(b.Before) != "" {
				lines = append(lines, line{text: p.in(b.Before) + " → " + p.in(b.After), size: 20, bold: true, color: "accent1", serif: true})
			}
			lines = append(lines, line{text: p.in(b.Text), size: 11, space: 4, link: claimLink([]string{b.Claim})})
			for _, r := range b.Rows {
				where := r.File
				if r.Line > 0 {
					where += p.say(fmt.Sprintf(" 第 %d 行", r.Line), fmt.Sprintf(" line %d", r.Line))
				}
				lines = append(lines, line{text: where, size: 8.5, color: "accent5", space: 2, link: fmt.Sprintf("/batches/%s/rows/%d", r.Batch, r.Row)})
			}
			s.text(x, y, w, h, "", lines...)
		case report.List:
			var lines []line
			for _, it := range b.Items {
				lines = append(lines, line{text: "•  " + p.in(it.Text), size: 9.5, space: 2})
			}
			s.text(x, y+h*74/100, w, h*26/100, "", lines...)
		case report.Para:
			s.text(x, y, w, h, "", line{text: p.in(b.Text), size: 11})
		}
	}
}

// face has a slide for facts, one per effect, one for what is open.
func (p *printer) face(c report.Chapter) {
	for _, sec := range c.Sections {
		title := p.in(c.Title)
		if sec.Sub {
			title = p.in(sec.Title)
		}
		head := line{text: p.in(sec.Title), size: 14, bold: true, color: "accent3"}
		if sec.Sub {
			head = line{text: p.in(c.Title), size: 12, color: "accent5"}
		}
		p.blocks(title, head, sec.Blocks)
	}
}

// blocks lays text and figures at the left and charts at the right; tables
// and further charts get slides of their own.
func (p *printer) blocks(title string, head line, blocks []report.Block) {
	var lines []line
	var charts []report.Chart
	var tables []report.Table
	for _, b := range blocks {
		switch b := b.(type) {
		case report.Para:
			lines = append(lines, line{text: p.in(b.Text), size: 14, bold: b.Strong, space: 8, link: claimLink(b.Claims)})
		case report.List:
			for i, it := range b.Items {
				mark := "•  "
				if b.Numbered {
					mark = fmt.Sprintf("%d.  ", i+1)
				}
				lines = append(lines, line{text: mark + p.in(it.Text), size: 12, space: 5})
			}
		case report.Figures:
			for _, f := range b.Items {
				shown := p.in(f.Shown)
				if f.Grade != "" {
					shown += "  " + string(f.Grade)
				}
				lines = append(lines, line{text: p.in(f.Label), size: 10.5, color: "accent5", space: 9}, line{text: shown, size: 22, bold: true, color: "accent1", serif: true}, line{text: p.in(f.Range), size: 11}, line{text: p.in(f.Note), size: 9, color: "accent5"})
			}
		case report.Callout:
			lines = append(lines, line{text: p.in(b.Title), size: 11.5, bold: true, color: "accent3", space: 9}, line{text: p.in(b.Text), size: 11})
		case report.Chart:
			charts = append(charts, b)
		case report.Table:
			tables = append(tables, b)
		}
	}
	if len(lines) > 0 || len(charts) > 0 {
		p.beside(title, head, lines, charts)
	}
	for _, t := range tables {
		p.table(title, head, t)
	}
}

func (p *printer) beside(title string, head line, lines []line, charts []report.Chart) {
	for i := 0; i == 0 || i < len(charts); i++ {
		s := p.slide()
		s.text(p.left(), p.top, p.width(), 330000, "", head)
		y := p.top + 380000
		h := p.bottom() - y
		if len(charts) == 0 {
			s.text(p.left(), y, p.width()*8/10, h, "", lines...)
		} else {
			c, x, w := charts[i], p.left(), p.width()
			if i == 0 && len(lines) > 0 {
				s.text(p.left(), y, p.width()*38/100, h, "", lines...)
				x, w = p.left()+p.width()*41/100, p.width()*59/100
			}
			s.text(x, y, w, 300000, "", line{text: strings.TrimSpace(string(c.Grade) + "  " + p.in(c.Title)), size: 13, bold: true})
			cw := w
			if c.Kind == report.Before {
				cw = min(w, h*8/10)
			}
			s.chart(x, y+300000, cw, h-300000-420000, c)
			s.text(x, p.bottom()-400000, w, 400000, "", line{text: p.in(c.Note), size: 9.5, color: "accent5", link: claimLink([]string{c.Claim})})
		}
		s.done(title)
	}
}

// table goes on over as many slides as its rows need.
func (p *printer) table(title string, head line, t report.Table) {
	columns := t.Columns
	row := func(cells []report.Cell) []string {
		out := make([]string, len(columns))
		for i := range out {
			if i < len(cells) {
				out[i] = p.in(cells[i].Text)
				if cells[i].Grade != "" {
					out[i] = string(cells[i].Grade) + "  " + out[i]
				}
			}
		}
		return out
	}
	header := make([]string, len(columns))
	for i, c := range columns {
		header[i] = p.in(c.Title)
	}
	for at := 0; at < len(t.Rows); {
		rows, used := [][]string{header}, 0
		for at < len(t.Rows) && used < 22 {
			r := row(t.Rows[at])
			used += p.tall(columns, r)
			rows, at = append(rows, r), at+1
		}
		s := p.slide()
		h := head
		if p.in(t.Title) != "" {
			h.text = p.in(t.Title)
		}
		s.text(p.left(), p.top, p.width(), 330000, "", h)
		s.table(p.left(), p.top+400000, p.width(), columns, rows)
		s.done(title)
	}
}

// tall is how many half lines a row takes: two per line of its tallest cell.
func (p *printer) tall(columns []report.Column, row []string) int {
	sum := 0
	for _, c := range columns {
		sum += 2
		if c.Wide {
			sum += 3
		}
	}
	most := 1
	for i, c := range columns {
		share := 2
		if c.Wide {
			share = 5
		}
		fits := max(4, p.width()*share/sum/72000)
		n := 0
		for _, r := range row[i] {
			if n++; r > 0x2e7f {
				n++
			}
		}
		most = max(most, (n+fits-1)/fits)
	}
	return 1 + most
}

// questions stand two to a slide.
func (p *printer) questions(c report.Chapter) {
	var all []report.Answer
	for _, sec := range c.Sections {
		for _, b := range sec.Blocks {
			if a, ok := b.(report.Answer); ok {
				all = append(all, a)
			}
		}
	}
	for at := 0; at < len(all); at += 4 {
		s := p.slide()
		gap := p.w / 45
		w, h := (p.width()-gap)/2, (p.bottom()-p.top-gap)/2
		for i, a := range all[at:min(at+4, len(all))] {
			s.text(p.left()+i%2*(w+gap), p.top+i/2*(h+gap), w, h, "bg2", line{text: p.in(a.Question), size: 15, bold: true, color: "accent1", serif: true}, line{text: p.in(a.Text), size: 12, space: 8, link: claimLink(a.Claims)}, line{text: p.in(a.Proof), size: 9.5, color: "accent5", space: 8})
		}
		s.done(p.in(c.Title))
	}
}
