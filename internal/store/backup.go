package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store/vault"
)

// A Manifest says what a backup holds; its files are checked against it before
// anything is restored.
type Manifest struct {
	TS     string            `json:"ts"`
	Engine Engine            `json:"engine"` // of the facts
	Files  map[string]string `json:"files"`  // path → SHA-256
	Bytes  int64             `json:"bytes"`
}

const manifestName = "backup.json"

// Backup copies a live installation into the folder to: state first, then
// facts, then the vault, so that nothing in the state or the facts points to
// bytes that the vault's copy lacks. Segments come before all: an event that
// is loaded meanwhile leaves its segment, and would else be in neither copy.
// Objects that a former backup in the same folder holds are not copied again.
// Commits wait while the facts are copied.
func Backup(ctx context.Context, db *DB, to, database string, tell func(done, total int64, what, zh string)) (Manifest, error) {
	m := Manifest{TS: Time(time.Now()), Engine: db.Facts.Engine, Files: map[string]string{}}
	if within(to, db.Dir) || within(db.Dir, to) {
		return m, fault.New(fault.ErrInvalid, "backup.inside",
			fmt.Sprintf("The backup can't be written to %s: it and the folder %s must lie apart. Name another folder, best on another disk.", to, db.Dir),
			fmt.Sprintf("不能备份到 %s：它与数据文件夹 %s 不能互相包含。请指定别处的文件夹，最好在另一块磁盘上。", to, db.Dir))
	}
	if err := os.MkdirAll(to, 0o700); err != nil {
		return m, DiskFault(to, err)
	}
	if err := os.Remove(filepath.Join(to, manifestName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return m, DiskFault(to, err)
	}
	if err := m.tree(ctx, db.Dir, to, "segment"); err != nil {
		return m, err
	}
	var err error
	if db.Facts.Engine == Postgres {
		if database == "" {
			database = db.address
		}
		err = dumpPostgres(ctx, to, database, &m)
	} else {
		tell(0, 3, "copying the state", "复制状态库")
		err = backupEmbedded(ctx, db, to, &m, tell)
	}
	if err != nil {
		return m, err
	}
	tell(2, 3, "copying the vault", "复制保险库")
	if err := m.keep(to, "key", filepath.Join(db.Dir, "key")); err != nil {
		return m, err
	}
	for _, part := range []string{"erased", "blanked", "object"} {
		if err := m.tree(ctx, db.Dir, to, part); err != nil {
			return m, err
		}
	}
	if err := remember(db.Dir, to); err != nil {
		return m, err
	}
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, err
	}
	return m, vault.WriteFile(filepath.Join(to, manifestName), b, 0o600)
}

// within reports whether path is dir or lies in it, links resolved.
func within(path, dir string) bool {
	rel, err := filepath.Rel(real(dir), real(path))
	return err == nil && filepath.IsLocal(rel)
}

// real is the path without links, as far as it exists.
func real(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if r, err := filepath.EvalSymlinks(abs); err == nil {
		return r
	}
	if dir := filepath.Dir(abs); dir != abs {
		return filepath.Join(real(dir), filepath.Base(abs))
	}
	return abs
}

// tree copies a part of the vault.
func (m *Manifest) tree(ctx context.Context, dir, to, part string) error {
	err := filepath.WalkDir(filepath.Join(dir, "vault", part), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return ignoreGone(err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		return ignoreGone(m.keep(to, rel, path)) // a segment may be loaded meanwhile: its object is copied instead
	})
	if err != nil {
		return DiskFault(to, err)
	}
	return nil
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func backupEmbedded(ctx context.Context, db *DB, to string, m *Manifest, tell func(done, total int64, what, zh string)) error {
	state := filepath.Join(to, "state.sqlite")
	if err := os.RemoveAll(state); err != nil {
		return DiskFault(to, err)
	}
	if _, err := db.State.write.ExecContext(ctx, "VACUUM INTO "+quote(state)); err != nil {
		return DiskFault(to, fmt.Errorf("state: %w", err))
	}
	if err := m.hash(to, "state.sqlite"); err != nil {
		return err
	}
	tell(1, 3, "copying the facts", "复制事实库")
	db.Facts.turn.Lock()
	defer db.Facts.turn.Unlock()
	// Without it the log is copied too, so its failure (a long query runs) costs nothing.
	_, _ = db.Facts.write.ExecContext(ctx, "CHECKPOINT")
	for _, f := range []string{"facts.duckdb", "facts.duckdb.wal"} {
		if err := os.RemoveAll(filepath.Join(to, f)); err != nil {
			return DiskFault(to, err)
		}
		if err := ignoreGone(m.keep(to, f, filepath.Join(db.Dir, f))); err != nil {
			return err
		}
	}
	return nil
}

// dumpPostgres has the server's own tool write both stores.
func dumpPostgres(ctx context.Context, to, database string, m *Manifest) error {
	tool, err := exec.LookPath("pg_dump")
	if err != nil {
		return fault.New(fault.ErrConflict, "backup.pg_dump",
			"The databases live in PostgreSQL, and pg_dump, which backs it up, is not installed here. Install the PostgreSQL client.",
			"数据库在 PostgreSQL 中，而本机没有安装备份所需的 pg_dump。请安装 PostgreSQL 客户端。")
	}
	out := filepath.Join(to, "postgres.dump")
	cmd := exec.CommandContext(ctx, tool, "--format=custom", "--no-owner", "--file="+out, "--dbname="+database)
	if text, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("store: pg_dump: %w: %s", err, text)
	}
	return m.hash(to, "postgres.dump")
}

