package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
)

func newQuery(s *streams) *cobra.Command {
	c := &cobra.Command{
		Use:     "query --data DIR [--json] 'SELECT …'",
		Short:   "Read the facts with SQL: event, party, batch, reject",
		Example: `  outfitter query --data ./data "SELECT verb, count(*) FROM event GROUP BY verb"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			t, err := callQuery(c.Context(), s, args[0])
			if err != nil {
				return err
			}
			return s.table(t)
		},
	}
	s.folderFlags(c)
	return c
}

var callQuery = onFolder("query", func(ctx context.Context, db *store.DB, in string, _ tell) (fact.Table, error) {
	return fact.Query(ctx, db, in)
})

func (s *streams) table(t fact.Table) error {
	if s.json {
		rows := make([]map[string]any, len(t.Rows))
		for i, r := range t.Rows {
			rows[i] = map[string]any{}
			for j, c := range t.Columns {
				rows[i][c] = r[j]
			}
		}
		return s.print(rows)
	}
	w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(t.Columns, "\t"))
	for _, r := range t.Rows {
		var cells []string
		for _, v := range r {
			cells = append(cells, cellText(v))
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.NewReplacer("\t", " ", "\n", " ", "\r", " ").Replace(v)
	case float64:
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(b)
	}
	return fmt.Sprint(v)
}

func newRow(s *streams) *cobra.Command {
	var around int64
	c := &cobra.Command{
		Use:     "row --data DIR BATCH:ROW",
		Short:   "Print an original record, its header and its neighbours",
		Example: `  outfitter row --data ./data 3f2a9c1e:17`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			batch, row, err := source.ParseRow(args[0])
			if err != nil {
				return err
			}
			o, err := callRow(c.Context(), s, rowIn{batch, row, around})
			if err != nil {
				return err
			}
			return printRow(s, o)
		},
	}
	s.folderFlags(c)
	c.Flags().Int64Var(&around, "around", 2, "how many neighbours to print before and after")
	return c
}

type rowIn struct {
	Batch       string
	Row, Around int64
}

var callRow = onFolder("row", func(ctx context.Context, db *store.DB, in rowIn, _ tell) (source.Original, error) {
	return source.Row(ctx, db, in.Batch, in.Row, in.Around)
})

func printRow(s *streams, o source.Original) error {
	if s.json {
		return s.print(map[string]any{
			"batch": o.Batch.ID, "row": o.Row, "line": o.Line, "file": o.Batch.Name, "table": o.Table.Name,
			"header": o.Header, "fields": o.Fields, "raw": o.Raw, "neighbours": o.Neighbours,
			"events": orEmpty(o.Events), "parties": orEmpty(o.Parties), "rejects": orEmpty(o.Rejects),
		})
	}
	fmt.Fprintf(s.out, "%s:%d  %s", o.Batch.ID, o.Row, o.Batch.Name)
	if o.Line > 0 {
		fmt.Fprintf(s.out, s.say("  line %d", "  第 %d 行"), o.Line)
	}
	fmt.Fprintf(s.out, "\n%s\n\n", o.Raw)
	w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', 0)
	fmt.Fprintln(w, "  row\t"+strings.Join(o.Header, "\t"))
	for _, n := range o.Neighbours {
		mark := "  "
		if n.Row == o.Row {
			mark = "▶ "
		}
		cells := make([]string, len(n.Fields))
		for i, f := range n.Fields {
			cells[i] = cellText(f)
		}
		fmt.Fprintf(w, "%s%d\t%s\n", mark, n.Row, strings.Join(cells, "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, e := range o.Events {
		fmt.Fprintf(s.out, "→ %s  %s  %s\n", e.Verb, e.TS.Format("2006-01-02 15:04:05Z"), e.ID)
	}
	for _, r := range o.Rejects {
		fmt.Fprintf(s.out, "✗ %s %s\n", r.Column, s.say(r.Reason, r.ReasonZh))
	}
	return nil
}

func orEmpty[T any](v []T) []T {
	if v == nil {
		return []T{}
	}
	return v
}

func newRollback(s *streams) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use:     "rollback --data DIR BATCH",
		Short:   "Take out exactly what a batch brought in",
		Example: `  outfitter rollback --data ./data 3f2a9c1e`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			b, err := callRollback(c.Context(), s, rollbackIn{args[0], reason, osUser()})
			if err != nil {
				return err
			}
			if s.json {
				return s.print(map[string]any{"batch": b.ID, "state": b.State})
			}
			_, err = fmt.Fprintf(s.out, s.say("Rolled back %s (%s).\n", "已回滚 %s（%s）。\n"), b.ID, b.Name)
			return err
		},
	}
	s.folderFlags(c)
	c.Flags().StringVar(&reason, "reason", "", "why, for the audit log")
	return c
}

type rollbackIn struct{ Batch, Reason, Actor string }

var callRollback = onFolder("rollback", func(ctx context.Context, db *store.DB, in rollbackIn, _ tell) (fact.Batch, error) {
	return source.Rollback(ctx, db, in.Batch, in.Actor, in.Reason)
})
