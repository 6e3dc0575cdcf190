package value

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/internal/value/judge"
	"github.com/chanzipu/outfitter/internal/value/sample"
)

// A Tell reports progress.
type Tell = sample.Tell

// Run gathers the sample of a claim's newest version, judges it and keeps the
// result. A draft is sealed first: what was seen can't be worded afterwards.
func Run(ctx context.Context, db *store.DB, id, actor string, tell Tell) (claim.Result, error) {
	v, err := SealClaim(ctx, db, id, actor)
	if err != nil {
		return claim.Result{}, err
	}
	c := v.Claim
	g, err := sample.Gather(ctx, db, c, time.Now(), tell)
	if err != nil {
		return claim.Result{}, err
	}
	tell(3, 4, "estimating", "估计")
	r := claim.Result{Claim: id, Version: v.Number, Run: uuid.NewString(), TS: time.Now().UTC().Truncate(time.Microsecond), Actor: actor, Code: Code, Seed: seedOf(v.Seal.Hash), About: g.About}
	if r.Finding, err = judge.Judge(ctx, c, g.Sample, r.Seed); err != nil {
		return r, err
	}
	r.Example = example(c, g.Moments, r.Finding)
	if err := keep(ctx, db, &r, g); err != nil {
		return r, err
	}
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		body, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("value: result of %s: %w", id, err)
		}
		if _, err := tx.Exec(ctx, sqlAddResult, r.Run, id, r.Version, store.Time(r.TS), string(body)); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "claim.run", Target: target(id, r.Version), Detail: map[string]any{"run": r.Run, "digest": r.Digest, "grade": r.Finding.Grade}})
	})
	return r, err
}

// seedOf makes the seed of a sealed claim's draws: fixed before its outcomes.
func seedOf(hash string) uint64 {
	n, err := strconv.ParseUint(hash[:8], 16, 64)
	if err != nil {
		return 1
	}
	return n
}

// keep stores the sample and the rows behind it, and fills in their hashes.
func keep(ctx context.Context, db *store.DB, r *claim.Result, g sample.Gathered) error {
	ref, err := db.Vault.Put(ctx, bytes.NewReader(g.CSV))
	if err != nil {
		return store.DiskFault(db.Dir, err)
	}
	r.Sample = ref.SHA
	evidence, err := packEvidence(g.Evidence)
	if err != nil {
		return err
	}
	if ref, err = db.Vault.Put(ctx, bytes.NewReader(evidence)); err != nil {
		return store.DiskFault(db.Dir, err)
	}
	r.Evidence = ref.SHA
	r.Digest = DigestOf(r.Sample, r.Evidence, r.About)
	return nil
}

// DigestOf is the hash over all that went into a result.
func DigestOf(sampleSHA, evidenceSHA string, a claim.About) string {
	sum := sha256.Sum256(mustJSON([]any{sampleSHA, evidenceSHA, a}))
	return hex.EncodeToString(sum[:])
}

func packEvidence(all []sample.Evidence) ([]byte, error) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := csv.NewWriter(z)
	_ = w.Write([]string{"unit", "period", "role", "batch", "row"}) // errors come with Flush
	for _, e := range all {
		_ = w.Write([]string{e.Unit, e.Period, e.Role, e.Ref.Batch, strconv.FormatInt(e.Ref.Row, 10)})
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("value: evidence: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("value: evidence: %w", err)
	}
	return b.Bytes(), nil
}

// A CellRow is one row behind a cell of a sample.
type CellRow struct {
	Unit   string `json:"unit"`
	Period string `json:"period"`
	Role   string `json:"role"` // entry, outcome, exposure
	claim.RowRef
}

// A Cell picks rows; empty fields let all through.
type Cell struct {
	Unit, Period, Role string
	Offset, Limit      int
}

