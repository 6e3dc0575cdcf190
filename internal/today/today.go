// Package today says what came in lately and what needs a decision.
//
// A decision is something that stands still until a person does something:
// rows that were refused, a source that has gone quiet or fails, a run that was
// cut off, a disk that is filling up. It owns no tables.
package today

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"syscall"
	"time"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Severity orders decisions.
type Severity string

// The severities.
const (
	Info    Severity = "info"
	Warning Severity = "warning"
	Error   Severity = "error"
)

// A Decision waits for a person. Link is a page of the web client.
type Decision struct {
	Kind      string
	Title, ZH string
	Link      string
	Severity  Severity
	N         int64
}

// A Disk is how full the disk is that holds the folder, in bytes.
type Disk struct {
	Free, Total int64
	Low         bool // under a tenth, or under 5 GiB
}

// A Day is what a page of today shows.
type Day struct {
	Since     time.Time
	Batches   []fact.Batch
	CameIn    fact.Totals
	Decisions []Decision
	ByVerb    []fact.DayVerb
	Disk      Disk
}

// chartDays is how far back events per verb go, from the newest event: what
// was imported may be last year's.
const chartDays = 90

// Get gathers what came in since an instant.
func Get(ctx context.Context, db *store.DB, runs *run.Runner, since time.Time) (Day, error) {
	d := Day{Since: since}
	batches, err := fact.ListBatches(ctx, db, "", 0, 50)
	if err != nil {
		return d, fmt.Errorf("today: %w", err)
	}
	d.Batches = slices.DeleteFunc(batches, func(b fact.Batch) bool { return b.LoadedAt.Before(since) })
	if d.CameIn, err = fact.CameIn(ctx, db, since); err != nil {
		return d, fmt.Errorf("today: %w", err)
	}
	last, err := fact.LastDay(ctx, db)
	if err != nil {
		return d, fmt.Errorf("today: %w", err)
	}
	if d.ByVerb, err = fact.ByDay(ctx, db, last.AddDate(0, 0, -chartDays)); err != nil {
		return d, fmt.Errorf("today: %w", err)
	}
	if d.Disk, err = DiskOf(db.Dir); err != nil {
		return d, err
	}
	d.Decisions, err = decide(ctx, db, runs, d)
	return d, err
}

// DiskOf asks how full the disk is that holds a folder.
func DiskOf(dir string) (Disk, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return Disk{}, fmt.Errorf("today: disk of %s: %w", dir, err)
	}
	d := Disk{Free: int64(s.Bavail) * int64(s.Bsize), Total: int64(s.Blocks) * int64(s.Bsize)}
	d.Low = d.Free < 5<<30 || d.Free*10 < d.Total
	return d, nil
}

func decide(ctx context.Context, db *store.DB, runs *run.Runner, d Day) ([]Decision, error) {
	var out []Decision
	if d.Disk.Low {
		gib := float64(d.Disk.Free) / (1 << 30)
		out = append(out, Decision{Kind: "disk", Severity: Error, N: d.Disk.Free,
			Title: fmt.Sprintf("The disk is nearly full: %.1f GiB are left. Free some space before the next import.", gib),
			ZH:    fmt.Sprintf("磁盘快满了：仅剩 %.1f GiB。请在下次导入前腾出空间。", gib), Link: "/today"})
	}
	sources, err := source.List(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("today: %w", err)
	}
	if len(sources) == 0 {
		out = append(out, Decision{Kind: "empty", Severity: Info, Title: "Nothing has come in yet. Import your first files.", ZH: "还没有任何数据。请导入第一批文件。", Link: "/import"})
	}
	for _, s := range sources {
		if s.Health == source.Failing || s.Health == source.Late {
			out = append(out, Decision{Kind: "source." + s.Health, Severity: map[string]Severity{source.Failing: Error, source.Late: Warning}[s.Health],
				Title: s.Name + ": " + s.HealthWhy, ZH: s.Name + "：" + s.HealthWhyZh, Link: "/sources/" + url.PathEscape(s.Name), N: 1})
		}
	}
	for _, b := range d.Batches {
		if n := b.Rejected + b.CellsRejected; n > 0 && b.State == fact.Loaded {
			out = append(out, Decision{Kind: "rejects", Severity: Warning, N: n, Link: "/batches/" + b.ID,
				Title: fmt.Sprintf("%s: %d rows and %d cells could not be used. Look at the reasons, and correct the file or the mapping.", b.Name, b.Rejected, b.CellsRejected),
				ZH:    fmt.Sprintf("%s：%d 行、%d 个单元格被拒收。请查看原因并修正文件或映射。", b.Name, b.Rejected, b.CellsRejected)})
		}
	}
	failed, err := runs.List(ctx, run.Filter{State: run.Failed, Limit: 50})
	if err != nil {
		return nil, fmt.Errorf("today: %w", err)
	}
	for _, r := range failed {
		if r.Resumable && r.Started.After(d.Since) {
			out = append(out, Decision{Kind: "run.failed", Severity: Warning, N: 1, Link: "/today?run=" + r.ID,
				Title: r.Title + ": " + r.Error.EN, ZH: r.Title + "：" + r.Error.ZH})
		}
	}
	rank := map[Severity]int{Error: 0, Warning: 1, Info: 2}
	slices.SortStableFunc(out, func(a, b Decision) int { return rank[a.Severity] - rank[b.Severity] })
	return out, nil
}
