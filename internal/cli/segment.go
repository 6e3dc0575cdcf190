package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/segment"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
)

func newSegment(s *streams) *cobra.Command {
	c := &cobra.Command{Use: "segment", Short: "List segments, count a rule, say why a customer is in, export"}
	list := &cobra.Command{Use: "list", Short: "List segments", Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return s.listSegments(c.Context()) }}
	count := &cobra.Command{
		Use: "count RULE", Short: "Count whom a rule picks: its JSON, @FILE, or a segment's id",
		Example: `  outfitter segment count '{"event":{"verbs":["deal.won"],"days":90}}' --data ./data`, Args: cobra.ExactArgs(1),
	}
	kind := count.Flags().String("kind", "account", "account or person; of a segment its own")
	count.RunE = func(c *cobra.Command, args []string) error { return s.countSegment(c.Context(), *kind, args[0]) }
	why := &cobra.Command{
		Use: "why RULE ENTITY", Short: "Say clause by clause why a customer is in, or out",
		Example: `  outfitter segment why @rule.json 3f2a9c1e-0b6d-4c1e-9a55-0d7a0a1b2c3d --data ./data`, Args: cobra.ExactArgs(2),
	}
	whyKind := why.Flags().String("kind", "account", "account or person; of a segment its own")
	why.RunE = func(c *cobra.Command, args []string) error {
		return s.whySegment(c.Context(), *whyKind, args[0], args[1])
	}
	export := newSegmentExport(s)
	for _, sub := range []*cobra.Command{list, count, why, export} {
		s.folderFlags(sub)
		c.AddCommand(sub)
	}
	return c
}

func newSegmentExport(s *streams) *cobra.Command {
	in := segmentExportIn{Actor: osUser()}
	var to string
	c := &cobra.Command{
		Use: "export ID --to FILE", Short: "Write a segment's members, without those who must not be contacted; masked",
		Example: `  outfitter segment export 0b6d3f2a-9c1e-4c1e-9a55-0d7a0a1b2c3d --purpose analysis --to list.xlsx --data ./data`, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			in.ID = args[0]
			if strings.HasSuffix(to, ".xlsx") {
				in.Ask.Format = "xlsx"
			}
			return s.exportSegment(c.Context(), in, to)
		},
	}
	c.Flags().StringVar(&to, "to", "", "the file: .csv or .xlsx")
	c.Flags().StringVar(&in.Ask.Purpose, "purpose", segment.Contact, "contact (needs a decided holdout) or analysis")
	c.Flags().StringVar(&in.Ask.Campaign, "campaign", "", "of a contact: the campaign's key")
	c.Flags().StringVar(&in.Ask.Channel, "channel", "", "consent to this channel; default to any")
	c.Flags().BoolVar(&in.Ask.OptIn, "opt-in", false, "leave out those who never gave consent")
	_ = c.MarkFlagRequired("to")
	return c
}

func (s *streams) listSegments(ctx context.Context) error {
	all, err := callSegmentList(ctx, s, struct{}{})
	if err != nil {
		return err
	}
	if s.json {
		return s.print(orEmpty(all))
	}
	w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', 0)
	for _, v := range all {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\n", v.ID, v.Title, v.Kind, v.Mode, v.Members)
	}
	return w.Flush()
}

// rule reads a rule as it was given: JSON, a file of it, or a segment's id.
func rule(given string) (string, error) {
	name, ok := strings.CutPrefix(given, "@")
	if !ok {
		return given, nil
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return "", fault.New(fault.ErrInvalid, "rule.file", fmt.Sprintf("The rule's file %s can't be read: %v.", name, err), fmt.Sprintf("规则文件 %s 读不出：%v。", name, err))
	}
	return string(b), nil
}

func (s *streams) countSegment(ctx context.Context, kind, given string) error {
	text, err := rule(given)
	if err != nil {
		return err
	}
	t, err := callSegmentCount(ctx, s, segmentIn{Kind: kind, Rule: text})
	if err != nil {
		return err
	}
	if s.json {
		return s.print(map[string]any{"n": t.N, "of": t.Of, "as_of": t.AsOf.Format(time.DateOnly), "took_ms": t.Took.Milliseconds()})
	}
	_, err = fmt.Fprintf(s.out, s.say("%d of %d, as of %s\n", "%d 个（共 %d 个），统计日 %s\n"), t.N, t.Of, t.AsOf.Format(time.DateOnly))
	return err
}

func (s *streams) whySegment(ctx context.Context, kind, given, entity string) error {
	text, err := rule(given)
	if err != nil {
		return err
	}
	w, err := callSegmentWhy(ctx, s, segmentIn{Kind: kind, Rule: text, Entity: entity})
	if err != nil {
		return err
	}
	if s.json {
		return s.print(w)
	}
	s.reason(w, "")
	return nil
}

