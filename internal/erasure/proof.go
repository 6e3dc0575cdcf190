package erasure

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/erasure/keeper"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/vault"
)

// A Proof says that a person was erased, and what of them, and not who it was.
type Proof struct {
	ID      string         `json:"id"`
	Began   time.Time      `json:"began"`
	Ended   time.Time      `json:"ended"`
	Actor   string         `json:"actor"`
	Why     string         `json:"why"`
	Objects []BlankedBytes `json:"objects"`
	Outcome Outcome        `json:"outcome"`
	Notes   []string       `json:"notes"`
	NotesZh []string       `json:"notes_zh"`
}

// BlankedBytes is a vault object in which cells were blanked.
type BlankedBytes struct {
	Original string `json:"original_sha256"`
	Current  string `json:"current_sha256"`
	Rows     int64  `json:"rows"`
	Cells    int64  `json:"cells"`
}

// exports lists the audit entries of files that held the person, or may have:
// rejects of their batches, and answers taken out.
func exports(ctx context.Context, db *store.DB, who keeper.Person) (out []int64, err error) {
	f := access.AuditFilter{Limit: 1000}
	for _, action := range []string{"rejects.exported", "explore.exported", "segment.exported", "report.exported"} {
		f.Action, f.Before = action, 0
		for {
			page, err := access.ListAudit(ctx, db, f)
			if err != nil {
				return nil, err
			}
			for _, e := range page {
				if action != "rejects.exported" || slices.Contains(who.Batches, strings.TrimPrefix(e.Target, "batch:")) {
					out = append(out, e.Seq)
				}
				f.Before = e.Seq
			}
			if len(page) < f.Limit {
				break
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// settle removes the copies of the databases that were taken before upgrades,
// where the person still stands, and has the databases write themselves anew.
func settle(ctx context.Context, db *store.DB, j *Job, _ Progress) error {
	dir := filepath.Join(db.Dir, "copies")
	left, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return store.DiskFault(db.Dir, err)
	}
	for _, c := range left {
		if err := os.RemoveAll(filepath.Join(dir, c.Name())); err != nil {
			return store.DiskFault(db.Dir, err)
		}
		j.Outcome.Copies++
	}
	return store.RewriteFacts(db)
}

// ProofOf is the proof of a finished erasure.
func ProofOf(ctx context.Context, db *store.DB, id string) (Proof, error) {
	j, err := Get(ctx, db, id)
	if err != nil {
		return Proof{}, err
	}
	if j.Step != "done" {
		return Proof{}, fault.New(fault.ErrConflict, "erasure.open", "This erasure is still under way: its proof is written at the end.", "该抹除仍在进行，完成后才有证明。")
	}
	return proof(ctx, db, j)
}

func proof(ctx context.Context, db *store.DB, j Job) (Proof, error) {
	p := Proof{ID: j.ID, Began: j.TS, Ended: j.Ended, Actor: j.Actor, Why: j.Why, Outcome: j.Outcome, Objects: []BlankedBytes{}}
	rows, err := db.State.Query(ctx, sqlObjects, j.ID)
	all, err := store.Collect(rows, err, func(r *sql.Rows) (b BlankedBytes, err error) {
		err = r.Scan(&b.Original, &b.Current, &b.Rows, &b.Cells)
		return b, err
	})
	p.Objects = append(p.Objects, all...)
	p.Notes = []string{
		"Events of the person stay without them: what was counted still counts.",
		"A tombstone of keyed hashes has a later delivery, or a restored backup, erased again.",
		"Backups made before this hold the person until a backup into the same folder replaces them, or they are deleted.",
	}
	p.NotesZh = []string{
		"此人的事件保留但不再指向此人：已有的计数不变。",
		"墓碑（带密钥的哈希）使此后再次送来的数据或恢复的备份被再次抹除。",
		"此前的备份仍含此人，直到向同一文件夹再次备份将其覆盖，或将其删除。",
	}
	return p, err
}

// Text is the proof as a person reads it.
func (p Proof) Text(zh bool) string {
	var b strings.Builder
	say := func(en, chinese string, args ...any) {
		format := en
		if zh {
			format = chinese
		}
		fmt.Fprintf(&b, format+"\n", args...)
	}
	why := map[string]string{Asked: "按要求", Restored: "恢复备份后重新抹除", Delivered: "数据再次送来后重新抹除"}
	say("Proof of erasure %s", "个人信息抹除证明 %s", p.ID)
	if zh {
		say("", "开始 %s，完成 %s，操作者 %s，原因：%s", p.Began.Format(time.RFC3339), p.Ended.Format(time.RFC3339), p.Actor, why[p.Why])
	} else {
		say("Began %s, done %s, by %s (%s)", "", p.Began.Format(time.RFC3339), p.Ended.Format(time.RFC3339), p.Actor, p.Why)
	}
	o := p.Outcome
	say("Facts: %d events no longer name the person; %d records, %d parties and the text of %d rejects are gone.",
		"事实库：%d 个事件不再指向此人；删除来源记录 %d 条、身份记录 %d 条，清空拒收文本 %d 处。", o.Facts.Events, o.Facts.Records, o.Facts.Parties, o.Facts.Rejects)
	say("State: %d outbox lines and %d run results emptied; %d copies of the databases removed.", "状态库：清空发件箱 %d 行、任务结果 %d 个；删除数据库副本 %d 份。", o.Outbox, o.Runs, o.Copies)
	for _, name := range slices.Sorted(maps.Keys(o.Keepers)) {
		k := o.Keepers[name]
		say("%s: %d removed; rows withdrawn: %d; exports: %d", "%s：删除 %d 条；标记“行已撤回”：%d；导出：%d", name, k.Removed, len(k.Withdrawn), len(k.Exports))
		for _, c := range k.Withdrawn {
			say("  rows withdrawn: %s", "  行已撤回：%s", c)
		}
		for _, c := range k.Exports {
			say("  export: %s", "  导出：%s", c)
		}
	}
	say("Vault: %d objects.", "保险库：%d 个对象。", len(p.Objects))
	for _, x := range p.Objects {
		say("  %s → %s: %d cells in %d rows", "  %s → %s：%d 个单元格，%d 行", x.Original, x.Current, x.Cells, x.Rows)
	}
	if len(o.Unread) > 0 {
		say("Not searched, because they are no tables: %s", "以下对象不是表格，未能检索：%s", strings.Join(o.Unread, ", "))
	}
	if len(o.Exports) > 0 {
		say("Files handed out that held, or may have held, the person: audit entries %v", "曾经导出、含有或可能含有此人的文件：审计条目 %v", o.Exports)
	}
	notes := p.Notes
	if zh {
		notes = p.NotesZh
	}
	for _, n := range notes {
		fmt.Fprintln(&b, n)
	}
	return b.String()
}

// writeProof keeps the proof as files beside the vault, and returns its SHA-256.
func writeProof(ctx context.Context, db *store.DB, j Job) (string, error) {
	p, err := proof(ctx, db, j)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(p); err != nil {
		return "", err
	}
	for name, text := range map[string][]byte{".json": b.Bytes(), ".txt": []byte(p.Text(false)), ".zh.txt": []byte(p.Text(true))} {
		if err := vault.WriteFile(filepath.Join(db.Vault.ErasedDir(), j.ID+name), text, 0o600); err != nil {
			return "", store.DiskFault(db.Dir, err)
		}
	}
	sum := sha256.Sum256(b.Bytes())
	return hex.EncodeToString(sum[:]), nil
}
