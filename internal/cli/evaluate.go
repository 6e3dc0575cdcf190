package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/evaluate"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/simulate"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

type evaluateOptions struct {
	claims []string
	seeds  int
	first  uint64
	size   string
}

// An evaluation is what `outfitter evaluate --json` prints.
type evaluation struct {
	Trials   []evaluate.Trial `json:"trials,omitempty"`
	Coverage []evaluate.Line  `json:"coverage,omitempty"`
	Seeds    int              `json:"seeds,omitempty"`
	Seconds  float64          `json:"seconds"`
}

func newEvaluate(s *streams) *cobra.Command {
	var o evaluateOptions
	c := &cobra.Command{
		Use:   "evaluate [DIR]",
		Short: "Put the built-in claims to made companies, and compare with the truth",
		Long: `DIR is what 'outfitter simulate' wrote: its exports are imported into a folder
that is thrown away, the built-in claims are run on them, and each figure is
compared with truth.json.

With --seeds N the claims are put to N made companies of their own instead,
without files: how often the 95 % intervals hold the truth, and how often a
shovel that does nothing raises an alarm, each beside the band in which 99 of
100 fair counts lie.`,
		Example: `  outfitter evaluate ./company
  outfitter evaluate --seeds 1000`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && o.seeds < 1 {
				return &usageError{errors.New("name the folder that outfitter simulate wrote, or --seeds N")}
			}
			questions, err := o.questions()
			if err != nil {
				return err
			}
			begin := time.Now()
			var e evaluation
			if len(args) > 0 {
				if e.Trials, err = s.evaluateFolder(c.Context(), args[0], questions); err != nil {
					return err
				}
			}
			if o.seeds > 0 {
				if e.Coverage, err = s.evaluateSeeds(c.Context(), o, questions); err != nil {
					return err
				}
				e.Seeds = o.seeds
			}
			e.Seconds = time.Since(begin).Seconds()
			if s.json {
				return s.print(e)
			}
			return s.evaluated(e)
		},
	}
	c.Flags().StringSliceVar(&o.claims, "claims", nil, "only these, by id")
	c.Flags().IntVar(&o.seeds, "seeds", 0, "how many made companies; 1000 or more for figures to rely on")
	c.Flags().Uint64Var(&o.first, "first", 1, "seed of the first of them")
	c.Flags().StringVar(&o.size, "size", "small", "of them: small, medium or large")
	s.jsonFlag(c)
	return c
}

func (o evaluateOptions) questions() ([]evaluate.Question, error) {
	all, err := evaluate.Questions()
	if err != nil || len(o.claims) == 0 {
		return all, err
	}
	var ids []string
	var out []evaluate.Question
	for _, q := range all {
		ids = append(ids, q.Claim.ID)
		if slices.Contains(o.claims, q.Claim.ID) {
			out = append(out, q)
		}
	}
	for _, id := range o.claims {
		if !slices.Contains(ids, id) {
			return nil, &usageError{fmt.Errorf("--claims: no built-in claim with a truth is called %q: choose among %s", id, strings.Join(ids, ", "))}
		}
	}
	return out, nil
}

