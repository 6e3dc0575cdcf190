package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/erasure"
	_ "github.com/chanzipu/outfitter/internal/erasure/keep" // who forgets
	"github.com/chanzipu/outfitter/internal/store"
)

func newForget(s *streams) *cobra.Command {
	var search string
	var dry bool
	c := &cobra.Command{
		Use:   "forget --data DIR (PARTY-ID | --search TEXT)",
		Short: "Erase one person from vault, state and facts, with a proof",
		Long: `Erases one person: their cells in the vault's files (row numbers stay), what the
state keeps of them, and them in the facts, whose events stay without a name.
A later delivery or a restored backup that brings them back is erased again.
What is left is a proof that says so without saying who: in DIR/vault/erased.`,
		Example: `  outfitter forget --data ./data --search 13800138000 --dry-run
  outfitter forget --data ./data 3f2a9c1e-5b60-4c1d-9d1f-2a6c0b7de001`,
		Args: func(_ *cobra.Command, args []string) error {
			if (len(args) == 1) == (search != "") || len(args) > 1 {
				return &usageError{fmt.Errorf("name one person: by a party's id, or with --search TEXT")}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			in := forgetIn{Search: search, Dry: dry, Actor: osUser()}
			if len(args) == 1 {
				in.ID = args[0]
			}
			out, err := callForget(c.Context(), s, in)
			if err != nil {
				return err
			}
			return s.forgotten(out)
		},
	}
	s.folderFlags(c)
	c.Flags().StringVar(&search, "search", "", "exact name, key, phone, mail or number of the person")
	c.Flags().BoolVar(&dry, "dry-run", false, "show what would be erased and erase nothing")
	return c
}

type forgetIn struct {
	ID, Search, Actor string
	Dry               bool
}

// forgetOut is a plan where nothing was erased, else a proof.
type forgetOut struct {
	Plan  *erasure.Summary `json:"plan,omitempty"`
	Proof *erasure.Proof   `json:"proof,omitempty"`
}

var callForget = onFolder("forget", func(ctx context.Context, db *store.DB, in forgetIn, tell tell) (forgetOut, error) {
	plan, err := erasure.Find(ctx, db, in.ID, in.Search)
	if err != nil {
		return forgetOut{}, err
	}
	if in.Dry {
		sum := plan.Summary()
		return forgetOut{Plan: &sum}, nil
	}
	j, err := erasure.Forget(ctx, db, plan, in.Actor, erasure.Asked, erasure.Progress(tell))
	if err != nil {
		return forgetOut{}, err
	}
	p, err := erasure.ProofOf(ctx, db, j.ID)
	return forgetOut{Proof: &p}, err
})

func (s *streams) forgotten(out forgetOut) error {
	if s.json {
		return s.print(out)
	}
	if out.Proof != nil {
		_, err := fmt.Fprint(s.out, out.Proof.Text(s.zh))
		return err
	}
	w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', 0)
	for _, p := range out.Plan.Parties {
		fmt.Fprintf(w, "%s\t%s\t%s:%s\t%s\t%s\n", p.ID, p.Source, p.Kind, p.Namespace, p.Key, p.Name)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.out, s.say("%d rows in %d batches. Dry run: nothing was erased.\n", "共 %d 行，涉及 %d 个批次。试运行：没有抹除任何数据。\n"), out.Plan.Rows, out.Plan.Batches)
	return err
}