// Rows are the addresses behind a result, those of one cell or of all.
func Rows(ctx context.Context, db *store.DB, r claim.Result, c Cell) (out []CellRow, total int, err error) {
	f, err := db.Vault.Open(r.Evidence)
	if err != nil {
		return nil, 0, fmt.Errorf("value: evidence of %s: %w", r.Run, err)
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, 0, fmt.Errorf("value: evidence of %s: %w", r.Run, err)
	}
	in := csv.NewReader(z)
	for first := true; ; first = false {
		line, err := in.Read()
		if err == io.EOF {
			return out, total, ctx.Err()
		}
		if err != nil || len(line) != 5 {
			return nil, 0, fmt.Errorf("value: evidence of %s: %w", r.Run, err)
		}
		if first || c.Unit != "" && line[0] != c.Unit || c.Period != "" && line[1] != c.Period || c.Role != "" && line[2] != c.Role {
			continue
		}
		if total++; total <= c.Offset || c.Limit > 0 && len(out) >= c.Limit {
			continue
		}
		row, err := strconv.ParseInt(line[4], 10, 64)
		if err != nil {
			return nil, 0, fmt.Errorf("value: evidence of %s: %w", r.Run, err)
		}
		out = append(out, CellRow{Unit: line[0], Period: line[1], Role: line[2], RowRef: claim.RowRef{Batch: line[3], Row: row}})
	}
}

// SampleOf is the table that a result was estimated on.
func SampleOf(db *store.DB, r claim.Result) (claim.Sample, error) {
	f, err := db.Vault.Open(r.Sample)
	if err != nil {
		return claim.Sample{}, fmt.Errorf("value: sample of %s: %w", r.Run, err)
	}
	defer func() { _ = f.Close() }()
	b, err := io.ReadAll(f)
	if err != nil {
		return claim.Sample{}, fmt.Errorf("value: sample of %s: %w", r.Run, err)
	}
	return claim.Sample{CSV: b, About: r.About}, nil
}

// Results are a claim's, newest version and run first.
func Results(ctx context.Context, db *store.DB, id string) ([]claim.Result, error) {
	return results(ctx, db.State, id)
}

// LastResult is the last run of a claim's newest version that has one.
func LastResult(ctx context.Context, db *store.DB, id string) (claim.Result, error) {
	all, err := Results(ctx, db, id)
	if err != nil {
		return claim.Result{}, err
	}
	if len(all) == 0 {
		return claim.Result{}, fault.New(fault.ErrNotFound, "claim.not-run", fmt.Sprintf("The claim %q has not been run.", id), fmt.Sprintf("论断 %q 还没有运行过。", id))
	}
	return all[0], nil
}

// ResultOf is one run of a claim.
func ResultOf(ctx context.Context, db *store.DB, id, run string) (claim.Result, error) {
	all, err := Results(ctx, db, id)
	for _, r := range all {
		if r.Run == run && err == nil {
			return r, nil
		}
	}
	if err == nil {
		err = fault.New(fault.ErrNotFound, "claim.run", fmt.Sprintf("The claim %q has no run %q.", id, run), fmt.Sprintf("论断 %q 没有这次运行：%q。", id, run))
	}
	return claim.Result{}, err
}

func results(ctx context.Context, q store.Querier, id string) ([]claim.Result, error) {
	rows, err := q.Query(ctx, sqlResults, id)
	return store.Collect(rows, err, func(r *sql.Rows) (v claim.Result, err error) {
		var name, body string
		var number int
		if err = r.Scan(&name, &number, &body); err != nil {
			return v, err
		}
		err = json.Unmarshal([]byte(body), &v)
		return v, err
	})
}

func lastResults(ctx context.Context, q store.Querier, id string) (map[string]claim.Result, error) {
	all, err := results(ctx, q, id)
	out := map[string]claim.Result{}
	for _, r := range all {
		if _, ok := out[r.Claim]; !ok {
			out[r.Claim] = r
		}
	}
	return out, err
}
