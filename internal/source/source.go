// Package source brings deliveries in: files, polled folders, API events.
//
// One path for all: bytes to the vault, parsed and mapped in a child process
// into a stage file, committed whole by package fact. Importing the same bytes
// again under the same mapping changes nothing; under a corrected mapping it
// replaces what the batch said, in its place.
//
// It owns source_mapping, source_folder, source_file, source_upload,
// source_setting and source_intent in the state.
package source

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

//go:embed migration/*.sql
var migrations embed.FS

//go:embed source.sql
var file string

var (
	queries           = store.Load("source", file)
	sqlMappingNewest  = queries.Get("mapping-newest")
	sqlMappingHistory = queries.Get("mapping-versions")
	sqlMappingAll     = queries.Get("mapping-all")
	sqlMappingAdd     = queries.Get("mapping-add")
	sqlUploadAdd      = queries.Get("upload-add")
	sqlUploadGet      = queries.Get("upload-get")
	sqlSettingGet     = queries.Get("setting-get")
	sqlSettingPut     = queries.Get("setting-put")
	sqlFolderPut      = queries.Get("folder-put")
	sqlFolderRemove   = queries.Get("folder-remove")
	sqlFolderAll      = queries.Get("folder-all")
	sqlFolderPolled   = queries.Get("folder-polled")
	sqlFileAll        = queries.Get("file-all")
	sqlFilePut        = queries.Get("file-put")
	sqlIntentAdd      = queries.Get("intent-add")
	sqlIntentRemove   = queries.Get("intent-remove")
	sqlIntentAll      = queries.Get("intent-all")
)

func init() {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err)
	}
	migrate.Add("source", sub)
}

// A Version is one state of a source's mapping.
type Version struct {
	Source  string
	Version int64 // counts from 1
	YAML    string
	Hash    string
	Actor   string
	TS      time.Time
}

func scanVersion(r interface{ Scan(...any) error }) (v Version, err error) {
	var ts string
	if err = r.Scan(&v.Source, &v.Version, &v.YAML, &v.Hash, &v.Actor, &ts); err != nil {
		return v, err
	}
	v.TS, err = store.ParseTime(ts)
	return v, err
}

// GetMapping returns the mapping in use of a source.
func GetMapping(ctx context.Context, db *store.DB, source string) (Version, error) {
	v, err := scanVersion(db.State.QueryRow(ctx, sqlMappingNewest, source))
	if errors.Is(err, sql.ErrNoRows) {
		return v, fault.New(fault.ErrNotFound, "mapping.none",
			fmt.Sprintf("The source %q has no mapping yet.", source), fmt.Sprintf("数据源 %q 还没有映射。", source))
	}
	return v, err
}

// MappingVersions returns every version of a source's mapping, newest first.
func MappingVersions(ctx context.Context, db *store.DB, source string) ([]Version, error) {
	rows, err := db.State.Query(ctx, sqlMappingHistory, source)
	return store.Collect(rows, err, func(r *sql.Rows) (Version, error) { return scanVersion(r) })
}

// Mappings returns the mapping in use of every source.
func Mappings(ctx context.Context, db *store.DB) ([]Version, error) {
	rows, err := db.State.Query(ctx, sqlMappingAll)
	return store.Collect(rows, err, func(r *sql.Rows) (Version, error) { return scanVersion(r) })
}

// PutMapping keeps a checked mapping as the newest version, unless the newest
// is the same to the letter.
func PutMapping(ctx context.Context, db *store.DB, yaml, actor string) (Version, error) {
	m, err := mapping.Parse([]byte(yaml))
	if err != nil {
		return Version{}, err
	}
	if v, err := GetMapping(ctx, db, m.Source); err == nil && v.Hash == hashOf(yaml) {
		return v, nil
	}
	var v Version
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlMappingAdd, m.Source, yaml, hashOf(yaml), actor, store.Time(time.Now())); err != nil {
			return err
		}
		if v, err = scanVersion(tx.QueryRow(ctx, sqlMappingNewest, m.Source)); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "mapping.changed", Target: "source:" + m.Source, Detail: map[string]any{"version": v.Version, "hash": v.Hash}})
	})
	return v, err
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// An Upload is a file in the vault that waits to be imported.
type Upload struct {
	Object string // SHA-256
	Name   string
	Bytes  int64
}

// AddUpload takes a file into the vault.
func AddUpload(ctx context.Context, db *store.DB, name, actor string, r io.Reader) (Upload, error) {
	ref, err := db.Vault.Put(ctx, r)
	if err != nil {
		return Upload{}, err
	}
	_, err = db.State.Exec(ctx, sqlUploadAdd, ref.SHA, name, ref.Size, actor, store.Time(time.Now()))
	return Upload{ref.SHA, name, ref.Size}, err
}

// GetUpload returns a file that was handed in.
func GetUpload(ctx context.Context, db *store.DB, object string) (u Upload, err error) {
	var actor, ts string
	err = store.One(db.State.QueryRow(ctx, sqlUploadGet, object), fmt.Sprintf("source: upload %q", object), &u.Object, &u.Name, &u.Bytes, &actor, &ts)
	return u, err
}

// DefaultZone is where days are cut unless the company says otherwise.
const DefaultZone = "Asia/Shanghai"

// Zone is the company's time zone.
func Zone(ctx context.Context, db *store.DB) (string, error) {
	var z string
	err := db.State.QueryRow(ctx, sqlSettingGet, "zone").Scan(&z)
	if errors.Is(err, sql.ErrNoRows) {
		return DefaultZone, nil
	}
	return z, err
}

// SetZone fixes the company's zone. It is refused once events are there,
// because their days were cut in the old one.
func SetZone(ctx context.Context, db *store.DB, actor, zone string) error {
	if _, err := time.LoadLocation(zone); err != nil {
		return fault.New(fault.ErrInvalid, "zone.unknown",
			fmt.Sprintf("%q is not a time zone. Write its IANA name, such as Asia/Shanghai.", zone),
			fmt.Sprintf("%q 不是时区。请写 IANA 名称，如 Asia/Shanghai。", zone))
	}
	now, err := Zone(ctx, db)
	if err != nil || now == zone {
		return err
	}
	var n int64
	if err := db.Facts.QueryRow(ctx, store.Text("source.any", "SELECT count(*) FROM batch")).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return fault.New(fault.ErrConflict, "zone.fixed",
			fmt.Sprintf("The company's zone is %s and data is loaded already, cut into days there. Start a new folder to use %s.", now, zone),
			fmt.Sprintf("公司时区是 %s，且已有按该时区分日的数据。要用 %s，请新建数据文件夹。", now, zone))
	}
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlSettingPut, "zone", zone); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "zone.changed", Target: "company", Detail: map[string]any{"from": now, "to": zone}})
	})
}
