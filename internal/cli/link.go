package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/estimate/table"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/linkage"
	"github.com/chanzipu/outfitter/linkage/splink"
)

type linkOptions struct {
	inputs    []string
	id        string
	ignore    []string
	settings  string
	threshold float64
	out       string
	edges     string
	truth     string
	model     string
	seed      uint64
}

func newLink(s *streams) *cobra.Command {
	var o linkOptions
	c := &cobra.Command{
		Use:   "link --input FILE [--input FILE …] --out clusters.csv [flags] [--json]",
		Short: s.say("Find the records that mean the same customer, in any CSV files", "在任意 CSV 文件中找出指向同一客户的记录"),
		Long: s.say(`Compares the records of one file, or of several, and puts those of the same
person, company or thing into one cluster. Without --settings the columns are
profiled, and comparisons and blocking rules chosen. clusters.csv holds
source,id,cluster_id; a source is its file's name without the ending.`,
			`比较一个或多个文件中的记录，把指向同一人、公司或事物的记录归为一类。
不给 --settings 时自动分析各列并选择比较方式与分块规则。
clusters.csv 含 source,id,cluster_id；source 为去掉扩展名的文件名。`),
		Example: `  outfitter link --input crm.csv --input tickets.csv --id id --out clusters.csv
  outfitter link --input people.csv --out clusters.csv --edges edges.csv --truth truth.csv --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if o.threshold < 0 || o.threshold > 1 {
				return &usageError{fmt.Errorf("--threshold %v: give a probability from 0 to 1", o.threshold)}
			}
			return runLink(c.Context(), s, o)
		},
	}
	s.jsonFlag(c)
	f := c.Flags()
	f.StringArrayVar(&o.inputs, "input", nil, "a file of records; repeat it for each")
	f.StringVar(&o.id, "id", "", "column of the record's id; default: a column named so whose values differ, else the row number")
	f.StringSliceVar(&o.ignore, "ignore", nil, "columns that are not to be compared")
	f.StringVar(&o.settings, "settings", "", "JSON of comparisons, rules and parameters, ours or Splink's")
	f.Float64Var(&o.threshold, "threshold", 0, "probability from which records belong together (0.5, or the settings')")
	f.StringVar(&o.out, "out", "", "file to write: source,id,cluster_id")
	f.StringVar(&o.edges, "edges", "", "file to write: every pair compared, with its probability")
	f.StringVar(&o.truth, "truth", "", "file of source,id,entity to measure the result by")
	f.StringVar(&o.model, "model", "", "file to write: the trained settings")
	f.Uint64Var(&o.seed, "seed", 1, "of random samples: the same seed gives the same result")
	for _, name := range []string{"input", "out"} {
		if err := c.MarkFlagRequired(name); err != nil {
			panic(err)
		}
	}
	return c
}

// A linkReport is what link prints as JSON.
type linkReport struct {
	Records    int                   `json:"records"`
	Sources    []linkSource          `json:"sources"`
	Clusters   int                   `json:"clusters"`
	Pairs      int                   `json:"pairs"`   // compared
	Matches    int64                 `json:"matches"` // pairs at or above the threshold
	Threshold  float64               `json:"threshold"`
	Chosen     bool                  `json:"settings_chosen"` // from the columns, not given
	Rules      []linkage.RuleReport  `json:"rules"`
	Blocks     []linkage.BlockReport `json:"blocks"`
	Parameters linkage.Settings      `json:"parameters"`
	Stages     []linkage.Stage       `json:"stages"`
	Seconds    float64               `json:"seconds"`
	Memory     int64                 `json:"memory"` // bytes resident at the peak
	Notes      []string              `json:"notes"`
	Evaluation *linkEvaluation       `json:"evaluation"`
}

type linkSource struct {
	Source  string   `json:"source"`
	File    string   `json:"file"`
	Records int      `json:"records"`
	ID      string   `json:"id"` // its column; empty: the row number
	Columns []string `json:"columns"`
}

func runLink(ctx context.Context, s *streams, o linkOptions) error {
	begun := time.Now()
	set, chosen, err := linkSettings(o.settings)
	if err != nil {
		return err
	}
	var truth []linkage.Truth
	in, err := readLink(s, o)
	if err != nil {
		return err
	}
	if o.truth != "" {
		if truth, err = readTruth(o.truth, in.sources); err != nil {
			return err
		}
		in.leaveOut(s, truth)
	}
	tables, err := in.build()
	if err != nil {
		return linkFault(err)
	}
	progress, end := s.progress()
	defer end()
	opt := linkage.Options{Seed: o.seed, Now: time.Now, Progress: func(p linkage.Progress) {
		progress(int64(p.Done), int64(max(p.All, 1)), p.Stage, stageZH(p.Stage))
	}}
	if set == nil && o.threshold > 0 {
		sug, err := linkage.Suggest(ctx, tables, opt)
		if err != nil {
			return linkFault(err)
		}
		set = &sug.Settings
	}
	if set != nil && o.threshold > 0 {
		set.Threshold = o.threshold
	}
	res, err := linkage.Link(ctx, tables, set, opt)
	if err != nil {
		return linkFault(err)
	}
	rep := linkReport{Records: len(res.Clusters), Sources: in.sources, Pairs: len(res.Edges), Matches: res.Matches, Chosen: chosen, Threshold: res.Model.Threshold,
		Rules: res.Rules, Blocks: res.Blocks, Parameters: res.Model, Stages: res.Stages, Notes: in.notes}
	if rep.Threshold == 0 {
		rep.Threshold = linkage.DefaultThreshold
	}
	if truth != nil {
		if rep.Evaluation, err = evaluateLink(res, truth); err != nil {
			return err
		}
	}
	if rep.Clusters, err = writeLink(res, o); err != nil {
		return err
	}
	rep.Seconds, rep.Memory = time.Since(begun).Seconds(), peak()
	if s.json {
		if rep.Blocks == nil {
			rep.Blocks = []linkage.BlockReport{}
		}
		if rep.Notes == nil {
			rep.Notes = []string{}
		}
		return s.print(rep)
	}
	return printLink(s, rep, o)
}

// peak is the most memory that the process held, in bytes.
func peak() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) << 10
}

func stageZH(stage string) string {
	switch stage {
	case "prepare":
		return "准备"
	case "compare":
		return "比较"
	case "train":
		return "训练"
	case "cluster":
		return "归类"
	}
	return stage
}

// linkFault says that the records, not the program, are at fault: the kernel
// fails on its input alone.
func linkFault(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fault.New(fault.ErrInvalid, "link.input", err.Error(), "无法进行匹配："+err.Error())
}

// linkSettings reads settings of ours or of Splink's; nil where none are given.
func linkSettings(path string) (set *linkage.Settings, chosen bool, err error) {
	if path == "" {
		return nil, true, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, false, fault.New(fault.ErrInvalid, "settings.unreadable",
			fmt.Sprintf("The settings %s can't be read: %v.", path, err), fmt.Sprintf("设置文件 %s 读不出来：%v。", path, err))
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, false, fault.New(fault.ErrInvalid, "settings.json",
			fmt.Sprintf("The settings %s are not JSON: %v.", path, err), fmt.Sprintf("设置文件 %s 不是有效的 JSON：%v。", path, err))
	}
	parse := linkage.ParseSettings
	if _, theirs := keys["blocking_rules_to_generate_predictions"]; theirs || keys["link_type"] != nil {
		parse = splink.Import
	}
	got, err := parse(text)
	if err != nil {
		return nil, false, fault.New(fault.ErrInvalid, "settings.invalid",
			fmt.Sprintf("The settings %s can't be used: %v.", path, err), fmt.Sprintf("设置文件 %s 无法使用：%v。", path, err))
	}
	return &got, false, nil
}

// A linkInput is what was read, before it becomes the kernel's tables.
type linkInput struct {
	sources []linkSource
	tables  []*table.Table
	ids     [][]string
	drop    []map[int]bool // columns that are not compared, by table
	notes   []string
}

func readLink(s *streams, o linkOptions) (*linkInput, error) {
	in := &linkInput{}
	ignored := map[string]bool{}
	for _, path := range o.inputs {
		r, err := table.Open(path)
		if err != nil {
			return nil, err
		}
		t, err := r.Read(nil)
		if err != nil {
			return nil, err
		}
		if t.Rows == 0 {
			return nil, fault.New(fault.ErrNotFound, "file.no-rows", fmt.Sprintf("%q holds a header and no records: export it again.", t.Name), fmt.Sprintf("“%s”只有表头，没有记录：请重新导出。", t.Name))
		}
		id, err := linkID(t, o.id)
		if err != nil {
			return nil, err
		}
		drop := map[int]bool{}
		ids, again := make([]string, t.Rows), 0
		seen := make(map[string]bool, t.Rows)
		for i := range ids {
			if ids[i] = strconv.Itoa(i + 1); id >= 0 {
				ids[i] = t.Cell(i, id)
			}
			if seen[ids[i]] {
				again++
			}
			seen[ids[i]] = true
		}
		src := linkSource{Source: in.name(path), File: path, Records: t.Rows}
		if id >= 0 {
			drop[id], src.ID = true, t.Columns[id]
		}
		if again > 0 {
			in.notes = append(in.notes, fmt.Sprintf(s.say("%s: %d records repeat an id of column %q; their rows in the output can't be told apart by id.", "%s：%d 条记录的编号（列“%s”）重复，输出中无法按编号区分。"), src.Source, again, src.ID))
		}
		for _, name := range o.ignore {
			if c := t.Column(name); c >= 0 {
				drop[c], ignored[name] = true, true
			}
		}
		in.sources, in.tables, in.ids, in.drop = append(in.sources, src), append(in.tables, t), append(in.ids, ids), append(in.drop, drop)
	}
	for _, name := range o.ignore {
		if !ignored[name] {
			return nil, table.MissingColumn(in.tables[0].Name, "ignore", name, in.tables[0].Columns)
		}
	}
	return in, nil
}

// name is the source of a file: its stem, made distinct.
func (in *linkInput) name(path string) string {
	stem := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	taken := func(n string) bool {
		return slices.ContainsFunc(in.sources, func(s linkSource) bool { return s.Source == n })
	}
	name := stem
	for k := 2; taken(name); k++ {
		name = fmt.Sprintf("%s_%d", stem, k)
	}
	return name
}

// linkID is the id's column: as named, else one called so whose values all
// differ, else −1.
func linkID(t *table.Table, name string) (int, error) {
	if name != "" {
		c := t.Column(name)
		if c < 0 {
			return 0, table.MissingColumn(t.Name, "id", name, t.Columns)
		}
		return c, nil
	}
	for pass := range 2 {
		for c, column := range t.Columns {
			low := strings.ToLower(column)
			named := slices.Contains([]string{"id", "unique_id", "uid", "rec_id", "record_id", "recordid", "row_id", "entity id", "编号", "客户编号", "记录编号"}, low)
			if pass == 1 {
				named = c == 0 && (strings.HasSuffix(low, "id") || strings.HasSuffix(low, "编号"))
			}
			if named && distinct(t, c) {
				return c, nil
			}
		}
	}
	return -1, nil
}

func distinct(t *table.Table, column int) bool {
	seen := make(map[string]bool, t.Rows)
	for i := range t.Rows {
		v := t.Cell(i, column)
		if v == "" || seen[v] {
			return false
		}
		seen[v] = true
	}
	return true
}

// build makes the kernel's tables.
func (in *linkInput) build() ([]*linkage.Table, error) {
	var out []*linkage.Table
	for k, t := range in.tables {
		var columns []string
		var at []int
		for c, name := range t.Columns {
			if !in.drop[k][c] {
				columns, at = append(columns, name), append(at, c)
			}
		}
		in.sources[k].Columns = columns
		tab, err := linkage.NewTable(in.sources[k].Source, columns)
		if err != nil {
			return nil, err
		}
		values := make([]string, len(at))
		for i := range t.Rows {
			for j, c := range at {
				values[j] = t.Cell(i, c)
			}
			if err := tab.Append(in.ids[k][i], values); err != nil {
				return nil, err
			}
		}
		out = append(out, tab)
	}
	return out, nil
}
