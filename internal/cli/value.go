package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/examples"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

func newValue(s *streams) *cobra.Command {
	if value.Code != Version { // part of every seal
		value.Code = Version
	}
	c := &cobra.Command{
		Use:   "value",
		Short: "Claims about value: propose, seal, run, and the ledger of them all",
		Long: `A claim is one question about value, in a YAML file. It is sealed before it is
run; its result is a figure with an interval and a grade (A randomised,
B quasi-experiment, C adjusted comparison, D volume), or a refusal that says
what could have been seen.`,
	}
	c.AddCommand(valueSuggest(s), valueAdd(s), valueList(s), valueShow(s), valueSeal(s), valueRun(s), valueSign(s), valueWithdraw(s), valueLedger(s), valueHead(s), valueTemplates(s), valueSample(s))
	return c
}

func (s *streams) text(t claim.Text) string { return s.say(t.EN, t.ZH) }

var callValueAdd = onFolder("value-add", func(ctx context.Context, db *store.DB, in value.New, _ tell) (value.Version, error) {
	return value.Add(ctx, db, in)
})

func valueAdd(s *streams) *cobra.Command {
	c := &cobra.Command{
		Use: "add --data DIR FILE…", Short: "Keep claims, or new versions of them", Args: cobra.MinimumNArgs(1),
		Example: `  outfitter value add --data ./data claim.yaml`,
		RunE: func(c *cobra.Command, args []string) error {
			var all []value.Version
			for _, name := range args {
				text, err := os.ReadFile(name)
				if name == "-" {
					text, err = io.ReadAll(s.in)
				}
				if err != nil {
					return fault.New(fault.ErrInvalid, "claim.unreadable", fmt.Sprintf("The claim %s can't be read: %v.", name, err), fmt.Sprintf("论断文件 %s 读不出来：%v。", name, err))
				}
				v, err := callValueAdd(c.Context(), s, value.New{Text: string(text), Actor: osUser()})
				if err != nil {
					return err
				}
				all = append(all, v)
			}
			return s.versions(all)
		},
	}
	s.folderFlags(c)
	return c
}

func (s *streams) versions(all []value.Version) error {
	if s.json {
		return s.print(all)
	}
	for _, v := range all {
		state := s.say("draft", "草稿")
		if v.Seal != nil {
			state = s.say("sealed ", "已封存 ") + v.Seal.TS.Format("2006-01-02 15:04Z")
			if v.Seal.PreRegistered {
				state += s.say(", before its outcomes", "，早于结果数据")
			}
		}
		fmt.Fprintf(s.out, "%s@%d  %s  %s  %s\n", v.Claim.ID, v.Number, v.Hash[:12], state, s.text(v.Claim.Title))
		for _, g := range v.Signs {
			fmt.Fprintf(s.out, "  %s  %s  %s %s\n", g.Role, g.TS.Format("2006-01-02 15:04Z"), g.Name, g.Note)
		}
	}
	return nil
}

func valueTemplates(s *streams) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "templates [--out DIR]", Short: "List the example claims, or write them to a folder", Args: cobra.NoArgs,
		Example: `  outfitter value templates --out ./claims`,
		RunE: func(*cobra.Command, []string) error {
			all, err := examples.Claims()
			if err != nil {
				return err
			}
			type template struct {
				Name  string     `json:"name"`
				Face  claim.Face `json:"face"`
				Title claim.Text `json:"title"`
			}
			var list []template
			for _, e := range all {
				v, err := claim.Parse([]byte(e.YAML))
				if err != nil {
					return err
				}
				list = append(list, template{e.Name, v.Face, v.Title})
				if out == "" {
					continue
				}
				if err := os.MkdirAll(out, 0o755); err != nil {
					return store.DiskFault(out, err)
				}
				if err := os.WriteFile(filepath.Join(out, e.Name+".yaml"), []byte(e.YAML), 0o644); err != nil {
					return store.DiskFault(out, err)
				}
			}
			if s.json {
				return s.print(list)
			}
			for _, t := range list {
				fmt.Fprintf(s.out, "%-30s %-10s %s\n", t.Name, t.Face, s.text(t.Title))
			}
			return nil
		},
	}
	c.Flags().StringVar(&out, "out", "", "folder to write the files to")
	s.jsonFlag(c)
	return c
}

