package fact

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed batch.sql
var batchFile string

var (
	batchQueries   = store.Load("fact.batch", batchFile)
	sqlNextSeq     = batchQueries.Get("next-seq")
	sqlInsert      = batchQueries.Get("insert")
	sqlRemove      = batchQueries.Get("remove")
	sqlSetState    = batchQueries.Get("set-state")
	sqlSetSeconds  = batchQueries.Get("set-seconds")
	sqlGet         = batchQueries.Get("get")
	sqlList        = batchQueries.Get("list")
	sqlPrefix      = batchQueries.Get("find-prefix")
	sqlOthers      = batchQueries.Get("others")
	sqlLatest      = batchQueries.Get("latest-of-table")
	sqlRejectsIn   = batchQueries.Get("insert-rejects")
	sqlRejectsOut  = batchQueries.Get("remove-rejects")
	sqlRejects     = batchQueries.Get("rejects")
	sqlRejectCodes = batchQueries.Get("reject-codes")
	sqlRejectsRow  = batchQueries.Get("rejects-of-row")
	sqlByVerb      = batchQueries.Get("by-verb")
	sqlStaged      = batchQueries.Get("staged")
	sqlExtent      = batchQueries.Get("extent")
)

// The states of a batch.
const (
	Loaded     = "loaded"
	RolledBack = "rolled_back"
)

// A Batch is one delivery and what became of it.
type Batch struct {
	ID            string // UUID: hash of source, object and member
	Seq           int64  // the higher wins
	Source        string
	Name          string // of the file as it came
	Member        string // inside an archive; "" = the file itself
	Object        string // vault object
	Bytes         int64
	State         string
	Actor         string
	Mapping       string // YAML that made the facts
	MappingHash   string
	LoadedAt      time.Time
	Seconds       float64
	Rows          int64 // = Used + Rejected
	Used          int64
	Rejected      int64
	CellsRejected int64
	SetAside      int64
	Parties       int64
	Events        int64
	Since, Until  time.Time // of its events; zero where it has none
	Report        json.RawMessage
}

// Commit makes a staged delivery facts, in one transaction: all of it or
// nothing. A batch that is there already is replaced in its place (a changed
// mapping); seq, counts of events and parties and the time range are filled in.
func Commit(ctx context.Context, db *store.DB, b Batch, stage string) (Batch, error) {
	err := db.StageTx(ctx, stage, func(tx *store.Tx) error {
		old, found, err := getTx(ctx, tx, b.ID)
		if err != nil {
			return err
		}
		b.Seq = old.Seq
		if found {
			if err := undo(ctx, tx, b.ID); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, sqlRemove, b.ID); err != nil {
				return err
			}
		}
		if !found || old.State == RolledBack {
			if err := tx.QueryRow(ctx, sqlNextSeq).Scan(&b.Seq); err != nil {
				return fmt.Errorf("fact: batch %s: next seq: %w", b.ID, err)
			}
		}
		var since, until sql.NullTime
		if err := tx.QueryRow(ctx, sqlExtent).Scan(&b.Events, &b.Parties, &since, &until); err != nil {
			return fmt.Errorf("fact: batch %s: extent: %w", b.ID, err)
		}
		b.Since, b.Until, b.State = since.Time, until.Time, Loaded
		if err := insertBatch(ctx, tx, b); err != nil {
			return err
		}
		if err := bringIn(ctx, tx, db.Key, b); err != nil {
			return err
		}
		return Changed(ctx, tx)
	})
	return b, err
}

// bringIn moves every staged table into the facts, the batch's row being there.
func bringIn(ctx context.Context, tx *store.Tx, key []byte, b Batch) error {
	var others int64
	if err := tx.QueryRow(ctx, sqlOthers, b.Source, b.ID).Scan(&others); err != nil {
		return fmt.Errorf("fact: batch %s: %w", b.ID, err)
	}
	var newer int64
	if err := tx.QueryRow(ctx, sqlNewer, b.Source, b.Seq).Scan(&newer); err != nil {
		return fmt.Errorf("fact: batch %s: %w", b.ID, err)
	}
	var e, r, m, s staged
	if err := tx.QueryRow(ctx, sqlStaged).Scan(&e.rows, &e.dups, &r.rows, &r.dups, &m.rows, &m.dups, &s.rows, &s.dups); err != nil {
		return fmt.Errorf("fact: batch %s: staged: %w", b.ID, err)
	}
	fresh := others == 0
	for _, t := range []struct {
		*versioned
		staged
	}{{events, e}, {records, r}, {memberships, m}} {
		if err := t.bring(ctx, tx, t.staged, fresh, newer > 0); err != nil {
			return err
		}
	}
	if s.rows > 0 {
		if err := commitSnapshots(ctx, tx, key, b, s, fresh, newer > 0); err != nil {
			return err
		}
	}
	if r.rows > 0 {
		if err := mergeStaged(ctx, tx, fresh); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, sqlRejectsIn)
	return err
}

