package cli

import (
	"context"
	"fmt"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/chanzipu/outfitter/internal/estimate"
	"github.com/chanzipu/outfitter/internal/estimate/example"
	"github.com/chanzipu/outfitter/measure"
)

func newEstimate(s *streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "estimate METHOD --input FILE [flags] [--json]",
		Short: s.say("Estimate an effect from any CSV file", "从任意 CSV 文件估计效果"),
		Long: s.say(`Run one estimator on a delimited file with a header (comma, semicolon or tab;
UTF-8 or GBK). Each method's --help shows a runnable example and the names of
its estimates. Data that can't answer are a result, not an error: the exit code
is 0 and "refusal" says why, with the smallest effect that could have been seen.`,
			`对带表头的文本表格（逗号、分号或制表符；UTF-8 或 GBK）运行一种估计方法。
各方法的 --help 给出可直接运行的例子和估计量名称。数据回答不了问题也是结果：
退出码为 0，refusal 说明原因以及本可看出的最小效果。`),
		Example: "  outfitter estimate did --help\n  outfitter estimate diff --input mail.csv --outcome visit --treatment segment --json",
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			var names []string
			for _, m := range estimate.Methods() {
				names = append(names, m.Name)
			}
			return &usageError{fmt.Errorf(s.say("there is no method %q; there are: %s", "没有方法 %q；现有：%s"), args[0], strings.Join(names, ", "))}
		},
	}
	for _, m := range estimate.Methods() {
		c.AddCommand(newEstimateMethod(s, m))
	}
	return c
}

func newEstimateMethod(s *streams, m estimate.Method) *cobra.Command {
	r := estimate.New()
	c := &cobra.Command{
		Use:     m.Name + " --input FILE [flags] [--json]",
		Short:   s.say(m.Short.EN, m.Short.ZH),
		Long:    s.say(m.Short.EN+".\n"+m.Long.EN, m.Short.ZH+"。\n"+m.Long.ZH),
		Example: fmt.Sprintf("  outfitter estimate %s --example > %s\n  %s", m.Name, m.File, m.Example()),
		Args:    cobra.NoArgs,
	}
	if m.NoFile {
		c.Use = m.Name + " [--input FILE] [flags] [--json]"
	}
	s.jsonFlag(c)
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&r.Input, "input", "", s.say("the file", "文件"))
	for _, o := range estimateFlags {
		reads := m.Reads(o.name)
		if !reads && !o.common {
			continue
		}
		o.add(f, &r, o.name, s.say(o.en, o.zh))
		if !reads {
			if err := f.MarkHidden(o.name); err != nil {
				panic(err)
			}
		}
	}
	f.Float64Var(&r.Level, "level", 0.95, s.say("confidence level of intervals", "区间的置信水平"))
	f.Uint64Var(&r.Seed, "seed", 1, s.say("of random draws: the same seed gives the same result", "随机数种子：相同则结果相同"))
	made := f.Bool("example", false, s.say("write the made file that the example reads, and nothing else", "只写出例子所用的虚构文件"))
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *made {
			return example.Write(s.out, m.File)
		}
		return runEstimate(c.Context(), s, m, r, f)
	}
	return c
}

func runEstimate(ctx context.Context, s *streams, m estimate.Method, r estimate.Request, f *pflag.FlagSet) error {
	for _, name := range m.Needs {
		if !f.Changed(name) {
			return &usageError{fmt.Errorf(s.say("%s needs --%s; for example:\n  %s", "%s 需要 --%s；例如：\n  %s"), m.Name, name, m.Example())}
		}
	}
	var unused []string
	for _, o := range estimateFlags {
		if !o.common || m.Reads(o.name) || !f.Changed(o.name) {
			continue
		}
		if o.binding {
			return &usageError{fmt.Errorf(s.say("%s does not use --%s, so its result would not be what you asked for: leave it out or choose another method", "%s 不使用 --%s，结果会与所求不符：请去掉该参数或换一种方法"), m.Name, o.name)}
		}
		unused = append(unused, "--"+o.name)
	}
	res, err := estimate.Run(ctx, m, r)
	if err != nil {
		return err
	}
	if len(unused) > 0 {
		list := strings.Join(unused, ", ")
		res.Note("unused-flags", measure.Info, "该方法不使用："+list+"。", "Not used by this method: "+list+".", nil)
	}
	if s.json {
		return s.print(estimateOut(s, res))
	}
	return printEstimate(s, res)
}

// An estimateWire is the fixed shape that other programs read.
type estimateWire struct {
	Method      string             `json:"method"`
	Estimates   []measure.Estimate `json:"estimates"`
	N           int                `json:"n"`
	Diagnostics []diagnosticWire   `json:"diagnostics"`
	Refusal     *refusalWire       `json:"refusal"`
}

type diagnosticWire struct {
	Code     string              `json:"code"`
	Severity measure.Severity    `json:"severity"`
	Text     string              `json:"text"`
	Values   map[string]*float64 `json:"values,omitempty"`
}

type refusalWire struct {
	Code   string   `json:"code"`
	Reason string   `json:"reason"`
	MDE    *float64 `json:"mde"`
}

func estimateOut(s *streams, r measure.Result) estimateWire {
	out := estimateWire{Method: r.Method, Estimates: r.Estimates, N: r.N, Diagnostics: []diagnosticWire{}}
	if out.Estimates == nil {
		out.Estimates = []measure.Estimate{}
	}
	for _, d := range r.Diagnostics {
		w := diagnosticWire{Code: d.Code, Severity: d.Severity, Text: s.say(d.Text.EN, d.Text.ZH), Values: map[string]*float64{}}
		for k, v := range d.Values {
			w.Values[k] = finite(v)
		}
		out.Diagnostics = append(out.Diagnostics, w)
	}
	if f := r.Refusal; f != nil {
		out.Refusal = &refusalWire{Code: f.Code, Reason: s.say(f.Reason.EN, f.Reason.ZH), MDE: finite(f.MDE)}
	}
	return out
}

func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func printEstimate(s *streams, r measure.Result) error {
	if f := r.Refusal; f != nil {
		fmt.Fprintln(s.out, s.say("No conclusion: "+f.Reason.EN, "暂不下结论："+f.Reason.ZH))
		if !math.IsNaN(f.MDE) {
			fmt.Fprintf(s.out, s.say("Smallest effect that could have been seen: %.4g\n", "本可看出的最小效果：%.4g\n"), f.MDE)
		}
	} else {
		w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(w, s.say("name\testimate\tse\tlo\thi\tp\t", "名称\t估计\t标准误\t下限\t上限\tP\t"))
		for _, e := range r.Estimates {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t\n", e.Name, figure(e.Value), figure(e.SE), figure(e.Lo), figure(e.Hi), figure(e.P))
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.out, "n = %d\n", r.N)
	for _, d := range r.Diagnostics {
		fmt.Fprintf(s.out, "  [%s] %s\n", s.say(string(d.Severity), severityZH(d.Severity)), s.say(d.Text.EN, d.Text.ZH))
	}
	return nil
}

func severityZH(v measure.Severity) string {
	switch v {
	case measure.Warning:
		return "注意"
	case measure.Serious:
		return "严重"
	}
	return "说明"
}

// figure prints six significant digits; nothing for a figure that doesn't exist.
func figure(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return fmt.Sprintf("%.6g", x)
}