// keep copies a file into the backup under its name, durably, unless it is an
// object that is there already.
func (m *Manifest) keep(to, rel, from string) error {
	dst := filepath.Join(to, rel)
	if _, err := os.Stat(dst); err == nil && strings.HasPrefix(rel, filepath.Join("vault", "object")) {
		blanked, err := os.Stat(filepath.Join(to, "vault", "blanked", filepath.Base(rel)))
		if err != nil || blanked.IsDir() {
			return m.hash(to, rel)
		}
	}
	if err := os.MkdirAll(filepath.Dir(dst), 0o700); err != nil {
		return DiskFault(to, err)
	}
	if err := os.RemoveAll(dst); err != nil {
		return DiskFault(to, err)
	}
	if err := copyFile(from, dst); err != nil {
		return err
	}
	return m.hash(to, rel)
}

func (m *Manifest) hash(dir, rel string) error {
	sum, n, err := fileHash(filepath.Join(dir, rel))
	m.Files[filepath.ToSlash(rel)] = sum
	m.Bytes += n
	return err
}

func fileHash(path string) (string, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), n, err
}

// Restore makes a new folder from a backup, after checking every file of it.
// With a PostgreSQL address the dump is loaded there. The caller then opens
// the folder, which brings facts and outbox in step.
func Restore(ctx context.Context, from, dir, database string, tell func(done, total int64, what, zh string)) (Manifest, error) {
	var m Manifest
	b, err := os.ReadFile(filepath.Join(from, manifestName))
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		return m, fault.New(fault.ErrConflict, "backup.incomplete",
			fmt.Sprintf("%s holds no complete backup: %s is missing or damaged.", from, manifestName),
			fmt.Sprintf("%s 中没有完整的备份：缺少 %s 或其已损坏。", from, manifestName))
	}
	if left, err := os.ReadDir(dir); err == nil && len(left) > 0 {
		return m, fault.New(fault.ErrConflict, "restore.folder",
			fmt.Sprintf("The folder %s is not empty. Restore into a new one.", dir), fmt.Sprintf("文件夹 %s 非空，请恢复到新文件夹。", dir))
	}
	n := int64(0)
	for rel, sum := range m.Files {
		tell(n, int64(2*len(m.Files)), "checking the backup", "校验备份")
		n++
		if got, _, err := fileHash(filepath.Join(from, rel)); err != nil || got != sum || !filepath.IsLocal(rel) {
			return m, fault.New(fault.ErrConflict, "backup.damaged",
				fmt.Sprintf("The backup's file %s is missing or damaged. Use another backup.", rel), fmt.Sprintf("备份文件 %s 缺失或已损坏，请使用别的备份。", rel))
		}
	}
	for rel := range m.Files {
		tell(n, int64(2*len(m.Files)), "copying", "复制")
		n++
		if rel == "postgres.dump" {
			continue
		}
		dst := filepath.Join(dir, rel)
		if err := os.MkdirAll(filepath.Dir(dst), 0o700); err != nil {
			return m, DiskFault(dir, err)
		}
		if err := copyFile(filepath.Join(from, rel), dst); err != nil {
			return m, err
		}
	}
	if err := erasedSince(from, dir); err != nil {
		return m, err
	}
	if m.Engine == Postgres {
		return m, loadPostgres(ctx, filepath.Join(from, "postgres.dump"), database)
	}
	return m, nil
}

func loadPostgres(ctx context.Context, dump, database string) error {
	if database == "" {
		return fault.New(fault.ErrInvalid, "restore.database",
			"This backup is of an installation on PostgreSQL: name an empty database with --database postgres://….",
			"该备份来自 PostgreSQL 安装：请用 --database postgres://… 指定一个空数据库。")
	}
	tool, err := exec.LookPath("pg_restore")
	if err != nil {
		return fault.New(fault.ErrConflict, "backup.pg_restore", "pg_restore is not installed here. Install the PostgreSQL client.", "本机没有安装 pg_restore，请安装 PostgreSQL 客户端。")
	}
	if text, err := exec.CommandContext(ctx, tool, "--no-owner", "--exit-on-error", "--dbname="+database, dump).CombinedOutput(); err != nil {
		return fmt.Errorf("store: pg_restore: %w: %s", err, text)
	}
	return nil
}
