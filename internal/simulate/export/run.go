package export

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/layout"
	"github.com/chanzipu/outfitter/internal/simulate/sink"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
	"github.com/chanzipu/outfitter/internal/simulate/workbook"
)

// Run writes the company's exports and truth.json into dir, which is made.
// Files of earlier runs with the same names are replaced.
func Run(ctx context.Context, w *company.World, dir string, progress func(done, total int64, what string)) ([]sink.File, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("simulate: folder %q: %w", dir, err)
	}
	truth := w.Truth()
	e := &exporter{Folder: &sink.Folder{Ctx: ctx, Dir: dir}, w: w, truth: &truth}
	e.openReferences()
	themes := newThemeLog()
	steps := []struct {
		what string
		do   func()
	}{
		{"人事", e.staffing},
		{"客户与联系人", e.accounts},
		{"商机、合同、回款", e.opportunities},
		{"跟进记录", e.followups},
		{"企业微信", e.wecom},
		{"会话存档", func() { e.chats(themes) }},
		{"工单系统", func() { e.service(themes) }},
		{"会员", e.members},
		{"增长平台", e.growth},
		{"铲子目录", e.shovels},
		{"递铲日志", e.deliveries},
		{"任务计时", e.tasks},
		{"供需撮合", e.broker},
		{"访问日志", e.views},
		{"干活账", e.work},
		{"今年干了什么", e.workbook},
		{"其他账号", e.otherAccounts},
	}
	for i, s := range steps {
		if progress != nil {
			progress(int64(i), int64(len(steps)), s.what)
		}
		if e.Fail(ctx.Err()); e.Err != nil {
			break
		}
		s.do()
	}
	if e.refs != nil {
		e.Fail(e.refs.close())
	}
	if e.Err != nil {
		return e.Files, fmt.Errorf("simulate: writing %s: %w", dir, e.Err)
	}
	truth.Themes = themes.truth(w.Params)
	if err := e.writeTruth(); err != nil {
		return e.Files, err
	}
	sort.SliceStable(e.Files, func(i, j int) bool { return e.Files[i].Path < e.Files[j].Path })
	if progress != nil {
		progress(int64(len(steps)), int64(len(steps)), "")
	}
	return e.Files, nil
}

// workbook fills in 今年干了什么.xlsx: a row per shovel and batch of teams,
// and some of the year's data pulls and incidents.
func (e *exporter) workbook() {
	w := e.w
	file := sink.File{Path: layout.Find("wb.launch").Path, Sheet: layout.Find("wb.launch").Sheet, Table: "wb.launch", Verbs: map[string]int64{}}
	var rows []workbook.Row
	batches := map[string]int{}
	for _, r := range w.Rollouts {
		s := stage.Shovels[r.Shovel]
		start, end := stage.Date(int(rolloutDay(r.Month))), time.Time{}
		if s.Design == stage.Withdrawn {
			start = stage.Date(stage.DayOf("2024-05-06"))
		}
		if r.Stop < stage.Months {
			end = stage.Date(int(rolloutDay(r.Stop)))
		}
		team := "个人开通名单见中台门户"
		if r.Team >= 0 {
			team = w.Teams[r.Team].Name
		}
		key := s.ID + start.Format(time.DateOnly) + end.Format(time.DateOnly)
		if i, ok := batches[key]; ok {
			if r.Team >= 0 {
				rows[i].Team += "、" + team
			}
			continue
		}
		batches[key] = len(rows)
		owner := w.Staff[e.owner(r.Shovel)]
		rows = append(rows, workbook.Row{Kind: "上线", Name: s.ZH, Team: team, Start: start, End: end, Owner: owner.Name.Name(), Hours: float64(20 + 10*(r.Shovel%7)), Cost: float64(s.YearCost), Before: "没有，各人自己找", Line: s.Line})
	}
	for x := range w.WorkItems {
		if len(rows) > 400 {
			break
		}
		if x.Tool != "TAPD" || x.Kind == "launch" || x.ID%9 != 0 || x.Done.IsZero() || stage.MonthOf(dayNumber(x.Created)) < stage.PreMonths {
			continue
		}
		kind := map[string]string{"pull": "取数", "request": "支持"}[x.Kind]
		rows = append(rows, workbook.Row{Kind: kind, Name: x.Title, Team: x.From, Start: x.Done, Owner: w.Staff[x.Owner].Name.Name(), Hours: x.Hours, Line: "没有约定"})
	}
	sort.SliceStable(rows, func(i, j int) bool { return rows[i].Start.Before(rows[j].Start) })
	for _, r := range rows {
		file.Rows++
		if r.Kind == "上线" {
			file.Verbs["work.launched"]++
		} else {
			file.Verbs["work.done"]++
		}
		if !r.End.IsZero() {
			file.Verbs["work.stopped"]++
		}
	}
	full := filepath.Join(e.Dir, filepath.FromSlash(file.Path))
	err := os.MkdirAll(filepath.Dir(full), 0o755)
	var f *os.File
	if err == nil {
		f, err = os.Create(full)
	}
	if err == nil {
		err = sink.CloseAll(func() error { return workbook.WriteRows(f, "zh", rows) }, f.Close)
	}
	if err != nil {
		e.Fail(fmt.Errorf("simulate: %s: %w", file.Path, err))
	}
	e.Files = append(e.Files, file)
}

// Total sums rows and events.
func Total(files []sink.File) (rows, events int64) {
	for _, f := range files {
		rows += f.Rows
		for _, n := range f.Verbs {
			events += n
		}
	}
	return rows, events
}
