package bundle

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/store"
)

// Make makes a report, keeps its bundle in the vault and records it.
func Make(ctx context.Context, db *store.DB, r Request, actor string, tell Tell) (report.Kept, Made, error) {
	if err := r.Check(); err != nil {
		return report.Kept{}, Made{}, err
	}
	tmp, err := os.CreateTemp(db.StageDir(), "report-")
	if err != nil {
		return report.Kept{}, Made{}, store.DiskFault(db.Dir, err)
	}
	defer func() { _, _ = tmp.Close(), os.Remove(tmp.Name()) }()
	now := time.Now()
	made, err := Write(ctx, db, tmp, r, now, tell)
	if err != nil {
		return report.Kept{}, made, err
	}
	if _, err := tmp.Seek(0, io.SeekStart); err != nil {
		return report.Kept{}, made, fmt.Errorf("bundle: %w", err)
	}
	tell(9, 10, "keeping it", "入库")
	ref, err := db.Vault.Put(ctx, tmp)
	if err != nil {
		return report.Kept{}, made, store.DiskFault(db.Dir, err)
	}
	result, err := json.Marshal(made)
	if err != nil {
		return report.Kept{}, made, fmt.Errorf("bundle: %w", err)
	}
	k, err := report.Add(ctx, db, report.Kept{Year: r.Year, Actor: actor, Made: now, Full: r.Full, Bundle: ref.SHA, Bytes: made.Bytes, Manifest: made.SHA256, Result: result})
	return k, made, err
}

// Member is one file of a kept bundle.
func Member(db *store.DB, k report.Kept, name string) ([]byte, error) {
	f, err := os.Open(db.Vault.Path(k.Bundle))
	if err != nil {
		return nil, fmt.Errorf("bundle: %s: %w", k.ID, err)
	}
	defer func() { _ = f.Close() }()
	st, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("bundle: %s: %w", k.ID, err)
	}
	u, err := unpack(f, st.Size(), Default)
	if err != nil {
		return nil, err
	}
	b, ok := u.files[name]
	if !ok {
		return nil, fault.New(fault.ErrNotFound, "report.no_such_file", fmt.Sprintf("The report has no %s: it was made without that format or language.", name), fmt.Sprintf("报告里没有 %s：制作时没有选这个格式或语言。", name))
	}
	return b, nil
}
