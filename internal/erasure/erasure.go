// Package erasure erases one person, end to end: vault, state, facts.
//
// What is erased: the person's cells in every object of the vault, whatever
// its format (row numbers stay, and the original and the current SHA-256 are
// recorded); what packages keep of people in the state (they register with
// package keeper); the person in the facts, whose events stay without them. A
// tombstone, a keyed hash, knows the person again: a delivery or a restored
// backup that brings them back is erased at once. The proof says what was
// done, and not to whom.
//
// Each step may be repeated, and the step last done is kept, so that a killed
// erasure goes on when the folder is next opened; the plan, which names the
// person, is emptied with the last step. It owns erasure_job,
// erasure_tombstone and erasure_object in the state, and the vault's folder
// erased.
package erasure

import (
	"context"
	"database/sql"
	"embed"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/erasure/keeper"
	"github.com/chanzipu/outfitter/internal/fact/forget"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

//go:embed migration/*.sql
var migrations embed.FS

//go:embed erasure.sql
var file string

var (
	queries         = store.Load("erasure", file)
	sqlAddJob       = queries.Get("add-job")
	sqlGetJob       = queries.Get("get-job")
	sqlListJobs     = queries.Get("list-jobs")
	sqlOpenJobs     = queries.Get("open-jobs")
	sqlSetStep      = queries.Get("set-step")
	sqlEndJob       = queries.Get("end-job")
	sqlAddTombstone = queries.Get("add-tombstone")
	sqlTombstones   = queries.Get("tombstones")
	sqlPutObject    = queries.Get("put-object")
	sqlObjects      = queries.Get("objects")
)

func init() {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err)
	}
	migrate.Add("erasure", sub)
	source.AddGuard(Screen)
}

// Why an erasure was made.
const (
	Asked     = "asked"           // by somebody
	Restored  = "restored"        // a backup brought the person back
	Delivered = "delivered again" // a source did
)

// A Progress is told what is being done, and how far.
type Progress func(done, total int64, what, whatZh string)

func (p Progress) say(done, total int64, what, zh string) {
	if p != nil {
		p(done, total, what, zh)
	}
}

// A Job is one erasure and how far it has come. It names nobody once done.
type Job struct {
	ID      string
	TS      time.Time
	Actor   string
	Why     string
	Step    string
	Ended   time.Time // zero = under way
	Outcome Outcome

	plan Plan
}

// An Outcome is what was erased. It names nobody.
type Outcome struct {
	Facts   forget.Count              `json:"facts"`
	Outbox  int64                     `json:"outbox"`
	Runs    int64                     `json:"runs"` // whose results held the person
	Keepers map[string]keeper.Outcome `json:"keepers,omitempty"`
	Unread  []string                  `json:"unread,omitempty"`  // objects that could not be read, so not searched
	Backups int                       `json:"backups,omitempty"` // folders that were told
	Copies  int                       `json:"copies,omitempty"`  // copies of the databases from before upgrades, removed
	Exports []int64                   `json:"exports,omitempty"` // audit entries of files that held or may have held the person
}

// one erasure at a time: two would write the same objects.
var one sync.Mutex

// AtStep is called before each step of an erasure; tests end the process there.
var AtStep = func(step string) {}

// steps are what an erasure does, in order; each may be repeated.
var steps = []struct {
	name   string
	en, zh string
	do     func(ctx context.Context, db *store.DB, j *Job, p Progress) error
}{
	{"tombstone", "keeping the tombstones", "写入墓碑", entomb},
	{"vault", "blanking the vault", "清除保险库中的单元格", blankVault},
	{"keepers", "clearing the state", "清除状态库", askKeepers},
	{"facts", "clearing the facts", "清除事实库", clearFacts},
	{"settled", "clearing what is left over", "清理残留", settle},
}

// Forget erases the person that a plan is of, and returns the finished job.
func Forget(ctx context.Context, db *store.DB, plan Plan, actor, why string, p Progress) (Job, error) {
	one.Lock()
	defer one.Unlock()
	return erase(ctx, db, plan, actor, why, p)
}

func erase(ctx context.Context, db *store.DB, plan Plan, actor, why string, p Progress) (Job, error) {
	j := Job{ID: uuid.NewString(), TS: time.Now().UTC().Truncate(time.Microsecond), Actor: actor, Why: why, Step: "planned", plan: plan}
	raw, err := json.Marshal(plan)
	if err != nil {
		return j, err
	}
	AtStep("planned")
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlAddJob, j.ID, store.Time(j.TS), actor, why, string(raw)); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "erasure.started", Target: "erasure:" + j.ID, Detail: map[string]any{"why": why}})
	})
	if err != nil {
		return j, fmt.Errorf("erasure: %w", err)
	}
	return carryOn(ctx, db, j, p)
}

// carryOn does the steps that a job still lacks.
func carryOn(ctx context.Context, db *store.DB, j Job, p Progress) (Job, error) {
	from := slices.IndexFunc(steps, func(s struct {
		name   string
		en, zh string
		do     func(ctx context.Context, db *store.DB, j *Job, p Progress) error
	}) bool {
		return s.name == j.Step
	}) + 1
	for i, s := range steps[from:] {
		p.say(int64(from+i), int64(len(steps)), s.en, s.zh)
		AtStep(s.name)
		if err := s.do(ctx, db, &j, p); err != nil {
			return j, fmt.Errorf("erasure: %s: %s: %w", j.ID, s.name, err)
		}
		j.Step = s.name
		raw, err := json.Marshal(j.Outcome)
		if err != nil {
			return j, err
		}
		if _, err := db.State.Exec(ctx, sqlSetStep, j.ID, j.Step, string(raw)); err != nil {
			return j, err
		}
	}
	AtStep("done")
	return finish(ctx, db, j)
}

