package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/examples"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
)

func newDemo(s *streams) *cobra.Command {
	var o serveOptions
	var seed uint64
	var size string
	c := &cobra.Command{
		Use:     "demo",
		Short:   "Make a demo company, import it like anybody's files, and serve it",
		Example: `  outfitter demo`,
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return runDemo(c.Context(), s, o, seed, size) },
	}
	s.folderFlagsIn(c, "demo")
	o.flags(c)
	c.Flags().Uint64Var(&seed, "seed", 1, "another seed makes another company")
	c.Flags().StringVar(&size, "size", "small", "small, medium or large")
	return c
}

func runDemo(ctx context.Context, s *streams, o serveOptions, seed uint64, size string) (err error) {
	db, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	sum, err := fact.Total(ctx, db)
	if err != nil {
		return err
	}
	if sum.Batches == 0 {
		if err := makeDemo(ctx, s, db, seed, size); err != nil {
			return err
		}
	}
	return serve(ctx, s, o, db, func(string) {})
}

// makeDemo writes the company's exports and imports them with the example
// mappings, one source after the other.
func makeDemo(ctx context.Context, s *streams, db *store.DB, seed uint64, size string) error {
	out := filepath.Join(db.Dir, "company")
	if err := os.RemoveAll(out); err != nil {
		return store.DiskFault(db.Dir, err)
	}
	if _, err := runSimulate(ctx, s, seed, size, out); err != nil {
		return err
	}
	return importCompany(ctx, s, db, out)
}

// importCompany imports the exports of a made company.
func importCompany(ctx context.Context, s *streams, db *store.DB, out string) error {
	maps, err := examples.Company()
	if err != nil {
		return err
	}
	progress, end := s.progress()
	defer end()
	total := fact.Totals{}
	for i, m := range maps {
		folder := filepath.Join(out, m.Folder)
		if _, err := os.Stat(folder); err != nil {
			return fmt.Errorf("cli: demo: the made company has no %s: %w", m.Folder, err)
		}
		res, err := source.Import(ctx, db, source.Request{Paths: []string{folder}, Mapping: m.YAML, AcceptDrift: true, Actor: osUser()},
			stage.Progress(func(done, all int64, en, zh string) {
				progress(int64(i)*1000+1000*done/max(all, 1), int64(len(maps))*1000, en, zh)
			}))
		if err != nil {
			return err
		}
		for _, f := range res.Failed {
			if f.Refused {
				return fault.New(fault.ErrConflict, f.Code, f.Name+": "+f.EN, f.Name+"："+f.ZH)
			}
		}
		for _, b := range res.Batches {
			total.Events += b.Events
			total.Batches++
			total.Rejects += b.Rejected
		}
	}
	fmt.Fprintf(s.err, s.say("The demo company is in: %d files, %d events, %d rows rejected.\n", "演示公司已导入：%d 个文件，%d 个事件，拒收 %d 行。\n"), total.Batches, total.Events, total.Rejects)
	return nil
}