// staged is how much of a table is staged: rows, and earlier rows of the same
// delivery with an id that a later one has.
type staged struct{ rows, dups int64 }

// undo removes every effect of a batch but its row in batch.
func undo(ctx context.Context, tx *store.Tx, id string) error {
	if err := runSteps(ctx, tx, []step{{sqlTouchedDrop, nil}, {sqlTouchedBatch, []any{id}}}); err != nil {
		return err
	}
	for _, v := range []*versioned{events, records, memberships, snapshots} {
		if err := v.rollback(ctx, tx, id); err != nil {
			return err
		}
	}
	return runSteps(ctx, tx, []step{{sqlPartyForget, nil}, {sqlPartyMerge, nil}, {sqlTouchedDrop, nil}, {sqlRejectsOut, []any{id}}})
}

// Rollback takes out exactly what the batch brought in, gives back what it had
// overtaken, and keeps the batch's row, marked.
func Rollback(ctx context.Context, db *store.DB, id string) error {
	return db.Facts.Tx(ctx, func(tx *store.Tx) error {
		b, found, err := getTx(ctx, tx, id)
		if err != nil {
			return err
		}
		if !found {
			return noBatch(id)
		}
		if b.State == RolledBack {
			return fault.New(fault.ErrConflict, "batch.rolled-back",
				fmt.Sprintf("Batch %s was rolled back already.", id), fmt.Sprintf("批次 %s 已经回滚过。", id))
		}
		if err := undo(ctx, tx, id); err != nil {
			return err
		}
		return runSteps(ctx, tx, []step{{sqlSetState, []any{id, RolledBack}}, {sqlVersionAdd, nil}})
	})
}

func noBatch(id string) error {
	return fault.New(fault.ErrNotFound, "batch.none",
		fmt.Sprintf("There is no batch %q. `outfitter query 'SELECT * FROM batch'` lists them.", id),
		fmt.Sprintf("没有批次 %q。用 `outfitter query 'SELECT * FROM batch'` 可列出全部。", id))
}

// SetSeconds records how long the whole import took, once that is known.
func SetSeconds(ctx context.Context, db *store.DB, id string, seconds float64) error {
	return db.Facts.Tx(ctx, func(tx *store.Tx) error {
		return runSteps(ctx, tx, []step{{sqlSetSeconds, []any{id, seconds}}, {sqlVersionAdd, nil}})
	})
}

func insertBatch(ctx context.Context, tx *store.Tx, b Batch) error {
	_, err := tx.Exec(ctx, sqlInsert, b.ID, b.Seq, b.Source, b.Name, b.Member, b.Object, b.Bytes, b.State, b.Actor, b.Mapping, b.MappingHash,
		b.LoadedAt.UTC(), b.Seconds, b.Rows, b.Used, b.Rejected, b.CellsRejected, b.SetAside, b.Parties, b.Events,
		nullTime(b.Since), nullTime(b.Until), string(b.Report))
	return err
}

func nullTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}

func scanBatch(r interface{ Scan(...any) error }) (b Batch, err error) {
	var since, until sql.NullTime
	var report string
	err = r.Scan(&b.ID, &b.Seq, &b.Source, &b.Name, &b.Member, &b.Object, &b.Bytes, &b.State, &b.Actor, &b.Mapping, &b.MappingHash,
		&b.LoadedAt, &b.Seconds, &b.Rows, &b.Used, &b.Rejected, &b.CellsRejected, &b.SetAside, &b.Parties, &b.Events, &since, &until, &report)
	b.Since, b.Until, b.Report = since.Time, until.Time, json.RawMessage(report)
	return b, err
}

func getTx(ctx context.Context, q store.Querier, id string) (Batch, bool, error) {
	b, err := scanBatch(q.QueryRow(ctx, sqlGet, id))
	if err == sql.ErrNoRows {
		return Batch{}, false, nil
	}
	if err != nil {
		return Batch{}, false, fmt.Errorf("fact: batch %s: %w", id, err)
	}
	return b, true, nil
}

// GetBatch returns one batch. id may be its first eight or more characters.
func GetBatch(ctx context.Context, db *store.DB, id string) (Batch, error) {
	if _, bad := uuid.Parse(id); bad != nil || len(id) != 36 {
		full, err := wholeID(ctx, db, id)
		if err != nil {
			return Batch{}, err
		}
		id = full
	}
	b, found, err := getTx(ctx, db.Facts, id)
	if err == nil && !found {
		err = noBatch(id)
	}
	return b, err
}

