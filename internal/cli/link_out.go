package cli

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/chanzipu/outfitter/internal/estimate/table"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/linkage"
	"github.com/chanzipu/outfitter/linkage/evaluate"
)

// A linkEvaluation is the kernel's, with the calibration curve's words in
// lower case as the rest.
type linkEvaluation struct {
	Records          int              `json:"records"`
	TruePairs        int64            `json:"true_pairs"`
	Pairwise         evaluate.Score   `json:"pairwise"`
	BCubed           evaluate.Score   `json:"b_cubed"`
	BlockingRecall   float64          `json:"blocking_recall"`
	CalibrationError float64          `json:"calibration_error"`
	Calibration      []calibrationBin `json:"calibration"`
}

type calibrationBin struct {
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	Pairs     int64   `json:"pairs"`
	Predicted float64 `json:"predicted"`
	Observed  float64 `json:"observed"`
}

func evaluateLink(res *linkage.Result, truth []linkage.Truth) (*linkEvaluation, error) {
	ev, err := res.Evaluate(truth)
	if err != nil {
		return nil, linkFault(err)
	}
	out := &linkEvaluation{Records: ev.Records, TruePairs: ev.TruePairs, Pairwise: ev.Pairwise, BCubed: ev.BCubed,
		BlockingRecall: ev.BlockingRecall, CalibrationError: ev.CalibrationError, Calibration: []calibrationBin{}}
	for _, b := range ev.Calibration {
		out.Calibration = append(out.Calibration, calibrationBin(b))
	}
	return out, nil
}

// readTruth reads source,id,entity; with one input the source may be left out.
func readTruth(path string, sources []linkSource) ([]linkage.Truth, error) {
	r, err := table.Open(path)
	if err != nil {
		return nil, err
	}
	t, err := r.Read(nil)
	if err != nil {
		return nil, err
	}
	find := func(names ...string) (int, error) {
		for _, n := range names {
			if c := t.Column(n); c >= 0 {
				return c, nil
			}
		}
		return -1, table.MissingColumn(t.Name, "truth", names[0], t.Columns)
	}
	source, err := find("source")
	if err != nil && len(sources) > 1 {
		return nil, err
	}
	id, err := find("id", sources[0].ID)
	if err != nil {
		return nil, err
	}
	entity, err := find("entity", "entity_id", "cluster", "cluster_id")
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, s := range sources {
		known[s.Source] = true
	}
	out := make([]linkage.Truth, t.Rows)
	strange := map[string]bool{}
	for i := range out {
		out[i] = linkage.Truth{Source: sources[0].Source, ID: t.Cell(i, id), Entity: t.Cell(i, entity)}
		if source >= 0 {
			out[i].Source = t.Cell(i, source)
		}
		if !known[out[i].Source] {
			strange[out[i].Source] = true
		}
	}
	if len(strange) > 0 && len(sources) == 1 && len(strange) == 1 { // one file, whatever the truth calls it
		for i := range out {
			out[i].Source = sources[0].Source
		}
	}
	return out, nil
}

// leaveOut keeps a column that is the truth itself from being compared.
func (in *linkInput) leaveOut(s *streams, truth []linkage.Truth) {
	entity := make(map[[2]string]string, len(truth))
	for _, t := range truth {
		entity[[2]string{t.Source, t.ID}] = t.Entity
	}
	for k, t := range in.tables {
		for c, name := range t.Columns {
			if in.drop[k][c] {
				continue
			}
			same, named := 0, 0
			for i := range t.Rows {
				e, ok := entity[[2]string{in.sources[k].Source, in.ids[k][i]}]
				if !ok {
					continue
				}
				named++
				if e == t.Cell(i, c) {
					same++
				}
			}
			if named > 0 && 10*same > 9*named {
				in.drop[k][c] = true
				in.notes = append(in.notes, fmt.Sprintf(s.say("%s: column %q holds the truth itself and was not compared.", "%s：列“%s”就是真值本身，未参与比较。"), in.sources[k].Source, name))
			}
		}
	}
}

