package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/simulate"
	"github.com/chanzipu/outfitter/internal/simulate/workbook"
)

func newSimulate(s *streams) *cobra.Command {
	var seed uint64
	var size, out string
	c := &cobra.Command{
		Use:     "simulate --seed N --size small|medium|large --out DIR",
		Short:   "Write a made company's exports, and the truth about it",
		Example: `  outfitter simulate --seed 7 --size small --out ./company`,
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			sum, err := runSimulate(c.Context(), s, seed, size, out)
			if err != nil {
				return err
			}
			if s.json {
				return s.print(sum)
			}
			_, err = fmt.Fprintf(s.out, s.say("Wrote %d files with %d rows (%d events), and truth.json, to %s.\n", "已写出 %d 个文件、%d 行（%d 个事件）及 truth.json，位于 %s。\n"), len(sum.Files), sum.Rows, sum.Events, out)
			return err
		},
	}
	c.Flags().Uint64Var(&seed, "seed", 1, "the same seed makes the same files to the byte")
	c.Flags().StringVar(&size, "size", "small", "small (50 thousand events), medium (5 million), large (50 million)")
	c.Flags().StringVar(&out, "out", "", "folder to write to")
	if err := c.MarkFlagRequired("out"); err != nil {
		panic(err)
	}
	s.jsonFlag(c)
	return c
}

func runSimulate(ctx context.Context, s *streams, seed uint64, size, out string) (simulate.Summary, error) {
	z, err := simulate.ParseSize(size)
	if err != nil {
		return simulate.Summary{}, &usageError{err}
	}
	progress, end := s.progress()
	defer end()
	return simulate.Run(ctx, simulate.Options{Seed: seed, Size: z, Out: out, Progress: func(done, total int64, what string) {
		progress(done, total, what, what)
	}})
}

func newWorkbook(s *streams) *cobra.Command {
	var out, lang string
	c := &cobra.Command{
		Use:     "workbook [--lang zh|en] --out FILE",
		Short:   "Write the workbook for what the middle office did this year (今年干了什么)",
		Example: `  outfitter workbook --lang zh --out 今年干了什么.xlsx`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) (err error) {
			f, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
			if err != nil {
				return &usageError{fmt.Errorf("%s can't be made: %w: choose another name", out, err)}
			}
			defer func() {
				if cerr := f.Close(); err == nil {
					err = cerr
				}
			}()
			return workbook.Write(f, lang)
		},
	}
	c.Flags().StringVar(&out, "out", "今年干了什么.xlsx", "file to write")
	c.Flags().StringVar(&lang, "lang", "zh", "zh or en")
	s.jsonFlag(c)
	return c
}
