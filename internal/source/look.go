package source

import (
	"context"
	"fmt"
	"os"
	"slices"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
)

// Inspect looks into files without importing them: what they hold, what they
// might mean, and whether a stored mapping already fits.
func Inspect(ctx context.Context, db *store.DB, r Request, j stage.LookJob, tell stage.Progress) (stage.Looked, string, error) {
	work, err := os.MkdirTemp(db.StageDir(), "look-")
	if err != nil {
		return stage.Looked{}, "", fmt.Errorf("source: inspect: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	if tell == nil {
		tell = func(int64, int64, string, string) {}
	}
	r.DryRun = true
	parts, failed, err := deliveries(ctx, db, r, work, tell)
	if err != nil {
		return stage.Looked{}, "", err
	}
	looked, err := lookTold(ctx, db, parts, r.Source, work+"/look", j, tell)
	if err != nil {
		return looked, "", err
	}
	for _, f := range failed {
		looked.Files = append(looked.Files, stage.Unread(f.Name, f.err))
	}
	matched := ""
	if v, ok := fitting(ctx, db, looked); ok {
		matched = v.Source
	}
	return looked, matched, nil
}

func look(ctx context.Context, db *store.DB, parts []part, source, work string, j stage.LookJob) (stage.Looked, error) {
	return lookTold(ctx, db, parts, source, work, j, func(int64, int64, string, string) {})
}

func lookTold(ctx context.Context, db *store.DB, parts []part, source, work string, j stage.LookJob, tell stage.Progress) (stage.Looked, error) {
	if err := os.MkdirAll(work, 0o700); err != nil {
		return stage.Looked{}, fmt.Errorf("source: inspect: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	zone, err := Zone(ctx, db)
	if err != nil {
		return stage.Looked{}, err
	}
	j.Work, j.Source = work, source
	if j.Zone == "" {
		j.Zone = zone
	}
	var bytes int64
	for _, p := range parts {
		j.Files = append(j.Files, stage.LookFile{Path: p.path, Name: p.file(), Upload: p.object, Member: p.member})
		bytes += p.bytes
	}
	return stage.RunLook(ctx, j, bounds(bytes), tell)
}

// fitting finds the stored mapping whose tables take most of the files.
func fitting(ctx context.Context, db *store.DB, seen stage.Looked) (Version, bool) {
	all, err := Mappings(ctx, db)
	if err != nil {
		return Version{}, false
	}
	best, most := Version{}, 0
	for _, v := range all {
		m, err := mapping.Parse([]byte(v.YAML))
		if err != nil {
			continue
		}
		n := 0
		for _, f := range seen.Files {
			for _, t := range f.Tables {
				if takes(m, f.Name, t) {
					n++
				}
			}
		}
		if n > most {
			best, most = v, n
		}
	}
	return best, most > 0
}

// takes reports whether a table of m fits t and finds the columns that it names.
func takes(m mapping.Mapping, file string, t stage.SeenTable) bool {
	for _, mt := range m.Tables {
		if !mt.Match.Matches(file, t.Name, t.Header) {
			continue
		}
		need := needs(mt)
		if len(need) == 0 {
			continue
		}
		have := map[string]bool{}
		for _, h := range t.Header {
			have[h] = true
		}
		ok := true
		for _, c := range need {
			ok = ok && have[c]
		}
		if ok {
			return true
		}
	}
	return false
}

// nothing says of each file why neither a mapping nor a suggestion can use it.
func nothing(seen stage.Looked) []Failure {
	var out []Failure
	for _, f := range seen.Files {
		err := f.Err()
		if err == nil {
			err = fault.New(fault.ErrNotFound, "file.unknown",
				fmt.Sprintf("Nothing in %s could be recognised with confidence. Print a proposal with `outfitter import --suggest`, correct it, and import with --mapping.", f.Name),
				fmt.Sprintf("%s 中没有能可靠识别的内容。请用 `outfitter import --suggest` 打印映射建议，修改后用 --mapping 导入。", f.Name))
		}
		out = append(out, failure(f.Name, err))
	}
	return out
}

// needs lists the columns that a mapped table names.
func needs(t mapping.Table) []string {
	exprs := slices.Clone(t.Key)
	exprs = append(exprs, t.Where)
	for _, p := range t.Parties {
		exprs = append(exprs, p.Key, p.Name)
	}
	for _, e := range t.Events {
		exprs = append(exprs, e.TS, e.Amount, e.Text)
	}
	var out []string
	for _, e := range exprs {
		if e == "" {
			continue
		}
		cols, err := mapping.ColumnsOf(e, t.Let)
		if err != nil {
			return nil
		}
		out = append(out, cols...)
	}
	return out
}