func wholeID(ctx context.Context, db *store.DB, id string) (string, error) {
	if len(id) < 8 || strings.Trim(id, "0123456789abcdef-") != "" {
		return "", noBatch(id)
	}
	rows, err := db.Facts.Query(ctx, sqlPrefix, id+"%")
	ids, err := store.Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", noBatch(id)
	case len(ids) > 1:
		return "", fault.New(fault.ErrInvalid, "batch.ambiguous",
			fmt.Sprintf("More than one batch starts with %q: give more of its id.", id), fmt.Sprintf("有多个批次以 %q 开头，请多写几位。", id))
	}
	return ids[0], nil
}

// ListBatches returns batches of a source ("" = all), newest first, those with
// a seq below before (0 = from the newest).
func ListBatches(ctx context.Context, db *store.DB, source string, before int64, limit int) ([]Batch, error) {
	if before == 0 {
		before = 1 << 62
	}
	list, err := keptBatches.Get(ctx, db, fmt.Sprint(source, "\x00", before, "\x00", limit), func(ctx context.Context) ([]Batch, error) {
		rows, err := db.Facts.Query(ctx, sqlList, source, before, limit)
		return store.Collect(rows, err, func(r *sql.Rows) (Batch, error) { return scanBatch(r) })
	})
	return slices.Clone(list), err
}

// LatestReports returns the reports of the source's newest loaded batches, the
// named one apart, for telling drift.
func LatestReports(ctx context.Context, db *store.DB, source, except string) ([]BatchReport, error) {
	rows, err := db.Facts.Query(ctx, sqlLatest, source, except)
	return store.Collect(rows, err, func(r *sql.Rows) (BatchReport, error) {
		var id, report string
		var at time.Time
		err := r.Scan(&id, &report, &at)
		return BatchReport{id, json.RawMessage(report), at}, err
	})
}

// A BatchReport is a batch's id with its report.
type BatchReport struct {
	ID       string
	Report   json.RawMessage
	LoadedAt time.Time
}

// A VerbCount is how many events of a verb something holds.
type VerbCount struct {
	Verb string `json:"verb"`
	N    int64  `json:"n"`
}

// ByVerb counts a batch's events that stand today.
func ByVerb(ctx context.Context, db *store.DB, id string) ([]VerbCount, error) {
	counts, err := keptVerbs.Get(ctx, db, id, func(ctx context.Context) ([]VerbCount, error) {
		rows, err := db.Facts.Query(ctx, sqlByVerb, id)
		return store.Collect(rows, err, func(r *sql.Rows) (v VerbCount, err error) { err = r.Scan(&v.Verb, &v.N); return v, err })
	})
	return slices.Clone(counts), err
}

// A Reject is a row or cell that could not be used.
type Reject struct {
	Table    string `json:"table"`
	Row      int64  `json:"row"`
	Line     int64  `json:"line"`
	Column   string `json:"column"`
	Code     string `json:"code"`
	Reason   string `json:"reason"`
	ReasonZh string `json:"reason_zh"`
	Text     string `json:"text"`
}

func scanReject(r *sql.Rows) (j Reject, err error) {
	err = r.Scan(&j.Table, &j.Row, &j.Line, &j.Column, &j.Code, &j.Reason, &j.ReasonZh, &j.Text)
	return j, err
}

// Rejects pages through a batch's rejects in the file's order; after is the
// last one of the page before, zero for the first page; code "" = all.
func Rejects(ctx context.Context, db *store.DB, batch, code string, after Reject, limit int) ([]Reject, error) {
	rows, err := db.Facts.Query(ctx, sqlRejects, batch, code, after.Row, after.Column, limit)
	return store.Collect(rows, err, scanReject)
}

// RejectsOfRow returns what was refused of one row.
func RejectsOfRow(ctx context.Context, db *store.DB, batch string, row int64) ([]Reject, error) {
	rows, err := db.Facts.Query(ctx, sqlRejectsRow, batch, row)
	return store.Collect(rows, err, scanReject)
}

// A RejectCount is how often one reason met one column.
type RejectCount struct {
	Code   string `json:"code"`
	Column string `json:"column"`
	N      int64  `json:"n"`
}

// RejectCounts sums a batch's rejects by reason and column, most first.
func RejectCounts(ctx context.Context, db *store.DB, batch string) ([]RejectCount, error) {
	rows, err := db.Facts.Query(ctx, sqlRejectCodes, batch)
	return store.Collect(rows, err, func(r *sql.Rows) (c RejectCount, err error) {
		err = r.Scan(&c.Code, &c.Column, &c.N)
		return c, err
	})
}