type valueIn struct {
	ID, Actor string
	Year      string
	Sign      value.Sign
	Why       string
}

var callValueList = onFolder("value-list", func(ctx context.Context, db *store.DB, _ valueIn, _ tell) ([]value.Item, error) {
	return value.List(ctx, db)
})

func valueList(s *streams) *cobra.Command {
	c := &cobra.Command{
		Use: "list --data DIR", Short: "All claims with their last figure", Args: cobra.NoArgs,
		Example: `  outfitter value list --data ./data`,
		RunE: func(c *cobra.Command, _ []string) error {
			all, err := callValueList(c.Context(), s, valueIn{})
			if err != nil {
				return err
			}
			if s.json {
				return s.print(orEmpty(all))
			}
			w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', 0)
			fmt.Fprintln(w, s.say("claim\tstate\tgrade\tfigure\t", "论断\t状态\t等级\t数值\t"))
			for _, it := range all {
				grade, figure := "", ""
				if it.Result != nil {
					grade, figure = string(it.Result.Finding.Grade), s.figure(it.Result.Finding)
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t\n", it.ID, it.State, grade, figure)
			}
			return w.Flush()
		},
	}
	s.folderFlags(c)
	return c
}

// figure is a finding on one line.
func (s *streams) figure(f claim.Finding) string {
	if f.Refusal != nil {
		return s.say("refused: ", "暂不下结论：") + s.text(f.Refusal.Reason)
	}
	g, ok := f.Headline()
	if !ok {
		return ""
	}
	return s.interval(g)
}

func (s *streams) interval(g claim.Figure) string {
	out := fmt.Sprintf("%.4g", float64(g.Value))
	if g.Lo.OK() && g.Hi.OK() {
		out += fmt.Sprintf(" [%.4g, %.4g]", float64(g.Lo), float64(g.Hi))
	}
	return out + " " + s.text(g.Unit)
}

var callValueShow = onFolder("value-show", func(ctx context.Context, db *store.DB, in valueIn, _ tell) (value.Item, error) {
	return value.Get(ctx, db, in.ID)
})

func valueShow(s *streams) *cobra.Command {
	c := &cobra.Command{
		Use: "show --data DIR CLAIM", Short: "One claim: what was asked, what came out, why it can be believed", Args: cobra.ExactArgs(1),
		Example: `  outfitter value show --data ./data campaign-lift`,
		RunE: func(c *cobra.Command, args []string) error {
			it, err := callValueShow(c.Context(), s, valueIn{ID: args[0]})
			if err != nil {
				return err
			}
			if s.json {
				return s.print(it)
			}
			if err := s.versions([]value.Version{it.Version}); err != nil || it.Result == nil {
				return err
			}
			return s.result(*it.Result)
		},
	}
	s.folderFlags(c)
	return c
}

// result prints a finding for people.
func (s *streams) result(r claim.Result) error {
	f := r.Finding
	n := f.Counts
	fmt.Fprintf(s.out, s.say("%s: grade %s by %s, %d rows, %d units (%d with, %d without), %d events behind them\n", "%s：等级 %s，方法 %s，%d 行，%d 个单位（有 %d，没有 %d），背后 %d 个事件\n"), r.Claim, f.Grade, f.Method, n.Rows, n.Units, n.Treated, n.Control, n.Events)
	if f.Refusal != nil {
		fmt.Fprintln(s.out, "  "+s.figure(f))
		fmt.Fprintf(s.out, s.say("  smallest effect that would have shown: %.4g\n  next: %s\n", "  能看出的最小效果：%.4g\n  明年要验证：%s\n"), float64(f.Refusal.MDE), s.text(f.Refusal.Test))
	}
	for _, g := range f.Figures {
		fmt.Fprintf(s.out, "  %-34s %s %s\n", s.text(g.Title), s.interval(g), g.Method)
	}
	if w := f.Worth; w != nil {
		fmt.Fprintf(s.out, s.say("  worth %s, cost %.0f, net %s\n", "  价值 %s，成本 %.0f，净值 %s\n"), s.interval(w.Gross), float64(w.Cost), s.interval(w.Net))
	}
	if i := f.Influenced; i != nil {
		fmt.Fprintf(s.out, s.say("  touched %.6g, caused %s\n", "  触达 %.6g，由它带来 %s\n"), float64(i.Touched), s.interval(i.Caused))
	}
	if r.Example != nil {
		fmt.Fprintln(s.out, "  "+s.text(r.Example.Text))
	}
	for _, d := range f.Diagnostics {
		mark := map[string]string{"serious": "!!", "warning": "! "}[d.Severity]
		fmt.Fprintf(s.out, "  %-2s %s\n", mark, s.text(d.Text))
	}
	if f.Command != "" {
		fmt.Fprintln(s.out, "  $ "+f.Command)
	}
	return nil
}

var callValueSeal = onFolder("value-seal", func(ctx context.Context, db *store.DB, in valueIn, _ tell) (value.Version, error) {
	return value.SealClaim(ctx, db, in.ID, in.Actor)
})

func valueSeal(s *streams) *cobra.Command {
	c := &cobra.Command{
		Use: "seal --data DIR CLAIM…", Short: "Fix what is asked, of whom and how, in the audit chain", Args: cobra.MinimumNArgs(1),
		Example: `  outfitter value seal --data ./data campaign-lift`,
		RunE: func(c *cobra.Command, args []string) error {
			var all []value.Version
			for _, id := range args {
				v, err := callValueSeal(c.Context(), s, valueIn{ID: id, Actor: osUser()})
				if err != nil {
					return err
				}
				all = append(all, v)
			}
			return s.versions(all)
		},
	}
	s.folderFlags(c)
	return c
}

var callValueRun = onFolder("value-run", func(ctx context.Context, db *store.DB, in valueIn, tell tell) (claim.Result, error) {
	return value.Run(ctx, db, in.ID, in.Actor, value.Tell(tell))
})

func valueRun(s *streams) *cobra.Command {
	c := &cobra.Command{
		Use: "run --data DIR all|CLAIM…", Short: "Estimate claims; a draft is sealed first", Args: cobra.MinimumNArgs(1),
		Example: `  outfitter value run --data ./data all`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 && args[0] == "all" {
				items, err := callValueList(c.Context(), s, valueIn{})
				if err != nil {
					return err
				}
				args = nil
				for _, it := range items {
					if it.State != value.Withdrawn {
						args = append(args, it.ID)
					}
				}
			}
			var all []claim.Result
			for _, id := range args {
				r, err := callValueRun(c.Context(), s, valueIn{ID: id, Actor: osUser()})
				if err != nil {
					return err
				}
				all = append(all, r)
				if !s.json {
					if err := s.result(r); err != nil {
						return err
					}
				}
			}
			if s.json {
				return s.print(orEmpty(all))
			}
			return nil
		},
	}
	s.folderFlags(c)
	return c
}

