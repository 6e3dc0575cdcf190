package source

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Drift is how a file's columns differ from the last batch of the same table.
type Drift struct {
	Name    string       `json:"name"`
	Table   string       `json:"table"`
	Since   string       `json:"since"` // the batch compared with
	Added   []string     `json:"columns_added,omitempty"`
	Removed []string     `json:"columns_removed,omitempty"`
	Types   []TypeChange `json:"types_changed,omitempty"`
}

// A TypeChange is a column whose values are of another kind than before.
type TypeChange struct {
	Column string `json:"column"`
	Was    string `json:"was"`
	Is     string `json:"is"`
}

// driftOf compares a staged delivery with the earlier ones of the same source
// and table; nil where one of the latest has the same columns, or none is
// there. The closest one is reported. Files of the same import don't count: a
// first import may bring one table in several shapes.
func driftOf(ctx context.Context, db *store.DB, source, batch, name string, rep stage.Report, since time.Time) (*Drift, error) {
	raws, err := fact.LatestReports(ctx, db, source, batch)
	if err != nil {
		return nil, err
	}
	for _, t := range rep.Tables {
		if t.Table == "" || t.Clean == 0 {
			continue
		}
		var closest *Drift
		seen, same := false, false
		for _, raw := range raws {
			var old stage.Report
			if raw.LoadedAt.After(since) {
				continue
			}
			if err := json.Unmarshal(raw.Report, &old); err != nil {
				return nil, fmt.Errorf("source: report of batch %s: %w", raw.ID, err)
			}
			i := slices.IndexFunc(old.Tables, func(o stage.TableReport) bool { return o.Table == t.Table && o.Clean > 0 })
			if i < 0 {
				continue
			}
			seen = true
			d := compare(old.Tables[i], t)
			if d == nil {
				same = true
				break
			}
			d.Name, d.Since = name, raw.ID
			if closest == nil || d.size() < closest.size() {
				closest = d
			}
		}
		if seen && !same {
			return closest, nil
		}
	}
	return nil, nil
}

func (d *Drift) size() int { return len(d.Added) + len(d.Removed) + len(d.Types) }

func compare(was, is stage.TableReport) *Drift {
	d := Drift{Table: is.Table}
	for i, h := range is.Header {
		j := slices.Index(was.Header, h)
		if j < 0 {
			d.Added = append(d.Added, h)
			continue
		}
		if i < len(is.Types) && j < len(was.Types) && was.Types[j] != is.Types[i] && was.Types[j] == "number" && is.Types[i] == "text" {
			d.Types = append(d.Types, TypeChange{h, was.Types[j], is.Types[i]})
		}
	}
	for _, h := range was.Header {
		if !slices.Contains(is.Header, h) {
			d.Removed = append(d.Removed, h)
		}
	}
	if len(d.Added)+len(d.Removed)+len(d.Types) == 0 {
		return nil
	}
	return &d
}

// refuse is the sentence that stops an import whose columns have drifted.
func (d *Drift) refuse() error {
	var en, zh []string
	if len(d.Added) > 0 {
		en, zh = append(en, "new: "+strings.Join(d.Added, ", ")), append(zh, "新增："+strings.Join(d.Added, "、"))
	}
	if len(d.Removed) > 0 {
		en, zh = append(en, "gone: "+strings.Join(d.Removed, ", ")), append(zh, "缺少："+strings.Join(d.Removed, "、"))
	}
	for _, t := range d.Types {
		en, zh = append(en, t.Column+" was "+t.Was+" and is now "+t.Is), append(zh, t.Column+" 由 "+t.Was+" 变为 "+t.Is)
	}
	return fault.New(fault.ErrConflict, "drift",
		fmt.Sprintf("The columns of %s differ from the last batch of table %s (%s). Correct the mapping or the file, or go on with --accept-drift.", d.Name, d.Table, strings.Join(en, "; ")),
		fmt.Sprintf("%s 的列与表 %s 的上一批次不同（%s）。请修改映射或文件，或用 --accept-drift 继续。", d.Name, d.Table, strings.Join(zh, "；")))
}
