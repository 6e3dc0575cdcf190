package export

import (
	"fmt"

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/layout"
	"github.com/chanzipu/outfitter/internal/simulate/sink"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

// jiraClock is Jira's default English date format.
const jiraClock = "02/Jan/06 3:04 PM"

// work writes the middle office's own work in its four tools.
func (e *exporter) work() {
	w := e.w
	story, bug := e.Open("zt.story", "").Header(), e.Open("zt.bug", "").Header()
	jira := e.Open("ji.issue", "").Header()
	jira.Clock = jiraClock
	b := e.NewBook(layout.Find("td.story").Path)
	stories := b.Sheet("td.story")
	stories.Banner(len(stories.Table.Columns), "TAPD 需求导出 项目：数据中台 2027-01-04")
	stories.Columns()
	var done []company.Work
	for x := range w.WorkItems {
		owner, creator := w.Staff[x.Owner], w.Staff[x.Creator]
		switch x.Tool {
		case "禅道需求":
			state, stage, closer, end := "激活", "研发中", "", sink.NoDay
			if !x.Done.IsZero() {
				state, stage, closer, end = "已关闭", "已发布", owner.Login, sink.Day(dayNumber(x.Done))
				story.Verb("work.done")
			}
			story.Verb("work.requested")
			story.Row(fmt.Sprint(x.ID+1001), "数据中台", x.Title, "<p>"+x.From+"提出："+x.Title+"</p>", x.From, x.Priority, x.Planned, x.Hours, state, stage, creator.Login, sink.Day(dayNumber(x.Created)), owner.Login, closer, end)
		case "禅道Bug":
			state, solver, way, end := "激活", "", "", sink.NoDay
			if !x.Done.IsZero() {
				state, solver, way, end = "已关闭", owner.Login, "已解决", sink.Day(dayNumber(x.Done))
				bug.Verb("work.done")
			}
			bug.Verb("work.requested")
			bug.Row(fmt.Sprint(x.ID+1001), "数据中台", x.Title, 1+x.Priority%4, x.Priority, "代码错误", "[步骤]打开页面\r\n[结果]"+x.Title+"\r\n[期望]正常", state, creator.Login, sink.Day(dayNumber(x.Created)), owner.Login, solver, way, end, x.Hours)
		case "TAPD":
			done = append(done, x)
			e.tapd(stories, x)
		default:
			e.jira(jira, x)
		}
		if !e.OK() {
			break
		}
	}
	stories.Close()
	tasks := b.Sheet("td.task")
	tasks.Banner(len(tasks.Table.Columns), "TAPD 任务导出 项目：数据中台 2027-01-04")
	tasks.Columns()
	for _, x := range done {
		if x.Done.IsZero() {
			continue
		}
		start := x.Created.Add(x.Done.Sub(x.Created) / 4)
		tasks.Row(tapdID(x.ID)+"01", tapdID(x.ID), "开发："+x.Title, "已完成", w.Staff[x.Owner].Name.Name(), start, x.Done, x.Hours)
		tasks.Verb("work.started")
		tasks.Verb("work.done")
	}
	tasks.Close()
	b.Save()
	for _, o := range []*sink.Out{story, bug, jira} {
		o.Close()
	}
}

func tapdID(id int) string { return fmt.Sprintf("11204862%08d", id) }

func (e *exporter) tapd(s *sink.Sheet, x company.Work) {
	kind, launched, state := map[string]string{"launch": "上线", "pull": "取数", "request": "支持"}[x.Kind], sink.NoDay, "规划中"
	s.Verb("work.requested")
	if x.Kind == "launch" {
		launched = sink.Day(dayNumber(x.Done))
		s.Verb("work.launched")
	}
	if !x.Done.IsZero() {
		state = "已实现"
		s.Verb("work.done")
	}
	s.Row(tapdID(x.ID), x.Title, kind, state, []string{"高", "高", "中", "低", "低"}[x.Priority], x.From, e.w.Staff[x.Creator].Name.Name(), e.w.Staff[x.Owner].Name.Name()+";", x.Created, x.Done, launched, x.Planned, x.Hours)
}

func (e *exporter) jira(o *sink.Out, x company.Work) {
	kind := map[string]string{"launch": "Story", "pull": "Task", "request": "Story", "incident": "Incident"}[x.Kind]
	label := map[string]string{"launch": "launch", "pull": "data-pull", "request": "request", "incident": "incident"}[x.Kind]
	state := "In Progress"
	begin, end := "work.requested", "work.done"
	if x.Kind == "incident" {
		begin, end = "work.failed", "work.restored"
	}
	o.Verb(begin)
	if !x.Done.IsZero() {
		state = "Done"
		o.Verb(end)
	}
	o.Row(fmt.Sprintf("DMP-%d", x.ID+1), fmt.Sprint(10_000+x.ID), x.Title, kind, state, []string{"Medium", "Highest", "High", "Medium", "Low"}[x.Priority], e.w.Staff[x.Owner].Name.English(), e.w.Staff[x.Creator].Name.English(), x.Created, x.Done, label, int(x.Hours*3600), "Data Middle Office")
}

// staffing writes the roster, the moves and the wages.
func (e *exporter) staffing() {
	w := e.w
	b := e.NewBook(layout.Find("hr.staff").Path)
	s := b.Sheet("hr.staff")
	s.Banner(len(s.Table.Columns), "澄川科技 员工花名册（含离职） 2026-12-31")
	s.Columns()
	for _, p := range w.Staff {
		sex, left := "男", sink.NoDay
		if p.Name.Female {
			sex = "女"
		}
		if p.Left < stage.Days {
			left = sink.Day(p.Left - 1)
			s.Verb("staff.left")
		}
		s.Verb("staff.joined")
		if !s.Row(p.No(), p.Name.Name(), sex, p.Mobile, p.Login+"@chengchuan.example", department(w, p), w.TeamName(p.ID, stage.Months-1), p.Title, sink.Day(p.Joined), left) {
			break
		}
		e.refer(stage.HR, "staff", p.No(), company.StaffEntity(p.ID))
	}
	s.Close()
	b.Save()
	e.moves()
	e.wages()
}

func department(w *company.World, p stage.Staff) string {
	switch p.Role {
	case stage.Sales:
		return stage.Units[w.Teams[p.Stints[len(p.Stints)-1].Team].Unit]
	case stage.Growth:
		return "增长部"
	case stage.Service:
		return "客服部"
	case stage.Product:
		return "产品部"
	}
	return "中台"
}

func (e *exporter) moves() {
	w := e.w
	o := e.Open("hr.move", "").Header()
	n := 0
	line := func(p stage.Staff, kind, from, to string, day int) {
		n++
		o.Row("YD"+pad(n, 6), p.No(), p.Name.Name(), kind, from, to, sink.Day(day))
	}
	for m := range stage.Months {
		for _, p := range w.Staff {
			for i, st := range p.Stints {
				if st.From == m && i > 0 {
					line(p, "调岗", w.Teams[p.Stints[i-1].Team].Name, w.Teams[st.Team].Name, int(rolloutDay(m)))
					o.Verb("staff.moved")
				}
			}
			if p.Newcomer() && p.Stints[0].From == m {
				line(p, "入职", "", w.Teams[p.Stints[0].Team].Name, p.Joined)
			}
			if p.Left < stage.Days && stage.MonthOf(p.Left-1) == m {
				line(p, "离职", w.Teams[p.Stints[len(p.Stints)-1].Team].Name, "", p.Left-1)
			}
		}
	}
	o.Close()
}

func (e *exporter) wages() {
	w := e.w
	b := e.NewBook(layout.Find("hr.wage").Path)
	s := b.Sheet("hr.wage")
	s.Banner(len(s.Table.Columns), "薪资汇总表 2025年7月—2026年12月")
	s.Styled(b.Styles.Header, "员工", "", "", "期间", "金额", "", "")
	s.Merge(1, 2, 3, 2)
	s.Merge(5, 2, 7, 2)
	s.Columns()
	departments := []string{stage.Units[0], stage.Units[1], "增长部", "客服部", "产品部", "中台"}
	var all [3]float64
	for m := range stage.Months {
		for _, d := range departments {
			var sub [3]float64
			for _, p := range w.Staff {
				if p.TeamIn(m) < 0 || department(w, p) != d {
					continue
				}
				gross := p.Wage
				if (m+6)%12 == 1 { // the year's bonus comes before 春节
					gross *= 2
				}
				social := cents(p.Wage * 0.37)
				s.Row(p.No(), p.Name.Name(), d, stage.MonthName(m), gross, social, gross+social)
				s.Verb("wage.paid")
				for i, x := range []float64{gross, social, gross + social} {
					sub[i] += x
					all[i] += x
				}
			}
			s.Styled(b.Styles.Total, "小计", "", d, stage.MonthName(m), cents(sub[0]), cents(sub[1]), cents(sub[2]))
		}
		if !e.OK() {
			break
		}
	}
	s.Styled(b.Styles.Total, "合计", "", "", "", cents(all[0]), cents(all[1]), cents(all[2]))
	s.Close()
	b.Save()
}

// otherAccounts names the accounts that staff have in systems without a list
// of their own.
func (e *exporter) otherAccounts() {
	for _, p := range e.w.Staff {
		entity := company.StaffEntity(p.ID)
		if p.Role == stage.Sales {
			unit := e.w.Teams[p.Stints[0].Team].Unit
			if unit == stage.Enterprise {
				e.refer(stage.FX, "staff", p.No(), entity)
			} else {
				e.refer(stage.XS, "staff", p.Login, entity)
			}
		}
		e.refer(stage.ZT, "staff", p.Login, entity)
	}
}
