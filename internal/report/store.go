package report

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

//go:embed migration/*.sql
var migrations embed.FS

//go:embed report.sql
var reportFile string

var (
	reportQueries = store.Load("report", reportFile)
	sqlAdd        = reportQueries.Get("add")
	sqlList       = reportQueries.Get("list")
	sqlGet        = reportQueries.Get("get")
)

func init() {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err)
	}
	migrate.Add("report", sub)
}

// A Kept is a report that was made. Its bundle is an object of the vault.
type Kept struct {
	ID       string          `json:"id"`
	Year     int             `json:"year"`
	Actor    string          `json:"actor"`
	Made     time.Time       `json:"made"`
	Full     bool            `json:"full"` // with original ids: for administrators
	Bundle   string          `json:"bundle"`
	Bytes    int64           `json:"bytes"`
	Manifest string          `json:"manifest_sha256"`
	Result   json.RawMessage `json:"result"`
}

// Add keeps a report that was made and records it in the audit log, so that
// its manifest's hash stands in the chain.
func Add(ctx context.Context, db *store.DB, k Kept) (Kept, error) {
	k.ID = uuid.NewString()
	k.Made = k.Made.UTC().Truncate(time.Microsecond)
	full := 0
	if k.Full {
		full = 1
	}
	err := db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlAdd, k.ID, k.Year, k.Actor, store.Time(k.Made), full, k.Bundle, k.Bytes, k.Manifest, string(k.Result)); err != nil {
			return fmt.Errorf("report: %w", err)
		}
		return access.Record(ctx, tx, access.Entry{Actor: k.Actor, Action: "report.made", Target: "report:" + k.ID, Detail: map[string]any{"year": k.Year, "full": k.Full, "manifest_sha256": k.Manifest}})
	})
	return k, err
}

// Reports lists those that were made, newest first.
func Reports(ctx context.Context, db *store.DB, limit int) ([]Kept, error) {
	rows, err := db.State.Query(ctx, sqlList, limit)
	return store.Collect(rows, err, func(r *sql.Rows) (Kept, error) { return scan(r) })
}

// Get returns one.
func Get(ctx context.Context, db *store.DB, id string) (Kept, error) {
	var made, result string
	var full int
	k := Kept{}
	err := store.One(db.State.QueryRow(ctx, sqlGet, id), "report "+id, &k.ID, &k.Year, &k.Actor, &made, &full, &k.Bundle, &k.Bytes, &k.Manifest, &result)
	if err != nil {
		return k, err
	}
	return finish(k, made, full, result)
}

func scan(r *sql.Rows) (Kept, error) {
	var made, result string
	var full int
	k := Kept{}
	if err := r.Scan(&k.ID, &k.Year, &k.Actor, &made, &full, &k.Bundle, &k.Bytes, &k.Manifest, &result); err != nil {
		return k, err
	}
	return finish(k, made, full, result)
}

func finish(k Kept, made string, full int, result string) (Kept, error) {
	var err error
	k.Full, k.Result = full != 0, json.RawMessage(result)
	if k.Made, err = store.ParseTime(made); err != nil {
		return k, fmt.Errorf("report: %s: %w", k.ID, err)
	}
	return k, nil
}