var callValueSign = onFolder("value-countersign", func(ctx context.Context, db *store.DB, in valueIn, _ tell) (value.Version, error) {
	return value.Countersign(ctx, db, in.ID, in.Sign)
})

func valueSign(s *streams) *cobra.Command {
	var g value.Sign
	c := &cobra.Command{
		Use: "countersign --data DIR --role ROLE --name NAME CLAIM", Short: "Record a department's word for a sealed claim (会签)", Args: cobra.ExactArgs(1),
		Example: `  outfitter value countersign --data ./data --role finance --name 王会计 campaign-lift`,
		RunE: func(c *cobra.Command, args []string) error {
			g.Actor = osUser()
			v, err := callValueSign(c.Context(), s, valueIn{ID: args[0], Sign: g})
			if err != nil {
				return err
			}
			return s.versions([]value.Version{v})
		},
	}
	s.folderFlags(c)
	c.Flags().StringVar(&g.Role, "role", "", strings.Join(value.Roles, ", "))
	c.Flags().StringVar(&g.Name, "name", "", "who signs")
	c.Flags().StringVar(&g.Note, "note", "", "a remark")
	if err := c.MarkFlagRequired("role"); err != nil {
		panic(err)
	}
	return c
}

var callValueWithdraw = onFolder("value-withdraw", func(ctx context.Context, db *store.DB, in valueIn, _ tell) (value.Item, error) {
	if err := value.Withdraw(ctx, db, in.ID, in.Why, in.Actor); err != nil {
		return value.Item{}, err
	}
	return value.Get(ctx, db, in.ID)
})

