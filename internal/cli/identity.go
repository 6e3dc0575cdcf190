package cli

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/store"
)

// resolvers are those that a server holds, by installation, for commands that
// come through its socket.
var resolvers sync.Map

func resolverOf(db *store.DB) *identity.Resolver {
	if r, ok := resolvers.Load(db); ok {
		return r.(*identity.Resolver)
	}
	return identity.NewResolver(db)
}

func newIdentity(s *streams) *cobra.Command {
	c := &cobra.Command{Use: "identity", Short: "Who is who: link parties into entities, review, merge, split, undo"}
	for _, sub := range []*cobra.Command{newIdentityRun(s), newIdentityStatus(s), newIdentityReview(s), newIdentityJudge(s), newIdentityMerge(s), newIdentitySplit(s), newIdentityUndo(s)} {
		s.folderFlags(sub)
		c.AddCommand(sub)
	}
	return c
}

type identityIn struct {
	Kinds   []string
	Actor   string
	Reason  string
	IDs     []string
	Parties []string
	Seq     int64
	Limit   int
	A, B    string
	Verdict string
	Settle  bool
}

func newIdentityRun(s *streams) *cobra.Command {
	var kinds []string
	c := &cobra.Command{
		Use: "run [--kind account|person|staff]", Short: "Link all parties anew; what people decided stands", Args: cobra.NoArgs,
		Example: `  outfitter identity run --data ./data
  outfitter identity run --data ./data --kind account --json`,
		RunE: func(c *cobra.Command, _ []string) error {
			runs, err := callIdentityRun(c.Context(), s, identityIn{Kinds: kinds, Actor: osUser()})
			if err != nil {
				return err
			}
			if s.json {
				return s.print(runs)
			}
			w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', 0)
			fmt.Fprintln(w, s.say("kind\tparties\tentities\tpairs\tmoved\tmerged\tsplit\tseconds", "类型\t身份记录\t实体\t比对对数\t移动\t合并\t拆分\t秒"))
			for _, r := range runs {
				fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%.1f\n", r.Kind, r.Parties, r.Entities, r.Pairs, r.Moved, r.Merged, r.Split, r.Seconds)
			}
			return w.Flush()
		},
	}
	c.Flags().StringSliceVar(&kinds, "kind", nil, "account, person or staff; default all")
	return c
}

var callIdentityRun = onFolder("identity-run", func(ctx context.Context, db *store.DB, in identityIn, tell tell) ([]identity.Run, error) {
	return resolverOf(db).Run(ctx, in.Actor, identity.Tell(tell), in.Kinds...)
})

func newIdentityStatus(s *streams) *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Parties and entities by kind, and the last runs", Args: cobra.NoArgs,
		Example: `  outfitter identity status --data ./data`,
		RunE: func(c *cobra.Command, _ []string) error {
			st, err := callIdentityStatus(c.Context(), s, identityIn{Limit: 10})
			if err != nil {
				return err
			}
			if s.json {
				return s.print(st)
			}
			w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', 0)
			fmt.Fprintln(w, s.say("kind\tparties\tentities\tshared\tjudgements\tdisputed", "类型\t身份记录\t实体\t多来源实体\t判断\t有分歧"))
			for _, k := range st.Kinds {
				fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\n", k.Kind, k.Parties, k.Entities, k.Shared, k.Judgements, k.Disputed)
			}
			for _, r := range st.Runs {
				fmt.Fprintf(w, s.say("run %d\t%s\t%s\t%d entities\t%d merged, %d split\t\n", "运行 %d\t%s\t%s\t%d 个实体\t合并 %d，拆分 %d\t\n"),
					r.Seq, r.Kind, r.TS.Local().Format(time.DateTime), r.Entities, r.Merged, r.Split)
			}
			return w.Flush()
		},
	}
}

var callIdentityStatus = onFolder("identity-status", func(ctx context.Context, db *store.DB, in identityIn, _ tell) (identity.Status, error) {
	return identity.GetStatus(ctx, db, in.Limit)
})

func newIdentityReview(s *streams) *cobra.Command {
	var kind string
	var limit int
	c := &cobra.Command{
		Use: "review [--kind KIND]", Short: "Pairs to judge, the most telling first", Args: cobra.NoArgs,
		Example: `  outfitter identity review --data ./data --limit 5`,
		RunE: func(c *cobra.Command, _ []string) error {
			pairs, err := callIdentityReview(c.Context(), s, identityIn{Kinds: []string{kind}, Limit: limit, Actor: osUser()})
			if err != nil {
				return err
			}
			if s.json {
				return s.print(pairs)
			}
			w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', 0)
			for _, p := range pairs {
				fmt.Fprintf(w, "%s\t%s\t%.3f\t%s %s\t%s %s\n", p.Kind, p.Why, p.Probability, p.A, p.Names[0], p.B, p.Names[1])
			}
			return w.Flush()
		},
	}
	c.Flags().StringVar(&kind, "kind", "", "account, person or staff; default all")
	c.Flags().IntVar(&limit, "limit", 20, "how many pairs")
	return c
}