// reason prints a clause, what it compared, and some of the rows behind it.
func (s *streams) reason(w segment.Reason, indent string) {
	mark := "✗"
	if w.In {
		mark = "✓"
	}
	fmt.Fprintf(s.out, "%s%s %s", indent, mark, w.Path)
	if w.Number != nil {
		fmt.Fprintf(s.out, " = %s", cellText(*w.Number))
	}
	if w.Text != "" {
		fmt.Fprintf(s.out, " %s", (&access.Veil{}).Text(cellText(w.Text)))
	}
	fmt.Fprintln(s.out)
	for _, e := range w.Events {
		fmt.Fprintf(s.out, "%s    %s  %s  %s:%d\n", indent, e.TS.Format("2006-01-02 15:04:05Z"), e.Verb, e.Batch, e.Row)
	}
	for _, in := range w.Inside {
		s.reason(in, indent+"  ")
	}
}

func (s *streams) exportSegment(ctx context.Context, in segmentExportIn, to string) error {
	if s.zh {
		in.Ask.Lang = "zh"
	} else {
		in.Ask.Lang = "en"
	}
	x, err := callSegmentExport(ctx, s, in)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, x.File, 0o600); err != nil {
		return fault.New(fault.ErrInvalid, "export.file", fmt.Sprintf("The file %s can't be written: %v. The export is recorded; run it again with another --to.", to, err), fmt.Sprintf("文件 %s 写不进：%v。导出已登记，请换一个 --to 重新导出。", to, err))
	}
	if s.json {
		return s.print(x.Counts)
	}
	c := x.Counts
	_, err = fmt.Fprintf(s.out, s.say("%d of %d members to %s; left out: %d do not contact, %d withdrew consent, %d without consent, %d held out\n",
		"已导出 %d 人（成员 %d 人）到 %s；未导出：免打扰 %d，撤回同意 %d，未曾同意 %d，随机对照 %d\n"), c.Exported, c.Members, to, c.Blocked, c.Withdrawn, c.NoConsent, c.HeldOut)
	return err
}

type segmentIn struct{ Kind, Rule, Entity string }

// parse gives the kind and rule that were meant.
func (in segmentIn) parse(ctx context.Context, db *store.DB) (string, segment.Rule, error) {
	if strings.HasPrefix(strings.TrimSpace(in.Rule), "{") {
		r, err := segment.Parse([]byte(in.Rule))
		return in.Kind, r, err
	}
	v, err := segment.Get(ctx, db, strings.TrimSpace(in.Rule))
	return v.Kind, v.Rule, err
}

type segmentItem struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Kind    string `json:"kind"`
	Mode    string `json:"mode"`
	Owner   string `json:"owner"`
	Version int64  `json:"version"`
	Members int64  `json:"members"`
}

var callSegmentList = onFolder("segment-list", func(ctx context.Context, db *store.DB, _ struct{}, _ tell) ([]segmentItem, error) {
	all, err := segment.List(ctx, db, false)
	out := make([]segmentItem, len(all))
	for i, v := range all {
		out[i] = segmentItem{v.ID, v.Title, v.Kind, v.Mode, v.Owner, v.Version, v.Members}
	}
	return out, err
})

var callSegmentCount = onFolder("segment-count", func(ctx context.Context, db *store.DB, in segmentIn, _ tell) (segment.Tally, error) {
	kind, r, err := in.parse(ctx, db)
	if err != nil {
		return segment.Tally{}, err
	}
	return segment.Count(ctx, db, kind, r)
})

var callSegmentWhy = onFolder("segment-why", func(ctx context.Context, db *store.DB, in segmentIn, _ tell) (segment.Reason, error) {
	kind, r, err := in.parse(ctx, db)
	if err != nil {
		return segment.Reason{}, err
	}
	return segment.Why(ctx, db, kind, r, in.Entity)
})

type segmentExportIn struct {
	ID, Actor string
	Ask       segment.Ask
}

type segmentExportOut struct {
	Counts segment.Counts
	File   []byte
}

var callSegmentExport = onFolder("segment-export", func(ctx context.Context, db *store.DB, in segmentExportIn, _ tell) (segmentExportOut, error) {
	name, err := source.Zone(ctx, db)
	if err != nil {
		return segmentExportOut{}, err
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return segmentExportOut{}, err
	}
	x, err := segment.Prepare(ctx, db, access.Who{Actor: in.Actor}, in.ID, in.Ask, zone)
	if err != nil {
		return segmentExportOut{}, err
	}
	var b bytes.Buffer
	err = x.Write(&b, &access.Veil{})
	return segmentExportOut{x.Counts, b.Bytes()}, err
})