func valueWithdraw(s *streams) *cobra.Command {
	var why string
	c := &cobra.Command{
		Use: "withdraw --data DIR --why TEXT CLAIM", Short: "Take a claim out of the sums; it stays in the list", Args: cobra.ExactArgs(1),
		Example: `  outfitter value withdraw --data ./data --why "问题已变" campaign-lift`,
		RunE: func(c *cobra.Command, args []string) error {
			it, err := callValueWithdraw(c.Context(), s, valueIn{ID: args[0], Why: why, Actor: osUser()})
			if err != nil {
				return err
			}
			if s.json {
				return s.print(it)
			}
			_, err = fmt.Fprintf(s.out, "%s  %s\n", it.ID, it.State)
			return err
		},
	}
	s.folderFlags(c)
	c.Flags().StringVar(&why, "why", "", "the reason")
	return c
}

var callValueHead = onFolder("value-head", func(ctx context.Context, db *store.DB, _ valueIn, _ tell) (value.Head, error) {
	return value.ExportHead(ctx, db)
})

func valueHead(s *streams) *cobra.Command {
	c := &cobra.Command{
		Use: "export-head --data DIR", Short: "Print the audit chain's head and every seal, to be kept elsewhere", Args: cobra.NoArgs,
		Example: `  outfitter value export-head --data ./data > head.json`,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := callValueHead(c.Context(), s, valueIn{})
			if err != nil {
				return err
			}
			return s.print(h)
		},
	}
	s.folderFlags(c)
	return c
}

var callValueSample = onFolder("value-sample", func(ctx context.Context, db *store.DB, in valueIn, _ tell) (claim.Sample, error) {
	r, err := value.LastResult(ctx, db, in.ID)
	if err != nil {
		return claim.Sample{}, err
	}
	return value.SampleOf(db, r)
})

func valueSample(s *streams) *cobra.Command {
	c := &cobra.Command{
		Use: "sample --data DIR CLAIM", Short: "Print the table that a claim was estimated on, for `outfitter estimate`", Args: cobra.ExactArgs(1),
		Example: `  outfitter value sample --data ./data campaign-lift > sample.csv`,
		RunE: func(c *cobra.Command, args []string) error {
			v, err := callValueSample(c.Context(), s, valueIn{ID: args[0]})
			if err != nil {
				return err
			}
			if s.json {
				return s.print(v)
			}
			_, err = s.out.Write(v.CSV)
			return err
		},
	}
	s.folderFlags(c)
	return c
}

var callValueLedger = onFolder("value-ledger", func(ctx context.Context, db *store.DB, in valueIn, _ tell) (value.Ledger, error) {
	return value.Book(ctx, db, in.Year)
})