// evaluateFolder imports the exports into a folder of its own and throws that away.
func (s *streams) evaluateFolder(ctx context.Context, dir string, questions []evaluate.Question) (_ []evaluate.Trial, err error) {
	t, err := simulate.ReadTruth(dir)
	if err != nil {
		return nil, fault.New(fault.ErrInvalid, "evaluate.folder",
			fmt.Sprintf("%s holds no truth to compare with: %v. Make a company with: outfitter simulate --out DIR.", dir, err),
			fmt.Sprintf("%s 里没有可供比较的真相文件：%v。请先运行 outfitter simulate --out DIR 生成公司。", dir, err))
	}
	tmp, err := os.MkdirTemp("", "outfitter-evaluate-")
	if err != nil {
		return nil, fmt.Errorf("cli: evaluate: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(tmp)) }()
	own := *s
	own.dir, own.database = filepath.Join(tmp, "data"), ""
	db, err := own.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := importCompany(ctx, s, db, dir); err != nil {
		return nil, err
	}
	progress, end := s.progress()
	defer end()
	return evaluate.Folder(ctx, db, t, questions, func(done, total int64, en, zh string) { progress(done, total, en, zh) })
}

func (s *streams) evaluateSeeds(ctx context.Context, o evaluateOptions, questions []evaluate.Question) ([]evaluate.Line, error) {
	size, err := simulate.ParseSize(o.size)
	if err != nil {
		return nil, &usageError{err}
	}
	progress, end := s.progress()
	defer end()
	by, done := map[string][]evaluate.Trial{}, 0
	err = evaluate.Coverage(ctx, questions, o.first, o.seeds, size, func(trials []evaluate.Trial) error {
		done++
		progress(int64(done), int64(o.seeds), "companies", "家公司")
		for _, t := range trials {
			by[t.Claim] = append(by[t.Claim], t)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var out []evaluate.Line
	for _, q := range questions {
		out = append(out, evaluate.Summarise(by[q.Claim.ID]))
	}
	return out, nil
}

// evaluated prints both tables.
func (s *streams) evaluated(e evaluation) error {
	w := tabwriter.NewWriter(s.out, 0, 4, 2, ' ', 0)
	if len(e.Trials) > 0 {
		fmt.Fprintln(w, s.say("claim\ttruth\testimate\tinterval\tcovered\tgrade\trefused", "论断\t真值\t估计\t区间\t覆盖\t等级\t暂不下结论"))
		for _, t := range e.Trials {
			covered, grade := s.say("no", "否"), string(t.Grade)
			switch {
			case !t.Answered():
				covered, grade = "", ""
			case t.Covered:
				covered = s.say("yes", "是")
			}
			truth := short(claim.Number(t.Truth.Expected))
			if t.Refusal == evaluate.NoTruth {
				truth = ""
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.Claim, truth, short(t.Estimate), span(t.Lo, t.Hi), covered, grade, s.text(t.Why))
		}
		fmt.Fprintln(w)
	}
	if len(e.Coverage) > 0 {
		fmt.Fprintln(w, s.say("claim\tmethod\tgrade\tanswered\ttruth\tbias\tcovered\tband\tdistance\talarms", "论断\t方法\t等级\t作答\t真值\t偏差\t覆盖率\t容许范围\t差距\t报警率"))
		for _, l := range e.Coverage {
			fmt.Fprintf(w, "%s\t%s\t%s\t%d/%d\t%s\t%s\t%s\t%s\t%s\t%s\n", l.Claim, l.Method, l.Grade, l.Answered, l.Trials, short(l.Truth), short(l.Bias),
				percent(l.Coverage), percent(claim.Number(l.Band[0]))+"–"+percent(claim.Number(l.Band[1])), distance(l.Miss), s.alarms(l))
		}
		fmt.Fprintf(w, s.say("%d companies, %.0f s\n", "%d 家公司，%.0f 秒\n"), e.Seeds, e.Seconds)
	}
	return w.Flush()
}

// alarms are false where nothing happens, and power elsewhere.
func (s *streams) alarms(l evaluate.Line) string {
	if !l.None {
		return s.say("power ", "功效 ") + percent(l.Alarms)
	}
	out := s.say("false ", "误报 ") + percent(l.Alarms)
	if l.AlarmMiss != 0 {
		out += " (" + distance(l.AlarmMiss) + ")"
	}
	return out
}

func short(n claim.Number) string {
	if !n.OK() {
		return ""
	}
	return fmt.Sprintf("%.3g", float64(n))
}

func span(lo, hi claim.Number) string {
	if !lo.OK() || !hi.OK() {
		return ""
	}
	return short(lo) + " … " + short(hi)
}

func percent(n claim.Number) string {
	if !n.OK() {
		return ""
	}
	return fmt.Sprintf("%.1f%%", 100*float64(n))
}

// distance is how many points a share lies outside its band.
func distance(d float64) string {
	if d == 0 {
		return "0"
	}
	return fmt.Sprintf("%+.1f", 100*d)
}
