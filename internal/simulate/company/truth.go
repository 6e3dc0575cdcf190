package company

import (
	"math"
	"sort"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/stage"
	"github.com/chanzipu/outfitter/internal/simulate/truth"
)

// tally sums both potential outcomes.
type tally struct{ n, with, without, expWith, expWithout float64 }

func (t *tally) add(with, without, expWith, expWithout float64) {
	t.n++
	t.with += with
	t.without += without
	t.expWith += expWith
	t.expWithout += expWithout
}

func (t tally) effect(e truth.Effect) truth.Effect {
	e.Units = int(t.n)
	if t.n > 0 {
		e.Expected, e.Realised = truth.Both(t.expWith/t.n, t.expWithout/t.n), truth.Both(t.with/t.n, t.without/t.n)
	}
	return e
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// effects gathers what the walks reveal.
type effects struct {
	late, renew         tally
	reply, over24       tally
	replyLog, scriptLog tally
}

func (e *effects) addTicket(w *World, t *Ticket) {
	m := stage.MonthOf(dayOf(t.Created))
	if w.Exposed(stage.PhraseCards, t.Agent, m) {
		l := math.Log(t.Replied.Sub(t.Created).Minutes())
		e.scriptLog.add(l, l, l, l)
	}
	if !w.Exposed(stage.AnswerLibrary, t.Agent, m) {
		return
	}
	with, without := t.Replied.Sub(t.Created), t.without.Sub(t.Created)
	e.reply.add(with.Minutes(), without.Minutes(), with.Minutes(), without.Minutes())
	e.replyLog.add(math.Log(with.Minutes()), math.Log(without.Minutes()), math.Log(with.Minutes()), math.Log(without.Minutes()))
	e.over24.add(one(with > 24*time.Hour), one(without > 24*time.Hour), w.lateChance(t, stage.ReplyRatio), w.lateChance(t, 1))
}

func (e *effects) addFate(late, churn, churn0, renew, renew0 bool, pc, c0, pr, n0 float64) {
	if late {
		e.late.add(one(churn), one(churn0), pc, c0)
		e.renew.add(one(renew), one(renew0), pr, n0)
	}
}

// Truth walks the streams once more and says what everything really did.
// Finance and the themes' records are the exporter's to add, since only it
// knows the files' numbers.
func (w *World) Truth() truth.Truth {
	t := truth.Truth{
		Version: truth.Version, Seed: w.Seed, Size: w.Size, Since: stage.Date(0).Format(time.DateOnly), Until: stage.Date(stage.Days).Format(time.DateOnly), Zone: "Asia/Shanghai",
	}
	t.Shovels = w.trueShovels()
	t.Effects = append(t.Effects, w.rateEffects()...)
	t.Effects = append(t.Effects, w.winEffects()...)
	t.Effects = append(t.Effects, w.timeEffects()...)
	t.Late = []truth.Effect{
		w.effects.late.effect(truth.Effect{Face: "late", Outcome: "share of companies gone within 90 days of their index ticket", Files: "工单系统, 组织.csv 停用日期; 客户 流失日期 of both CRMs",
			Estimand: "mean difference for companies whose index ticket (the first before 2026-10-01) got its first reply after more than 24 wall-clock hours", Parameter: stage.LateChurn, Meaning: "points added; the base depends on 优先级, which also speeds the answer: adjust for it"}),
		w.effects.renew.effect(truth.Effect{Face: "late", Outcome: "share of companies that buy again (合同类型 续费) within 90 days of their index ticket", Files: "工单系统; 合同 of both CRMs",
			Estimand: "as above", Parameter: -stage.LateRenew, Meaning: "points added"}),
	}
	t.Campaigns, t.Precision = w.campaignEffects()
	for _, h := range w.Handovers {
		t.Handovers = append(t.Handovers, truth.Handover{ID: HandoverKey(h.ID), From: w.Staff[h.From].No(), To: w.Staff[h.To].No(), Day: stage.Date(h.Day).Format(time.DateOnly),
			Pack: h.Pack, Recovery: h.Recovery, Without: h.Without, Accounts: len(w.Seats[h.Seat].Accounts)})
	}
	stop := truth.Stop{Shovel: stage.Shovels[stage.LeadList].ID, Day: stage.Date(stage.FirstWorkday(stage.Shovels[stage.LeadList].Month)).Format(time.DateOnly)}
	for team := range w.Lost {
		stop.Teams = append(stop.Teams, w.Teams[team].Name)
	}
	sort.Strings(stop.Teams)
	t.Stopped = []truth.Stop{stop}
	for _, s := range w.Staff {
		t.Staff = append(t.Staff, truth.Staff{No: s.No(), Role: s.Role, Ability: round(s.Ability, 6)})
	}
	for c, co := range w.Companies {
		if co.Parent >= 0 {
			t.Families = append(t.Families, truth.Family{Branch: CompanyEntity(c), Parent: CompanyEntity(int(co.Parent))})
		}
	}
	return t
}

func round(x float64, places int) float64 {
	p := math.Pow(10, float64(places))
	return math.Round(x*p) / p
}

func (w *World) trueShovels() (out []truth.Shovel) {
	for k, s := range stage.Shovels {
		x := truth.Shovel{ID: s.ID, Name: s.ZH, Kind: s.Kind, For: s.For, Face: s.Face, Design: s.Design, NoEffect: s.None, Teams: map[string]string{}, People: map[string]string{}}
		for _, r := range w.Rollouts {
			if r.Shovel == k && r.Team >= 0 {
				x.Teams[w.Teams[r.Team].Name] = stage.Date(stage.FirstWorkday(r.Month)).Format(time.DateOnly)
			}
		}
		if len(x.Teams) > 0 {
			for _, team := range w.TeamsOf(s.For) {
				if _, ok := x.Teams[w.Teams[team].Name]; !ok {
					x.Teams[w.Teams[team].Name] = ""
				}
			}
		}
		if k == stage.BrokerDesk {
			for d, m := range w.BrokerRollouts() {
				x.Teams[d] = ""
				if m < stage.Months {
					x.Teams[d] = stage.Date(stage.FirstWorkday(m)).Format(time.DateOnly)
				}
			}
		}
		for i, m := range w.Access[k] {
			if m < stage.Months {
				x.People[w.Staff[i].No()] = stage.Date(max(stage.FirstWorkday(int(m)), w.Staff[i].Joined)).Format(time.DateOnly)
			}
		}
		out = append(out, x)
	}
	return out
}
