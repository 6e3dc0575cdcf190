package source

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Folder is a directory that is looked into now and then for new files.
type Folder struct {
	Source  string
	Path    string
	Pattern string // glob on the base name; "" = every file
	Every   time.Duration
	Actor   string
	Polled  time.Time
	Error   string // of the last poll
	ErrorZh string
}

// PutFolder watches a folder for a source.
func PutFolder(ctx context.Context, db *store.DB, f Folder) error {
	info, err := os.Stat(f.Path)
	if err != nil || !info.IsDir() || !filepath.IsAbs(f.Path) {
		return fault.New(fault.ErrInvalid, "folder.none",
			fmt.Sprintf("%s is not a folder that the server can read. Give its full path on the server.", f.Path),
			fmt.Sprintf("%s 不是服务器能读取的文件夹。请填写服务器上的完整路径。", f.Path))
	}
	if _, err := filepath.Match(f.Pattern, "x"); err != nil {
		return fault.New(fault.ErrInvalid, "folder.pattern",
			fmt.Sprintf("The pattern %q can't be read. Use * and ?, such as *.csv.", f.Pattern), fmt.Sprintf("无法识别模式 %q，请用 * 和 ?，如 *.csv。", f.Pattern))
	}
	if f.Every == 0 {
		f.Every = time.Minute
	}
	if f.Every < PollLeast || f.Every > 24*time.Hour {
		return fault.New(fault.ErrInvalid, "folder.every",
			fmt.Sprintf("A folder can be looked into every %d seconds at most, and once a day at least; %d seconds is outside that.", PollLeast/time.Second, f.Every/time.Second),
			fmt.Sprintf("文件夹最快每 %d 秒、最慢每天查看一次；%d 秒不在此范围。", PollLeast/time.Second, f.Every/time.Second))
	}
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlFolderPut, f.Source, f.Path, f.Pattern, int64(f.Every/time.Second), f.Actor); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: f.Actor, Action: "folder.watched", Target: "source:" + f.Source,
			Detail: map[string]any{"path": f.Path, "pattern": f.Pattern, "every_seconds": int64(f.Every / time.Second)}})
	})
}

// PollLeast is how often a folder may be looked into; the server asks Poll as often.
const PollLeast = 5 * time.Second

// RemoveFolder stops watching; what was imported stays.
func RemoveFolder(ctx context.Context, db *store.DB, actor, source string) error {
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, sqlFolderRemove, source)
		if err == nil && n == 0 {
			err = fault.New(fault.ErrNotFound, "folder.none", fmt.Sprintf("No folder is watched for %q.", source), fmt.Sprintf("%q 没有监视的文件夹。", source))
		}
		if err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "folder.left", Target: "source:" + source})
	})
}

// Folders lists what is watched.
func Folders(ctx context.Context, db *store.DB) ([]Folder, error) {
	rows, err := db.State.Query(ctx, sqlFolderAll)
	return store.Collect(rows, err, func(r *sql.Rows) (f Folder, err error) {
		var every int64
		var polled string
		if err = r.Scan(&f.Source, &f.Path, &f.Pattern, &every, &f.Actor, &polled, &f.Error, &f.ErrorZh); err != nil {
			return f, err
		}
		f.Every = time.Duration(every) * time.Second
		f.Polled, err = store.ParseTime(polled)
		return f, err
	})
}

// Poll looks into every folder that is due and imports the files that are new
// or changed and have kept still since the last look, so that a file that is
// still being written waits.
func Poll(ctx context.Context, db *store.DB, now time.Time) error {
	all, err := Folders(ctx, db)
	if err != nil {
		return err
	}
	var errs []error
	for _, f := range all {
		if now.Sub(f.Polled) < f.Every {
			continue
		}
		perr := pollOne(ctx, db, f)
		en, zh := "", ""
		if perr != nil {
			fl := failure(f.Path, perr)
			en, zh = fl.EN, fl.ZH
			if fault.Mine(perr) {
				errs = append(errs, fmt.Errorf("source: folder %s: %w", f.Path, perr))
				en, zh = "The folder could not be read; the log says why.", "文件夹无法读取，原因见日志。"
			}
		}
		if _, err := db.State.Exec(ctx, sqlFolderPolled, f.Source, store.Time(now), en, zh); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func pollOne(ctx context.Context, db *store.DB, f Folder) error {
	files, _, err := walk([]string{f.Path})
	if err != nil {
		return err
	}
	rows, err := db.State.Query(ctx, sqlFileAll, f.Source)
	known := map[string][3]string{}
	if _, err := store.Collect(rows, err, func(r *sql.Rows) (int, error) {
		var path, bytes, modified, state string
		err := r.Scan(&path, &bytes, &modified, &state)
		known[path] = [3]string{bytes, modified, state}
		return 0, err
	}); err != nil {
		return err
	}
	var refused error
	for _, path := range files {
		if ok, _ := filepath.Match(f.Pattern, filepath.Base(path)); f.Pattern != "" && !ok {
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		is := [3]string{strconv.FormatInt(info.Size(), 10), store.Time(info.ModTime()), "seen"}
		was, there := known[path]
		switch {
		case there && was[0] == is[0] && was[1] == is[1] && was[2] == "done":
			continue
		case there && was[0] == is[0] && was[1] == is[1]:
			res, err := Import(ctx, db, Request{Paths: []string{path}, Source: f.Source, Actor: f.Actor}, nil)
			if err == nil {
				err = res.Err()
			}
			if err != nil && (fault.Mine(err) || ctx.Err() != nil) {
				return err
			}
			refused = errors.Join(refused, err)
			is[2] = "done"
		}
		if _, err := db.State.Exec(ctx, sqlFilePut, f.Source, path, info.Size(), is[1], is[2]); err != nil {
			return err
		}
	}
	return refused
}
