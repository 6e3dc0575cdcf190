package identity

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/linkage"
)

//go:embed judgement.sql
var judgementFile string

var (
	judgementQueries = store.Load("identity.judgement", judgementFile)
	sqlAddJudgement  = judgementQueries.Get("add")
	sqlSetActive     = judgementQueries.Get("set-active")
	sqlJudgements    = judgementQueries.Get("list")
	sqlOfPair        = judgementQueries.Get("of-pair")
	sqlJudgement     = judgementQueries.Get("get")
)

// A Verdict is what somebody says of a pair.
type Verdict string

// The verdicts.
const (
	Same      Verdict = "same"
	Different Verdict = "different"
	Unsure    Verdict = "unsure"
)

// A Pair is two parties, A < B.
type Pair struct {
	A string `json:"a"`
	B string `json:"b"`
}

// PairOf orders two parties.
func PairOf(a, b string) Pair {
	if b < a {
		a, b = b, a
	}
	return Pair{a, b}
}

// A Judgement is what one person said of one pair.
type Judgement struct {
	Seq  int64
	Kind string
	Pair
	Verdict Verdict
	Actor   string
	TS      time.Time
	Blind   bool // others' judgements were not shown
	Note    string
	Change  int64 // that it came with
	Active  bool  // it counts; else it was taken back or overridden
}

func scanJudgement(r interface{ Scan(...any) error }) (j Judgement, err error) {
	var ts string
	var blind, active int
	if err := r.Scan(&j.Seq, &j.Kind, &j.A, &j.B, &j.Verdict, &j.Actor, &ts, &blind, &j.Note, &j.Change, &active); err != nil {
		return j, err
	}
	j.Blind, j.Active = blind == 1, active == 1
	j.TS, err = store.ParseTime(ts)
	return j, err
}

// Judgements lists those that count, oldest first; kind "" = of all.
func Judgements(ctx context.Context, db *store.DB, kind string) ([]Judgement, error) {
	rows, err := db.State.Query(ctx, sqlJudgements, kind)
	return store.Collect(rows, err, func(r *sql.Rows) (Judgement, error) { return scanJudgement(r) })
}

// writeJudgements stores a draft's new judgements and switches; at moves on.
func writeJudgements(ctx context.Context, tx *store.Tx, d *draft, at *heads) error {
	for i := range d.judgements {
		at.judgement++
		j := &d.judgements[i]
		j.Seq, j.Kind, j.TS, j.Change, j.Active = at.judgement, d.Kind, d.TS, d.Seq, true
		if _, err := tx.Exec(ctx, sqlAddJudgement, j.Seq, j.Kind, j.A, j.B, string(j.Verdict), j.Actor, store.Time(j.TS), flag(j.Blind), j.Note, j.Change); err != nil {
			return err
		}
		d.toggles = append(d.toggles, toggle{j.Seq, false, true})
	}
	for _, t := range d.toggles {
		if _, err := tx.Exec(ctx, sqlSetActive, t.judgement, flag(t.after)); err != nil {
			return err
		}
	}
	return nil
}

// A binding is what the judgements that count come to.
type binding struct {
	verdict  map[Pair]Verdict // same or different, where those who judged agree
	disputed map[Pair]bool    // where they don't: it binds nobody until somebody settles it
	root     map[string]string
	apart    map[Pair]Pair // of roots: the judged pair that keeps them apart
}

// bind works out what judgements come to: one who says unsure has no vote.
func bind(all []Judgement) *binding {
	b := &binding{verdict: map[Pair]Verdict{}, disputed: map[Pair]bool{}, root: map[string]string{}, apart: map[Pair]Pair{}}
	for _, j := range all {
		switch was, ok := b.verdict[j.Pair]; {
		case j.Verdict == Unsure:
		case b.disputed[j.Pair]:
		case !ok:
			b.verdict[j.Pair] = j.Verdict
		case was != j.Verdict:
			delete(b.verdict, j.Pair)
			b.disputed[j.Pair] = true
		}
	}
	for p, v := range b.verdict {
		if v == Same {
			x, y := b.find(p.A), b.find(p.B)
			if y < x {
				x, y = y, x
			}
			if x != y {
				b.root[y] = x
			}
		}
	}
	for p, v := range b.verdict {
		if v == Different {
			b.apart[PairOf(b.find(p.A), b.find(p.B))] = p
		}
	}
	return b
}

func (b *binding) find(x string) string {
	for {
		up, ok := b.root[x]
		if !ok || up == x {
			return x
		}
		x = up
	}
}

// inferred is what follows for a pair from what was judged of others: same
// through a chain, or different through two chains and one difference.
func (b *binding) inferred(p Pair) (Verdict, Pair, bool) {
	x, y := b.find(p.A), b.find(p.B)
	if x == y {
		return Same, p, true
	}
	why, ok := b.apart[PairOf(x, y)]
	return Different, why, ok
}

// verdictOf is the kernel's word for what binds a pair.
func (b *binding) verdictOf(p Pair) linkage.Verdict {
	switch b.verdict[p] {
	case Same:
		return linkage.Same
	case Different:
		return linkage.Different
	}
	return linkage.Open
}

// judgementsOf are all judgements of a pair, those that don't count too.
func judgementsOf(ctx context.Context, db *store.DB, p Pair) ([]Judgement, error) {
	rows, err := db.State.Query(ctx, sqlOfPair, p.A, p.B)
	return store.Collect(rows, err, func(r *sql.Rows) (Judgement, error) { return scanJudgement(r) })
}

func contradiction(v Verdict, why Pair) error {
	if v == Different {
		return fault.New(fault.ErrConflict, "identity.contradiction",
			fmt.Sprintf("These two are already known to be different: it follows from the judgement on %s and %s. Take that one back first.", why.A, why.B),
			fmt.Sprintf("由 %s 与 %s 的判断已可推出这两条不是同一个。请先撤销那条判断。", why.A, why.B))
	}
	return fault.New(fault.ErrConflict, "identity.contradiction",
		"These two are already known to be the same: it follows from earlier judgements. Split the entity, or take those back first.",
		"由以往的判断已可推出这两条是同一个。请拆分该实体，或先撤销那些判断。")
}
