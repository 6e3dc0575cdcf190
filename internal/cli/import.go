package cli

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
)

type importOptions struct {
	mapping     string
	source      string
	suggest     bool
	dryRun      bool
	acceptDrift bool
	zone        string
}

func newImport(s *streams) *cobra.Command {
	var o importOptions
	c := &cobra.Command{
		Use:   "import --data DIR [--mapping FILE] [--source NAME] [--suggest] [--dry-run] [--json] PATH…",
		Short: "Bring files in: CSV, Excel, JSON, Parquet, ZIP of these",
		Example: `  outfitter import --data ./data --suggest 客户.xlsx 商机.csv > crm.yaml
  outfitter import --data ./data --mapping crm.yaml --dry-run 客户.xlsx 商机.csv
  outfitter import --data ./data --mapping crm.yaml 客户.xlsx 商机.csv`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{fmt.Errorf("name at least one file or folder to import: outfitter import --data DIR PATH…")}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return runImport(c.Context(), s, o, args) },
	}
	s.folderFlags(c)
	c.Flags().StringVar(&o.mapping, "mapping", "", "YAML that says what the columns mean")
	c.Flags().StringVar(&o.source, "source", "", "name of the source")
	c.Flags().BoolVar(&o.suggest, "suggest", false, "print a proposed mapping and import nothing")
	c.Flags().BoolVar(&o.dryRun, "dry-run", false, "show what would be imported and write nothing")
	c.Flags().BoolVar(&o.acceptDrift, "accept-drift", false, "go on although columns differ from the last batch")
	c.Flags().StringVar(&o.zone, "zone", "", "the company's time zone, for a new folder (default "+source.DefaultZone+")")
	return c
}

type importIn struct {
	Request source.Request
	Zone    string
}

var callImport = onFolder("import", func(ctx context.Context, db *store.DB, in importIn, tell tell) (source.Result, error) {
	if in.Zone != "" {
		if err := source.SetZone(ctx, db, in.Request.Actor, in.Zone); err != nil {
			return source.Result{}, err
		}
	}
	res, err := source.Import(ctx, db, in.Request, stage.Progress(tell))
	if err != nil && len(res.Failed) > 0 && !fault.Mine(err) {
		err = nil // the files' own sentences say more
	}
	return res, err
})

var callSuggest = onFolder("suggest", func(ctx context.Context, db *store.DB, in source.Request, tell tell) (stage.Looked, error) {
	looked, _, err := source.Inspect(ctx, db, in, stage.LookJob{}, stage.Progress(tell))
	return looked, err
})

func runImport(ctx context.Context, s *streams, o importOptions, paths []string) error {
	for i, p := range paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			return err
		}
		paths[i] = abs
	}
	req := source.Request{Paths: paths, Source: o.source, DryRun: o.dryRun, AcceptDrift: o.acceptDrift, Actor: osUser()}
	if o.suggest {
		looked, err := callSuggest(ctx, s, req)
		if err != nil {
			return err
		}
		return printSuggestion(s, looked)
	}
	if o.mapping != "" {
		text, err := os.ReadFile(o.mapping)
		if err != nil {
			return fault.New(fault.ErrInvalid, "mapping.unreadable",
				fmt.Sprintf("The mapping %s can't be read: %v.", o.mapping, err), fmt.Sprintf("映射文件 %s 读不出来：%v。", o.mapping, err))
		}
		req.Mapping = string(text)
	}
	res, err := callImport(ctx, s, importIn{req, o.zone})
	if err != nil {
		return err
	}
	if s.json {
		err = s.print(slim(res))
	} else {
		err = printImport(s, res, o.dryRun)
	}
	if err != nil {
		return err
	}
	return outcome(res)
}

// outcome decides the exit code of an import whose result is printed: refused
// where any file was, nothing where nothing could be used.
func outcome(res source.Result) error {
	for _, f := range res.Failed {
		if f.Refused {
			return saidError{fault.New(fault.ErrConflict, f.Code, f.EN, f.ZH)}
		}
	}
	if len(res.Batches) == 0 {
		return saidError{fault.New(fault.ErrNotFound, "nothing", "Nothing was imported.", "没有导入任何数据。")}
	}
	return nil
}

// slim leaves out what a program that called does not need of a report.
func slim(r source.Result) source.Result {
	for i := range r.Batches {
		if rep := r.Batches[i].Report; rep != nil {
			for j := range rep.Tables {
				rep.Tables[j].Layout = nil
			}
		}
	}
	r.Mapping = ""
	return r
}

func printSuggestion(s *streams, looked stage.Looked) error {
	for _, f := range looked.Files {
		if err := f.Err(); err != nil {
			s.complain(err)
		}
	}
	if looked.Mapping == "" {
		return fault.New(fault.ErrNotFound, "file.unknown", "No file could be read, so there is nothing to propose.", "没有可读取的文件，无从建议。")
	}
	if s.json {
		return s.print(looked)
	}
	_, err := fmt.Fprint(s.out, looked.Mapping)
	return err
}

func printImport(s *streams, r source.Result, dry bool) error {
	if r.Suggested {
		fmt.Fprintln(s.err, s.say("No mapping was given; the confident part of a suggestion was used. See it with --suggest.", "未给出映射，已使用建议中把握较大的部分。可用 --suggest 查看。"))
	}
	if len(r.Batches) == 0 {
		s.failures(r)
		return nil
	}
	w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, s.say("batch\tfile\trows\tused\trejected\tcells\tparties\tevents\tseconds\t", "批次\t文件\t行\t采用\t拒收\t拒收格\t身份\t事件\t秒\t"))
	for _, b := range r.Batches {
		again := ""
		if b.Again {
			again = s.say(" (loaded before)", "（已载入）")
		}
		fmt.Fprintf(w, "%s\t%s%s\t%d\t%d\t%d\t%d\t%d\t%d\t%.1f\t\n", b.ID[:8], b.Name, again, b.Rows, b.Used, b.Rejected, b.CellsRejected, b.Parties, b.Events, b.Seconds)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, b := range r.Batches {
		for i, j := range b.Rejects {
			if i == 20 {
				break
			}
			fmt.Fprintf(s.out, "  %s:%d %s %s\n", b.Name, j.Row, j.Column, s.say(j.Reason, j.ReasonZh))
		}
	}
	for _, d := range r.Drift {
		fmt.Fprintf(s.err, s.say("columns of %s differ: new %v, gone %v\n", "%s 的列有变化：新增 %v，缺少 %v\n"), d.Name, d.Added, d.Removed)
	}
	for _, l := range r.Links {
		fmt.Fprintf(s.out, "%s ↔ %s  %s  %d/%d (%.0f %%)\n", l.From, l.To, l.By, l.Matched, l.Total, 100*l.Share)
	}
	s.failures(r)
	if dry {
		fmt.Fprintln(s.out, s.say("Dry run: nothing was written.", "试运行：没有写入任何数据。"))
	}
	return nil
}

// failures prints a sentence for each file that could not be used.
func (s *streams) failures(r source.Result) {
	for _, f := range r.Failed {
		text := s.say(f.EN, f.ZH)
		if name := filepath.Base(f.Name); !strings.Contains(text, name) {
			text = f.Name + ": " + text
		}
		fmt.Fprintln(s.err, "outfitter: "+text)
	}
}

// osUser is who runs the command, for the audit log.
func osUser() string {
	u, err := user.Current()
	if err != nil {
		return "os:unknown"
	}
	return "os:" + u.Username
}
