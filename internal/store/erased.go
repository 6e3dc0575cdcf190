package store

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/store/vault"
)

// Tombstones are keyed hashes of people who were erased, one JSON object a
// line. Backups that were made before know nothing of them, so whoever is
// erased later is noted in their folders too, and a restore takes the notes in.
const (
	tombstones = "tombstones.ndjson"
	laterNote  = "erased-since.ndjson"
	backupList = "backups"
)

// AddTombstones appends lines to the folder's tombstones, durably, and to the
// notes of the backups that were made of it, as far as they can be reached. It
// returns the folders of those backups.
func AddTombstones(db *DB, lines []byte) (backups []string, err error) {
	if err := appendMissing(filepath.Join(db.Vault.ErasedDir(), tombstones), lines); err != nil {
		return nil, DiskFault(db.Dir, err)
	}
	b, err := os.ReadFile(filepath.Join(db.Dir, backupList))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, DiskFault(db.Dir, err)
	}
	for to := range strings.Lines(string(b)) {
		to = strings.TrimSpace(to)
		if _, err := os.Stat(filepath.Join(to, manifestName)); err != nil {
			continue
		}
		backups = append(backups, to)
		if err := appendMissing(filepath.Join(to, laterNote), lines); err != nil {
			return backups, DiskFault(to, err)
		}
	}
	return backups, nil
}

// Tombstones are the lines that AddTombstones wrote.
func Tombstones(db *DB) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(db.Vault.ErasedDir(), tombstones))
	return b, ignoreGone(err)
}

// remember notes where a backup was made.
func remember(dir, to string) error {
	if err := appendMissing(filepath.Join(dir, backupList), []byte(real(to)+"\n")); err != nil {
		return DiskFault(dir, err)
	}
	return nil
}

// erasedSince takes into a restored folder who was erased after the backup.
func erasedSince(from, dir string) error {
	b, err := os.ReadFile(filepath.Join(from, laterNote))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return DiskFault(from, err)
	}
	return TakeTombstones(dir, b)
}

// TakeTombstones adds tombstones to a folder that nobody has open.
func TakeTombstones(dir string, lines []byte) error {
	erased := filepath.Join(dir, "vault", "erased")
	if err := os.MkdirAll(erased, 0o700); err != nil {
		return DiskFault(dir, err)
	}
	if err := appendMissing(filepath.Join(erased, tombstones), lines); err != nil {
		return DiskFault(dir, err)
	}
	return nil
}

// appendMissing adds the lines that a file lacks.
func appendMissing(path string, lines []byte) error {
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("store: %w", err)
	}
	have := bytes.Split(old, []byte{'\n'})
	add := old
	for line := range bytes.Lines(lines) {
		line = bytes.TrimRight(line, "\n")
		if len(line) > 0 && !slices.ContainsFunc(have, func(h []byte) bool { return bytes.Equal(h, line) }) {
			add = append(append(add, line...), '\n')
		}
	}
	if len(add) == len(old) {
		return nil
	}
	return vault.WriteFile(path, add, 0o600)
}
