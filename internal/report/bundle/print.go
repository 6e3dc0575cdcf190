package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/docx"
	"github.com/chanzipu/outfitter/internal/report/html"
	"github.com/chanzipu/outfitter/internal/report/ooxml"
	"github.com/chanzipu/outfitter/internal/report/pdf"
	"github.com/chanzipu/outfitter/internal/report/pptx"
	"github.com/chanzipu/outfitter/internal/report/xlsx"
)

// Formats are what a report comes in.
var Formats = []string{"html", "pdf", "docx", "pptx", "xlsx"}

// Name is where a document stands in the bundle.
func Name(lang, format string) string { return "reports/report." + lang + "." + format }

// Document is the language and format of a file of the bundle; ok is false for
// what is no document.
func Document(name string) (lang, format string, ok bool) {
	rest, ok := strings.CutPrefix(name, "reports/report.")
	lang, format, two := strings.Cut(rest, ".")
	return lang, format, ok && two
}

// Check fills in what a request leaves open, and refuses what is wrong.
func (r *Request) Check() error {
	if len(r.Formats) == 0 {
		r.Formats = slices.Clone(Formats)
	}
	for _, f := range r.Formats {
		if !slices.Contains(Formats, f) {
			return fault.New(fault.ErrInvalid, "report.format", fmt.Sprintf("There is no format %q: choose from %s.", f, strings.Join(Formats, ", ")), fmt.Sprintf("没有格式 %q：可选 %s。", f, strings.Join(Formats, "、")))
		}
	}
	if len(r.Langs) == 0 {
		r.Langs = []string{"zh", "en"}
	}
	for _, l := range r.Langs {
		if l != "zh" && l != "en" {
			return fault.New(fault.ErrInvalid, "report.lang", fmt.Sprintf("There is no language %q: zh, en or both.", l), fmt.Sprintf("没有语言 %q：可选 zh、en、both。", l))
		}
	}
	if r.Year < 2000 || r.Year > 2100 {
		return fault.New(fault.ErrInvalid, "report.year", fmt.Sprintf("The year %d is not one from 2000 to 2100.", r.Year), fmt.Sprintf("年份 %d 不在 2000 到 2100 之间。", r.Year))
	}
	for f, b := range r.Template {
		if _, err := ooxml.Open(bytes.NewReader(b), int64(len(b)), f); err != nil {
			return err
		}
	}
	return nil
}

// template opens the company's file anew: printing changes it.
func (r *Request) template(format string) (*ooxml.File, error) {
	b, ok := r.Template[format]
	if !ok {
		return nil, nil //nolint:nilnil // none was given
	}
	return ooxml.Open(bytes.NewReader(b), int64(len(b)), format)
}

// documents prints every format in every language. A PDF that can't be made
// for want of Chromium is left out with the reason; anything else is an error.
func (b *builder) documents(ctx context.Context, d *report.Document, r Request, tell Tell) (left []Left, err error) {
	done, total := int64(0), int64(len(r.Formats)*len(r.Langs))
	for _, f := range r.Formats {
		for _, lang := range r.Langs {
			tell(3+5*done/max(total, 1), 10, "printing "+f, "排版 "+f)
			done++
			body, err := Print(ctx, d, f, lang, &r)
			var fe *fault.Error
			if errors.As(err, &fe) && fe.Code == "pdf.no_chromium" {
				left = append(left, Left{f, fe.EN, fe.ZH})
				break
			}
			if err != nil {
				return left, err
			}
			if err := b.put(Name(lang, f), body); err != nil {
				return left, err
			}
		}
	}
	return left, nil
}

// Print is the document in one format and language.
func Print(ctx context.Context, d *report.Document, format, lang string, r *Request) ([]byte, error) {
	var b bytes.Buffer
	t, err := r.template(format)
	if err != nil {
		return nil, err
	}
	switch format {
	case "html":
		err = html.Write(&b, d, html.Options{Lang: lang})
	case "pdf":
		err = pdf.Write(ctx, &b, d, lang)
	case "docx":
		err = docx.Write(&b, d, docx.Options{Lang: lang, Template: t})
	case "pptx":
		err = pptx.Write(&b, d, pptx.Options{Lang: lang, Template: t})
	case "xlsx":
		err = xlsx.Write(&b, d, lang)
	default:
		err = fmt.Errorf("bundle: format %q: %w", format, fault.ErrInvalid)
	}
	if err == nil {
		err = ctx.Err()
	}
	return b.Bytes(), err
}
