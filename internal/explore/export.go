package explore

import (
	"fmt"
	"io"
	"time"

	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/sheet"
)

// Export writes an answer as a file, with what the reader must know below it.
func Export(w io.Writer, a Answer, format, lang, by string, now time.Time) error {
	zh := lang != "en"
	out, err := start(w, format, zh)
	if err != nil {
		return err
	}
	q := a.Question
	var head []any
	if q.Grain != metric.None {
		head = append(head, pick(zh, "Period from", "起始日期"))
	}
	for _, d := range q.By {
		head = append(head, pick(zh, d.Title, d.ZH))
	}
	head = append(head, pick(zh, q.Metric.Title+" ("+q.Metric.Unit+")", q.Metric.ZH+"（"+q.Metric.UnitZH+"）"), pick(zh, "Behind it", "依据条数"))
	if err := out.Row(head...); err != nil {
		return err
	}
	for _, p := range a.Points {
		if err := out.Row(a.cells(p)...); err != nil {
			return err
		}
	}
	for _, line := range a.footer(zh, by, now) {
		if err := out.Row(line); err != nil {
			return err
		}
	}
	return out.Close()
}

func start(w io.Writer, format string, zh bool) (sheet.Writer, error) {
	if format == "xlsx" {
		return sheet.XLSX(w, pick(zh, "Answer", "结果"))
	}
	return sheet.CSV(w)
}

func (a Answer) cells(p Point) []any {
	var row []any
	if a.Question.Grain != metric.None {
		day := ""
		if p.T != nil {
			day = p.T.Format(time.DateOnly)
		}
		row = append(row, day)
	}
	for i := range a.Question.By {
		v := [2]*string{p.A, p.B}[i]
		switch {
		case v == nil:
			row = append(row, nil)
		case a.Labels[*v] != "":
			row = append(row, a.Labels[*v])
		default:
			row = append(row, *v)
		}
	}
	if p.Value == nil {
		return append(row, nil, p.N)
	}
	return append(row, *p.Value, p.N)
}

// footer says what was left out, what the metric means, who asked and when.
func (a Answer) footer(zh bool, by string, now time.Time) []string {
	m := a.Question.Metric
	lines := []string{""}
	if note := pick(zh, a.Note, a.NoteZH); note != "" {
		lines = append(lines, note)
	}
	return append(lines, pick(zh, m.About, m.AboutZH),
		fmt.Sprintf(pick(zh, "Exported by %s at %s", "由 %s 导出于 %s"), by, now.In(a.Question.Zone).Format("2006-01-02 15:04:05 -07:00")))
}

func pick(zh bool, en, cn string) string {
	if zh {
		return cn
	}
	return en
}
