package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

func newBackup(s *streams) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use: "backup --data DIR --out FOLDER", Short: "Copy everything to a folder, also while the server runs", Args: cobra.NoArgs,
		Example: `  outfitter backup --data ./data --out /mnt/backup/outfitter`,
		RunE: func(c *cobra.Command, _ []string) error {
			to, err := filepath.Abs(out)
			if err != nil {
				return err
			}
			m, err := callBackup(c.Context(), s, backupIn{to, s.database})
			if err != nil {
				return err
			}
			if s.json {
				return s.print(map[string]any{"out": to, "files": len(m.Files), "bytes": m.Bytes, "ts": m.TS})
			}
			_, err = fmt.Fprintf(s.out, s.say("Backed up %d files, %d MB, to %s\n", "已备份 %d 个文件、%d MB 到 %s\n"), len(m.Files), m.Bytes>>20, to)
			return err
		},
	}
	s.folderFlags(c)
	c.Flags().StringVar(&out, "out", "", "folder of the backup; the same one again copies only what is new")
	if err := c.MarkFlagRequired("out"); err != nil {
		panic(err)
	}
	return c
}

type backupIn struct{ To, Database string }

var callBackup = onFolder("backup", func(ctx context.Context, db *store.DB, in backupIn, tell tell) (store.Manifest, error) {
	return store.Backup(ctx, db, in.To, in.Database, tell)
})

func newRestore(s *streams) *cobra.Command {
	var from, erased string
	c := &cobra.Command{
		Use: "restore --from FOLDER --data DIR", Short: "Make a new folder from a backup, checking every file", Args: cobra.NoArgs,
		Example: `  outfitter restore --from /mnt/backup/outfitter --data ./restored`,
		RunE: func(c *cobra.Command, _ []string) error {
			progress, end := s.progress()
			defer end()
			m, err := store.Restore(c.Context(), from, s.dir, s.database, progress)
			if err == nil && erased != "" {
				err = takeErased(s.dir, erased)
			}
			if err != nil {
				return err
			}
			db, err := s.open(c.Context())
			if err != nil {
				return err
			}
			sum, err := fact.Total(c.Context(), db)
			if err := errors.Join(err, db.Close()); err != nil {
				return err
			}
			if s.json {
				return s.print(map[string]any{"files": len(m.Files), "bytes": m.Bytes, "backup": m.TS, "events": sum.Events, "batches": sum.Batches})
			}
			_, err = fmt.Fprintf(s.out, s.say("Restored %d files of the backup of %s: %d events in %d batches.\n", "已恢复 %[2]s 的备份，共 %[1]d 个文件：%[4]d 个批次、%[3]d 个事件。\n"), len(m.Files), m.TS, sum.Events, sum.Batches)
			return err
		},
	}
	s.folderFlags(c)
	c.Flags().StringVar(&from, "from", "", "folder of the backup")
	c.Flags().StringVar(&erased, "erased", "", "tombstones of people erased since, from the folder that is replaced: DIR/vault/erased/tombstones.ndjson")
	if err := c.MarkFlagRequired("from"); err != nil {
		panic(err)
	}
	return c
}

// takeErased adds tombstones that neither the backup nor its notes know.
func takeErased(dir, file string) error {
	lines, err := os.ReadFile(file)
	if err != nil {
		return fault.New(fault.ErrInvalid, "restore.erased", fmt.Sprintf("The tombstones %s can't be read: %v.", file, err), fmt.Sprintf("墓碑文件 %s 读不出来：%v。", file, err))
	}
	return store.TakeTombstones(dir, lines)
}

func newMove(s *streams) *cobra.Command {
	var to string
	c := &cobra.Command{
		Use: "move --data DIR --to postgres://…", Short: "Move from the embedded databases to PostgreSQL", Args: cobra.NoArgs,
		Example: `  outfitter move --data ./data --to postgres://outfitter:secret@127.0.0.1:5432/outfitter`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			ctx := c.Context()
			db, err := s.open(ctx)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, db.Close()) }()
			fresh, err := prepare(ctx, to)
			if err != nil {
				return err
			}
			progress, end := s.progress()
			defer end()
			if err := store.MoveTo(ctx, db, to, fresh, progress); err != nil {
				return err
			}
			_, err = fmt.Fprintf(s.out, s.say("Moved. Start with: outfitter serve --data %s --database '%s'\nThe old databases stay in the folder until you remove them: %s, %s\n",
				"迁移完成。启动：outfitter serve --data %s --database '%s'\n旧数据库仍在文件夹中，可自行删除：%s、%s\n"), s.dir, to, "state.sqlite", "facts.duckdb")
			return err
		},
	}
	s.folderFlags(c)
	c.Flags().StringVar(&to, "to", "", "address of an empty PostgreSQL database")
	if err := c.MarkFlagRequired("to"); err != nil {
		panic(err)
	}
	return c
}

// prepare makes the tables in the database to move to, and says what a new
// installation holds.
func prepare(ctx context.Context, address string) (fresh map[string]int64, err error) {
	dir, err := os.MkdirTemp("", "outfitter-move-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	for _, database := range []string{address, ""} {
		db, err := store.Open(ctx, store.Options{Dir: filepath.Join(dir, fmt.Sprint(len(database) > 0)), Database: database, Memory: "256MB"})
		if err != nil {
			return nil, err
		}
		if err = migrate.Up(ctx, db, nil); err == nil && database == "" {
			fresh, err = store.Counts(ctx, db)
		}
		if err := errors.Join(err, db.Close()); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}
