package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// evidence is a section per claim: definition, result, rows, files.
func (b *builder) evidence() Chapter {
	c := Chapter{ID: "evidence", Kind: Evidence, Title: T("证据：每条论断的来处", "Evidence: where each claim comes from"),
		Lead: T("编号对得上核对包里的文件；指纹是 SHA-256，改一个字节就对不上。", "Ids are those of the bundle's files; digests are SHA-256, so one changed byte shows.")}
	for _, r := range b.rows {
		c.Sections = append(c.Sections, Section{Blocks: []Block{b.record(r)}})
	}
	if len(b.rows) == 0 {
		c.Sections = []Section{{Blocks: []Block{Para{Text: T("这一年还没有论断。", "There are no claims for this year yet.")}}}}
	}
	return c
}

func (b *builder) record(r value.Row) Record {
	c := r.Version.Claim
	rec := Record{Claim: r.ID, Title: c.Title, Grade: gradeOf(r), Result: sentenceTail(r)}
	add := func(zh, en string, t Text) {
		if t.ZH != "" || t.EN != "" {
			rec.Fields = append(rec.Fields, Field{Name: T(zh, en), Text: t})
		}
	}
	mono := func(zh, en, s string) {
		if s != "" {
			rec.Fields = append(rec.Fields, Field{Name: T(zh, en), Text: Same(s), Mono: true})
		}
	}
	add("问题", "Question", c.Question)
	add("比的是", "Compared", T(unitWord(c.Unit).ZH+"，"+c.Window.Since+" 至 "+lastDay(c.Window.Until), unitWord(c.Unit).EN+", "+c.Window.Since+" to "+lastDay(c.Window.Until)))
	add("人群", "Population", population(c))
	add("怎么定谁先用", "Who had it", designWord(c.Exposure.Design))
	add("看的指标", "Outcome", outcome(c.Outcome))
	if r.Result != nil {
		fd := r.Result.Finding
		add("样本", "Sample", T(fmt.Sprintf("%s 行，%s 个单位（有 %s，没有 %s），来自 %s 条事件", plain(fd.Counts.Rows), plain(fd.Counts.Units), plain(fd.Counts.Treated), plain(fd.Counts.Control), plain(fd.Counts.Events)),
			fmt.Sprintf("%s rows, %s units (%s with it, %s without), from %s events", plain(fd.Counts.Rows), plain(fd.Counts.Units), plain(fd.Counts.Treated), plain(fd.Counts.Control), plain(fd.Counts.Events))))
		for _, why := range r.Result.About.Why {
			add("没有算进去", "Left out", T(plain(why.N)+" 条："+why.Text.ZH, plain(why.N)+": "+why.Text.EN))
		}
		for _, d := range fd.Diagnostics {
			add("提醒", "Note", d.Text)
		}
		add("统计细节", "Statistics", statistics(r))
		if fd.Refusal != nil {
			add("明年怎么验证", "The test", fd.Refusal.Test)
		}
	}
	seal := r.Version.Seal
	v := fmt.Sprintf("v%d", r.Version.Number)
	switch {
	case seal == nil:
		add("版本", "Version", T(v+"，未封存", v+", not sealed"))
	case seal.PreRegistered:
		add("版本", "Version", T(v+"，"+seal.TS.Format("2006-01-02 15:04")+" 封存（结果出来之前），审计链第 "+plain(int(seal.Audit))+" 条", v+", sealed "+seal.TS.Format("2006-01-02 15:04")+" before its outcomes existed, audit entry "+plain(int(seal.Audit))))
	default:
		add("版本", "Version", T(v+"，"+seal.TS.Format("2006-01-02 15:04")+" 封存，审计链第 "+plain(int(seal.Audit))+" 条", v+", sealed "+seal.TS.Format("2006-01-02 15:04")+", audit entry "+plain(int(seal.Audit))))
	}
	for _, s := range r.Version.Signs {
		add("会签", "Countersigned", T(roleWord(s.Role).ZH+"，"+s.TS.Format("2006-01-02"), roleWord(s.Role).EN+", "+s.TS.Format("2006-01-02")))
	}
	mono("论断指纹", "Claim digest", r.Version.Hash)
	if r.Result != nil {
		mono("样本指纹", "Sample digest", r.Result.Sample)
		mono("原始行清单指纹", "Digest of rows", r.Result.Evidence)
		if r.Result.Finding.Small {
			add("核对", "Check", T("有不足 5 人的组，只在服务器上核对。", "A group of fewer than five: it verifies on the server only."))
		} else if r.Result.Sample != "" {
			mono("核对包里的文件", "Files in the bundle", "claims/"+r.ID+".json, samples/"+r.ID+".csv")
		}
		if e := r.Result.Example; e != nil {
			for i, ref := range e.Rows {
				if i < 4 {
					rec.Rows = append(rec.Rows, b.row(ref, T("例子的原始行", "row of the example")))
				}
			}
		}
	}
	rec.Fields = append(rec.Fields, Field{Name: T("在线查看", "On the server"), Text: Same("/value/claims/" + r.ID), Href: "/value/claims/" + r.ID, Mono: true})
	return rec
}

func unitWord(u claim.Unit) Text {
	switch u {
	case claim.Staff:
		return T("同事", "colleagues")
	case claim.Team:
		return T("团队", "teams")
	case claim.Account:
		return T("客户", "accounts")
	case claim.Person:
		return T("个人", "persons")
	case claim.Member:
		return T("活动里的人", "members of campaigns")
	}
	return T("一件一件的事", "single cases")
}

func designWord(d claim.Design) Text {
	switch d {
	case claim.RandomPeople:
		return T("按人抽签", "a lot among people")
	case claim.RandomTeams:
		return T("按团队抽签", "a lot among teams")
	case claim.RandomCases:
		return T("按件抽签", "a lot among cases")
	case claim.Staggered:
		return T("分批上线，不是抽签", "in stages, not by lot")
	case claim.Chosen:
		return T("有人挑选的，已按已知情况调整", "chosen by somebody; adjusted for what is known")
	case claim.Volunteers:
		return T("自愿使用的", "volunteers")
	case claim.BeforeAfter:
		return T("同一批人的前后", "one group before and after")
	}
	return T("只数数量，没有比较", "volumes, no comparison")
}

func population(c claim.Claim) Text {
	var zh, en []string
	if e := c.Population.Entry; e != nil {
		v := strings.Join(slices.Concat(e.Verbs, e.Where), ", ")
		zh, en = append(zh, "每一次 "+v), append(en, "each "+v)
	}
	if len(c.Population.Verbs) > 0 {
		v := strings.Join(slices.Concat(c.Population.Verbs, c.Population.Where), ", ")
		zh, en = append(zh, "期间有过 "+v+" 的"), append(en, "with "+v+" in the window")
	}
	if len(c.Population.Teams) > 0 {
		v := strings.Join(c.Population.Teams, ", ")
		zh, en = append(zh, "团队 "+v), append(en, "teams "+v)
	}
	return T(strings.Join(zh, "；"), strings.Join(en, "; "))
}

func outcome(o claim.Outcome) Text {
	s := o.Metric
	if s == "" {
		s = strings.TrimSpace(string(o.Measure) + " " + strings.Join(slices.Concat(o.Verbs, o.Where), ", "))
		if o.Column != "" {
			s += " · " + o.Column
		}
	}
	if o.Unit.ZH != "" {
		return T(s+"（"+o.Unit.ZH+"）", s+" ("+o.Unit.EN+")")
	}
	return Same(s)
}