func valueLedger(s *streams) *cobra.Command {
	var year string
	c := &cobra.Command{
		Use: "ledger --data DIR [--year YEAR]", Short: "All claims by face, what they add up to, and the bridge to finance's growth", Args: cobra.NoArgs,
		Example: `  outfitter value ledger --data ./data --year 2026`,
		RunE: func(c *cobra.Command, _ []string) error {
			l, err := callValueLedger(c.Context(), s, valueIn{Year: year})
			if err != nil {
				return err
			}
			if s.json {
				return s.print(l)
			}
			return s.ledger(l)
		},
	}
	s.folderFlags(c)
	c.Flags().StringVar(&year, "year", "", "the fiscal year; default all")
	return c
}

func (s *streams) ledger(l value.Ledger) error {
	w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', 0)
	fmt.Fprintln(w, s.say("face\tclaim\tstate\tgrade\tfigure\tq\tnet\tcounted\t", "面\t论断\t状态\t等级\t数值\tq\t净值\t计入\t"))
	for _, r := range l.Rows {
		grade, figure, net := "", "", ""
		if r.Result != nil {
			grade, figure = string(r.Result.Finding.Grade), s.figure(r.Result.Finding)
			if x := r.Result.Finding.Worth; x != nil && x.Net.Value.OK() {
				net = fmt.Sprintf("%.0f", float64(x.Net.Value))
			}
		}
		q := ""
		if r.Q.OK() {
			q = fmt.Sprintf("%.3f", float64(r.Q))
		}
		counted := s.say("yes", "是")
		if !r.Counted {
			counted = s.text(r.Why)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", r.Version.Claim.Face, r.ID, r.State, grade, figure, q, net, counted)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(s.out, s.say("\nin all: gross %s, cost %.0f, net %s\n", "\n合计：毛值 %s，成本 %.0f，净值 %s\n"), s.interval(l.Total.Gross), float64(l.Total.Cost), s.interval(l.Total.Net))
	for _, b := range l.Bridge {
		fmt.Fprintf(s.out, "%s %s→%s: %.0f → %.0f (%+.0f)\n", b.Stat, b.Since, b.Until, float64(b.Before), float64(b.After), float64(b.Growth))
		for _, p := range b.Steps {
			fmt.Fprintf(s.out, "  %-40s %+.0f  %s\n", s.text(p.Title), float64(p.Amount), strings.Join(p.Claims, ", "))
		}
	}
	for _, n := range l.Notes {
		fmt.Fprintln(s.out, s.text(n))
	}
	return nil
}

var callValueSuggest = onFolder("value-suggest", func(ctx context.Context, db *store.DB, _ valueIn, _ tell) ([]value.Suggestion, error) {
	return value.Suggest(ctx, db)
})

func valueSuggest(s *streams) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "suggest --data DIR [--out DIR]", Short: "Propose claims that the events allow, each with the grade it can reach", Args: cobra.NoArgs,
		Example: `  outfitter value suggest --data ./data --out ./claims`,
		RunE: func(c *cobra.Command, _ []string) error {
			all, err := callValueSuggest(c.Context(), s, valueIn{})
			if err != nil {
				return err
			}
			for _, g := range all {
				if out == "" {
					break
				}
				if err := os.MkdirAll(out, 0o755); err != nil {
					return store.DiskFault(out, err)
				}
				if err := os.WriteFile(filepath.Join(out, g.Claim.ID+".yaml"), []byte(g.YAML), 0o644); err != nil {
					return store.DiskFault(out, err)
				}
			}
			if s.json {
				return s.print(orEmpty(all))
			}
			for _, g := range all {
				fmt.Fprintf(s.out, "%s  %-28s %s  %s\n", g.Grade, g.Claim.ID, s.text(g.Claim.Title), s.text(g.Why))
			}
			return nil
		},
	}
	s.folderFlags(c)
	c.Flags().StringVar(&out, "out", "", "folder to write the claims to")
	return c
}