// writeLink writes the files asked for and returns the number of clusters.
func writeLink(res *linkage.Result, o linkOptions) (clusters int, err error) {
	seen := map[uint32]bool{}
	err = writeCSV(o.out, []string{"source", "id", "cluster_id"}, len(res.Clusters), func(i int, row []string) {
		row[0], row[1] = res.Record(uint32(i))
		row[2] = strconv.FormatUint(uint64(res.Clusters[i]), 10)
		seen[res.Clusters[i]] = true
	})
	if err != nil {
		return 0, err
	}
	if o.edges != "" {
		head := []string{"source_a", "id_a", "source_b", "id_b", "probability", "weight", "rule"}
		err = writeCSV(o.edges, head, len(res.Edges), func(i int, row []string) {
			e := res.Edges[i]
			row[0], row[1] = res.Record(e.A)
			row[2], row[3] = res.Record(e.B)
			row[4] = strconv.FormatFloat(linkage.Probability(float64(e.Weight)), 'g', 8, 64)
			row[5] = strconv.FormatFloat(float64(e.Weight), 'f', 4, 64)
			row[6] = res.RuleOf(i)
		})
		if err != nil {
			return 0, err
		}
	}
	if o.model != "" {
		text, err := json.MarshalIndent(res.Model, "", "  ")
		if err != nil {
			return 0, err
		}
		if err := os.WriteFile(o.model, append(text, '\n'), 0o644); err != nil {
			return 0, unwritable(o.model, err)
		}
	}
	return len(seen), nil
}

func unwritable(path string, err error) error {
	return fault.New(fault.ErrInvalid, "file.unwritable", fmt.Sprintf("%q can't be written: %v: choose another place.", path, err), fmt.Sprintf("“%s”无法写入：%v：请换一个位置。", path, err))
}

// writeCSV writes beside the file and renames, so that no half file is left.
func writeCSV(path string, head []string, n int, fill func(i int, row []string)) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return unwritable(path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	buf := bufio.NewWriterSize(f, 1<<18)
	w := csv.NewWriter(buf)
	if err := w.Write(head); err != nil {
		return errors.Join(unwritable(path, err), f.Close())
	}
	row := make([]string, len(head))
	for i := range n {
		fill(i, row)
		if err := w.Write(row); err != nil {
			return errors.Join(unwritable(path, err), f.Close())
		}
	}
	w.Flush()
	if err := errors.Join(w.Error(), buf.Flush(), f.Chmod(0o644), f.Close()); err != nil {
		return unwritable(path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return unwritable(path, err)
	}
	return nil
}

func printLink(s *streams, r linkReport, o linkOptions) error {
	fmt.Fprintf(s.out, s.say("%d records, %d clusters, %d pairs compared, %d at or above %.3g; %.1f s, %d MB at the peak; written to %s\n",
		"%d 条记录，%d 个类，比较 %d 对，%d 对达到 %.3g；用时 %.1f 秒，内存峰值 %d MB；已写入 %s\n"), r.Records, r.Clusters, r.Pairs, r.Matches, r.Threshold, r.Seconds, r.Memory>>20, o.out)
	w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', 0)
	fmt.Fprintln(w, s.say("blocking rule\tnew pairs", "分块规则\t新增对数"))
	for _, rule := range r.Rules {
		fmt.Fprintf(w, "%s\t%d\n", rule.Rule, rule.Pairs)
	}
	fmt.Fprintln(w, s.say("comparison\tkind\tm (levels)\tu (levels)", "比较项\t类型\tm（各级）\tu（各级）"))
	for _, c := range r.Parameters.Comparisons {
		var m, u []string
		for _, p := range c.Parameters {
			m, u = append(m, strconv.FormatFloat(p.M, 'g', 3, 64)), append(u, strconv.FormatFloat(p.U, 'g', 3, 64))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.Name, c.Kind, strings.Join(m, " "), strings.Join(u, " "))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, b := range r.Blocks {
		fmt.Fprintf(s.out, s.say("  a key of %s is shared by %d records (e.g. %s): %s\n", "  规则 %s 的一个键被 %d 条记录共用（如 %s）：%s\n"), b.Rule, b.Records, b.Example, b.Action)
	}
	for _, n := range r.Notes {
		fmt.Fprintln(s.out, "  "+n)
	}
	if e := r.Evaluation; e != nil {
		fmt.Fprintf(s.out, s.say("pairwise: precision %.4f, recall %.4f, F1 %.4f\n", "成对：精确率 %.4f，召回率 %.4f，F1 %.4f\n"), e.Pairwise.Precision, e.Pairwise.Recall, e.Pairwise.F1)
		fmt.Fprintf(s.out, s.say("B³:       precision %.4f, recall %.4f, F1 %.4f\n", "B³：精确率 %.4f，召回率 %.4f，F1 %.4f\n"), e.BCubed.Precision, e.BCubed.Recall, e.BCubed.F1)
		fmt.Fprintf(s.out, s.say("blocking recall %.4f, calibration error %.4f\n", "分块召回率 %.4f，校准误差 %.4f\n"), e.BlockingRecall, e.CalibrationError)
	}
	return nil
}