type reviewLine struct {
	identity.Candidate
	Names [2]string `json:"names"`
}

var callIdentityReview = onFolder("identity-review", func(ctx context.Context, db *store.DB, in identityIn, _ tell) ([]reviewLine, error) {
	pairs, err := resolverOf(db).Next(ctx, in.Actor, in.Kinds[0], in.Limit)
	out := make([]reviewLine, len(pairs))
	for i, p := range pairs {
		out[i].Candidate = p
		for j, id := range []string{p.A, p.B} {
			if err == nil {
				out[i].Names[j], err = identity.PartyName(ctx, db, id)
			}
		}
	}
	return out, err
})

func newIdentityJudge(s *streams) *cobra.Command {
	var settle bool
	var reason string
	c := &cobra.Command{
		Use: "judge PARTY PARTY same|different|unsure", Short: "Say of two parties whether they are the same", Args: cobra.ExactArgs(3),
		Example: `  outfitter identity judge 3f2a… 91bc… same --data ./data`,
		RunE: func(c *cobra.Command, args []string) error {
			return s.changed(callIdentityJudge(c.Context(), s, identityIn{A: args[0], B: args[1], Verdict: args[2], Settle: settle, Reason: reason, Actor: osUser()}))
		},
	}
	c.Flags().BoolVar(&settle, "settle", false, "end a dispute: others' judgements of the pair no longer count")
	c.Flags().StringVar(&reason, "reason", "", "kept with the judgement")
	return c
}

var callIdentityJudge = onFolder("identity-judge", func(ctx context.Context, db *store.DB, in identityIn, _ tell) (identity.Change, error) {
	return resolverOf(db).Judge(ctx, identity.Label{Pair: identity.PairOf(in.A, in.B), Verdict: identity.Verdict(in.Verdict), Actor: in.Actor, Note: in.Reason, Settle: in.Settle})
})

func newIdentityMerge(s *streams) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "merge ENTITY ENTITY…", Short: "Make one entity of several", Args: cobra.MinimumNArgs(2),
		Example: `  outfitter identity merge 3f2a… 91bc… --reason 同一家公司 --data ./data`,
		RunE: func(c *cobra.Command, args []string) error {
			return s.changed(callIdentityMerge(c.Context(), s, identityIn{IDs: args, Reason: reason, Actor: osUser()}))
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "kept in the history")
	return c
}

var callIdentityMerge = onFolder("identity-merge", func(ctx context.Context, db *store.DB, in identityIn, _ tell) (identity.Change, error) {
	var ids []identity.EntityID
	for _, id := range in.IDs {
		ids = append(ids, identity.EntityID(id))
	}
	return resolverOf(db).Merge(ctx, in.Actor, in.Reason, ids...)
})

func newIdentitySplit(s *streams) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "split ENTITY PARTY…", Short: "Take parties out of an entity", Args: cobra.MinimumNArgs(2),
		Example: `  outfitter identity split 3f2a… 91bc… --reason 分公司 --data ./data`,
		RunE: func(c *cobra.Command, args []string) error {
			return s.changed(callIdentitySplit(c.Context(), s, identityIn{IDs: args[:1], Parties: args[1:], Reason: reason, Actor: osUser()}))
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "kept in the history")
	return c
}

var callIdentitySplit = onFolder("identity-split", func(ctx context.Context, db *store.DB, in identityIn, _ tell) (identity.Change, error) {
	return resolverOf(db).Split(ctx, in.Actor, in.Reason, identity.EntityID(in.IDs[0]), in.Parties...)
})

func newIdentityUndo(s *streams) *cobra.Command {
	var reason string
	c := &cobra.Command{
		Use: "undo CHANGE", Short: "Restore what was before a merge, split, judgement or undo", Args: cobra.ExactArgs(1),
		Example: `  outfitter identity undo 12 --data ./data`,
		RunE: func(c *cobra.Command, args []string) error {
			var seq int64
			if _, err := fmt.Sscan(strings.TrimPrefix(args[0], "#"), &seq); err != nil {
				return &usageError{fmt.Errorf("%q is not a change's number", args[0])}
			}
			return s.changed(callIdentityUndo(c.Context(), s, identityIn{Seq: seq, Reason: reason, Actor: osUser()}))
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "kept in the history")
	return c
}

var callIdentityUndo = onFolder("identity-undo", func(ctx context.Context, db *store.DB, in identityIn, _ tell) (identity.Change, error) {
	return resolverOf(db).Undo(ctx, in.Actor, in.Reason, in.Seq)
})

// changed prints what a change did.
func (s *streams) changed(c identity.Change, err error) error {
	if err != nil {
		return err
	}
	if s.json {
		return s.print(c)
	}
	_, err = fmt.Fprintf(s.out, s.say("Change %d: %d parties moved. `outfitter identity undo %[1]d` takes it back.\n", "变更 %d：移动了 %d 条身份记录。`outfitter identity undo %[1]d` 可撤销。\n"), c.Seq, len(c.Moves))
	return err
}