// finish writes the proof, empties the plan and notes the end.
func finish(ctx context.Context, db *store.DB, j Job) (Job, error) {
	j.Ended, j.Step = time.Now().UTC().Truncate(time.Microsecond), "done"
	sum, err := writeProof(ctx, db, j)
	if err != nil {
		return j, err
	}
	raw, err := json.Marshal(j.Outcome)
	if err != nil {
		return j, err
	}
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlEndJob, j.ID, string(raw), store.Time(j.Ended)); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: j.Actor, Action: "erasure.done", Target: "erasure:" + j.ID, Detail: map[string]any{"why": j.Why, "proof": sum}})
	})
	if err != nil {
		return j, fmt.Errorf("erasure: %w", err)
	}
	j.plan = Plan{}
	return j, scrub(ctx, db)
}

// scrub has SQLite forget the pages on which the plan stood.
func scrub(ctx context.Context, db *store.DB) error {
	if db.State.Engine != store.SQLite {
		return nil
	}
	for _, q := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := db.State.Raw().ExecContext(ctx, q); err != nil {
			return fmt.Errorf("erasure: %s: %w", q, err)
		}
	}
	return nil
}

// Resume goes on with what a dead process left, and erases again whom a
// restored backup brought back. It is called when the folder is opened.
func Resume(ctx context.Context, db *store.DB) error {
	one.Lock()
	defer one.Unlock()
	rows, err := db.State.Query(ctx, sqlOpenJobs)
	open, err := store.Collect(rows, err, func(r *sql.Rows) (Job, error) { return scanJob(r) })
	if err != nil {
		return err
	}
	for _, j := range open {
		if _, err := carryOn(ctx, db, j, nil); err != nil {
			return err
		}
	}
	return takeTombstones(ctx, db)
}

func scanJob(r interface{ Scan(...any) error }) (j Job, err error) {
	var ts, plan, outcome, ended string
	if err = r.Scan(&j.ID, &ts, &j.Actor, &j.Why, &j.Step, &plan, &outcome, &ended); err != nil {
		return j, err
	}
	if plan != "" {
		err = json.Unmarshal([]byte(plan), &j.plan)
	}
	err = errors.Join(err, json.Unmarshal([]byte(outcome), &j.Outcome))
	var terr error
	if j.TS, terr = store.ParseTime(ts); terr == nil {
		j.Ended, terr = store.ParseTime(ended)
	}
	return j, errors.Join(err, terr)
}

// Get returns one erasure.
func Get(ctx context.Context, db *store.DB, id string) (Job, error) {
	j, err := scanJob(db.State.QueryRow(ctx, sqlGetJob, id))
	if errors.Is(err, sql.ErrNoRows) {
		return j, fault.New(fault.ErrNotFound, "erasure.none", fmt.Sprintf("There is no erasure %q.", id), fmt.Sprintf("没有这次抹除：%q。", id))
	}
	return j, err
}

// List returns erasures, newest first, before the one given (zero = from the newest).
func List(ctx context.Context, db *store.DB, before Job, limit int) ([]Job, error) {
	ts := "9999"
	if before.ID != "" {
		ts = store.Time(before.TS)
	}
	rows, err := db.State.Query(ctx, sqlListJobs, ts, before.ID, limit)
	return store.Collect(rows, err, func(r *sql.Rows) (Job, error) { return scanJob(r) })
}

// person is whom the plan is of, as keepers are told.
func (p Plan) person() keeper.Person {
	k := keeper.Person{Needles: p.Needles, Words: p.Words}
	for _, q := range p.Parties {
		k.Parties = append(k.Parties, q.ID)
	}
	for b := range p.Rows {
		k.Batches = append(k.Batches, b)
	}
	slices.Sort(k.Batches)
	return k
}

func askKeepers(ctx context.Context, db *store.DB, j *Job, p Progress) error {
	who := j.plan.person()
	if j.Outcome.Keepers == nil {
		j.Outcome.Keepers = map[string]keeper.Outcome{}
	}
	for _, k := range keeper.All() {
		o, err := k.Forget(ctx, db, who)
		if err != nil {
			return fmt.Errorf("%s: %w", k.Name, err)
		}
		j.Outcome.Keepers[k.Name] = o
	}
	var err error
	if j.Outcome.Exports, err = exports(ctx, db, who); err != nil {
		return err
	}
	n, err := forget.Outbox(ctx, db, who.Parties, who.Needles, who.Words)
	j.Outcome.Outbox += n
	if err != nil {
		return err
	}
	n, err = run.Forget(ctx, db, slices.Concat(who.Parties, who.Needles, who.Words))
	j.Outcome.Runs += n
	return err
}

func clearFacts(ctx context.Context, db *store.DB, j *Job, _ Progress) error {
	who := j.plan.person()
	c, err := forget.Facts(ctx, db, who.Parties, who.Needles, who.Words)
	j.Outcome.Facts.Events += c.Events
	j.Outcome.Facts.Records += c.Records
	j.Outcome.Facts.Parties += c.Parties
	j.Outcome.Facts.Rejects += c.Rejects
	return err
}

// Withdrawn are the claims whose rows an erasure withdrew, and when: their
// figures stay, the rows behind them are no longer all there.
func Withdrawn(ctx context.Context, db *store.DB) (map[string]time.Time, error) {
	out := map[string]time.Time{}
	var before Job
	for {
		page, err := List(ctx, db, before, 500)
		if err != nil {
			return nil, err
		}
		for _, j := range page {
			for _, k := range j.Outcome.Keepers {
				for _, c := range k.Withdrawn {
					if j.TS.After(out[c]) {
						out[c] = j.TS
					}
				}
			}
			before = j
		}
		if len(page) < 500 {
			return out, nil
		}
	}
}
