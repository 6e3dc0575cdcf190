package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/bundle"
	"github.com/chanzipu/outfitter/internal/store"
)

type reportIn struct {
	bundle.Request
	Out      string
	Template map[string]string // path by format
	Actor    string
}

type reportOut struct {
	ID  string `json:"id"`
	Out string `json:"out"`
	bundle.Made
}

func newReport(s *streams) *cobra.Command {
	var in reportIn
	var lang, formats string
	var templates []string
	c := &cobra.Command{
		Use: "report --data DIR --year YEAR --out report.zip", Short: "Write the year-end report with its proof bundle", Args: cobra.NoArgs,
		Long: `Writes one ZIP: the report as HTML, PDF, DOCX, PPTX and XLSX in Chinese and
English, and what it takes to compute every figure again offline (outfitter
verify). Samples in it carry ids drawn for this bundle, no names and no texts;
--full adds the original samples and the addresses of all rows, and is audited.

The PDF needs Chromium; without it the PDF is left out and the reason is said.`,
		Example: `  outfitter report --data ./data --year 2026 --company 江南仪表 --out report.zip
  outfitter report --data ./data --year 2026 --lang zh --format html,pptx --template 公司模板.pptx --out report.zip`,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := in.flags(lang, formats, templates); err != nil {
				return err
			}
			out, err := callReport(c.Context(), s, in)
			if err != nil {
				return err
			}
			return s.reported(out)
		},
	}
	s.folderFlags(c)
	f := c.Flags()
	f.IntVar(&in.Year, "year", time.Now().Year(), "the year to report on")
	f.StringVar(&in.Out, "out", "report.zip", "file to write")
	f.StringVar(&in.Company, "company", "", "the company's name, for the cover")
	f.StringVar(&in.Author, "author", "", "who presents it; the one colleague whose name may stand in it")
	f.StringSliceVar(&in.Consent, "consent", nil, "colleagues who agreed to be named")
	f.StringVar(&in.BaseURL, "base-url", "", "the server's address, so that figures lead to their rows")
	f.StringVar(&lang, "lang", "both", "zh, en or both")
	f.StringVar(&formats, "format", strings.Join(bundle.Formats, ","), "which documents")
	f.StringSliceVar(&templates, "template", nil, "the company's own .docx and .pptx")
	f.BoolVar(&in.Full, "full", false, "with original ids and the addresses of all rows; audited")
	return c
}

// flags fills in the request from what was typed.
func (in *reportIn) flags(lang, formats string, templates []string) (err error) {
	in.Langs, in.Formats, in.Template, in.Actor = strings.Split(lang, ","), strings.Split(formats, ","), map[string]string{}, osUser()
	if lang == "both" {
		in.Langs = []string{"zh", "en"}
	}
	for _, t := range templates {
		kind := strings.TrimPrefix(strings.ToLower(filepath.Ext(t)), ".")
		if kind != "docx" && kind != "pptx" {
			return fault.New(fault.ErrInvalid, "template.kind", fmt.Sprintf("The template %s is neither .docx nor .pptx.", t), fmt.Sprintf("模板 %s 既不是 .docx 也不是 .pptx。", t))
		}
		if in.Template[kind], err = filepath.Abs(t); err != nil {
			return err
		}
	}
	in.Out, err = filepath.Abs(in.Out)
	if err == nil {
		err = in.Check()
	}
	return err
}

var callReport = onFolder("report", func(ctx context.Context, db *store.DB, in reportIn, tell tell) (out reportOut, err error) {
	in.Request.Template = map[string][]byte{}
	for kind, path := range in.Template {
		if in.Request.Template[kind], err = readTemplate(path); err != nil {
			return out, err
		}
	}
	k, made, err := bundle.Make(ctx, db, in.Request, in.Actor, bundle.Tell(tell))
	if err != nil {
		return out, err
	}
	return reportOut{k.ID, in.Out, made}, copyOut(db, k, in.Out)
})

// maxTemplate bounds a template's file.
const maxTemplate = 64 << 20

func readTemplate(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.ErrInvalid, "template.unreadable", fmt.Sprintf("The template %s can't be read: %v.", path, err), fmt.Sprintf("模板 %s 读不出来：%v。", path, err))
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(io.LimitReader(f, maxTemplate+1))
	if err == nil && len(b) > maxTemplate {
		return nil, fault.New(fault.ErrInvalid, "template.large", fmt.Sprintf("The template %s is larger than 64 MiB.", path), fmt.Sprintf("模板 %s 超过 64 MiB。", path))
	}
	return b, err
}

// copyOut copies the kept bundle to where it was asked for; a half written
// file never stands under its name.
func copyOut(db *store.DB, k report.Kept, to string) (err error) {
	from, err := db.Vault.Open(k.Bundle)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	tmp, err := os.CreateTemp(filepath.Dir(to), ".report-")
	if err != nil {
		return fault.New(fault.ErrInvalid, "report.out", fmt.Sprintf("%s can't be written: %v. Choose another --out.", to, err), fmt.Sprintf("写不了 %s：%v。请换一个 --out。", to, err))
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	if _, err = io.Copy(tmp, from); err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Chmod(tmp.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(tmp.Name(), to)
	}
	return err
}

// reported says what was made.
func (s *streams) reported(out reportOut) error {
	if s.json {
		return s.print(out)
	}
	n := map[string]int{}
	for _, c := range out.Manifest.Claims {
		n[c.Check]++
	}
	fmt.Fprintf(s.out, s.say("Wrote %s (%d KB): %d claims, of which %d verify offline, %d on the server only, %d were not run.\n", "已写出 %s（%d KB）：论断 %d 条，其中可离线核对 %d 条、只在服务器上核对 %d 条、未运行 %d 条。\n"),
		out.Out, out.Bytes>>10, len(out.Manifest.Claims), n[bundle.Offline], n[bundle.Server], n[bundle.Nothing])
	for _, l := range out.Left {
		fmt.Fprintf(s.err, s.say("Left out: %s. %s\n", "没有生成 %s：%s\n"), l.Format, s.say(l.Why, l.WhyZH))
	}
	_, err := fmt.Fprintf(s.out, s.say("Manifest SHA-256, also in the audit log: %s\nCheck it: outfitter verify %s\n", "清单的 SHA-256（审计日志里也有）：%s\n核对：outfitter verify %s\n"), out.SHA256, out.Out)
	return err
}
