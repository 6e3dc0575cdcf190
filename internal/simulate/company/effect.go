package company

import (
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/internal/simulate/stage"
	"github.com/chanzipu/outfitter/internal/simulate/truth"
)

// rateEffects are those on the number of new opportunities per person and
// month: mean, share reaching the line, P10 and P90 of each shovel.
func (w *World) rateEffects() (out []truth.Effect) {
	type sums struct {
		mean, line    tally
		with, without stage.Histogram
	}
	all := map[int]*sums{}
	for _, k := range rateShovels {
		all[k] = &sums{}
	}
	lost := &sums{}
	for r := range w.RepMonths {
		for k, n := range r.Without {
			s := all[k]
			s.mean.add(float64(r.Opportunities), float64(n), r.Mean+float64(r.extra), r.MeanWithout[k]+float64(r.extra))
			reach := func(mean float64) float64 { return stage.PoissonTail(max(0, stage.FloorLine-r.extra), mean) }
			s.line.add(one(r.Opportunities >= stage.FloorLine), one(n >= stage.FloorLine), reach(r.Mean), reach(r.MeanWithout[k]))
			s.with.Add(r.Opportunities)
			s.without.Add(n)
		}
		if r.Month >= stage.Shovels[stage.LeadList].Month && w.Lost[r.Team] {
			mean := w.meanRate(r.Staff, r.Team, r.Month, -1, false)
			kept := w.meanRate(r.Staff, r.Team, r.Month, -1, true)
			u := w.Rand("month", r.Seat, r.Month).Float64()
			lost.mean.add(float64(r.Opportunities), float64(stage.Poisson(u, kept)+r.extra), mean+float64(r.extra), kept+float64(r.extra))
		}
	}
	const files = "纷享销客/商机, 销售易/销售机会: rows by 创建人 and month of creation"
	for _, k := range rateShovels {
		s, sh := all[k], stage.Shovels[k]
		parameter, meaning := 1.0, "times the Poisson mean: exactly no effect"
		switch k {
		case stage.BrandMessage:
			parameter, meaning = stage.FloorShare, fmt.Sprintf("share of the gap closed between a person's Poisson mean and %.1f, when below it", stage.FloorLevel)
		case stage.Playbook:
			parameter, meaning = stage.CeilingGain, fmt.Sprintf("gain of the Poisson mean for the very ablest, falling linearly to none at ability rank %.1f", stage.CeilingRank)
		case stage.Navigation:
			parameter, meaning = stage.NavigationK, "times the Poisson mean"
		case stage.LeadList:
			parameter, meaning = stage.LeadsK, "times the Poisson mean while it is on; everybody has it from before the span, half of the teams lose it"
		}
		base := truth.Effect{Shovel: sh.ID, Face: sh.Face, Files: files, Parameter: parameter, Meaning: meaning}
		e := base
		e.Outcome, e.Estimand = "new opportunities per person and month", "mean over the exposed person-months"
		out = append(out, s.mean.effect(e))
		if k == stage.LeadList {
			e.Outcome, e.Estimand = "new opportunities per person and month after the list was switched off", "mean over the person-months that lost it: with = as it was (list off), without = had it stayed on"
			e.Parameter, e.Meaning = 1/stage.LeadsK, "times the Poisson mean when switched off"
			out = append(out, lost.mean.effect(e))
			continue
		}
		e.Outcome = fmt.Sprintf("share of person-months with at least %d new opportunities", stage.FloorLine)
		out = append(out, s.line.effect(e))
		for _, q := range []float64{0.1, 0.9} {
			e.Outcome = fmt.Sprintf("P%d of new opportunities per person and month", int(q*100))
			e.Estimand = "quantile of the exposed person-months under each potential outcome (smallest value whose share reaches it); Expected repeats Realised"
			e.Units = s.with.Total()
			e.Realised = truth.Both(s.with.Quantile(q), s.without.Quantile(q))
			e.Expected = e.Realised
			out = append(out, e)
		}
	}
	return out
}

// winEffects are those on the share of closed opportunities that are won.
func (w *World) winEffects() []truth.Effect {
	var card, brf, tpl, brfAccess tally
	for o := range w.Opportunities {
		if o.Open() {
			continue
		}
		m := stage.MonthOf(dayOf(o.Closed))
		if w.Exposed(stage.Battlecard, o.Closer, m) {
			card.add(one(o.Won), one(o.wonNoCard), o.p, o.noCard)
		}
		if w.Exposed(stage.CustomerBrief, o.Closer, m) {
			brfAccess.add(one(o.Won), one(o.wonNoBrf), o.p, o.noBrief)
		}
		if o.Brief {
			brf.add(one(o.Won), one(o.wonNoBrf), o.p, o.noBrief)
		}
		if w.Exposed(stage.QuoteTemplate, o.Closer, m) {
			tpl.add(one(o.Won), one(o.Won), o.p, o.p)
		}
	}
	const files = "商机 and 销售机会: won among closed, by 负责人 and month of closing"
	effect := func(t tally, k int, estimand string, parameter float64, meaning string) truth.Effect {
		return t.effect(truth.Effect{Shovel: stage.Shovels[k].ID, Face: stage.Shovels[k].Face, Outcome: "share won of closed opportunities", Estimand: estimand, Files: files, Parameter: parameter, Meaning: meaning})
	}
	const access = "mean over opportunities closed by people with access in that month"
	return []truth.Effect{
		effect(card, stage.Battlecard, access, stage.BattlecardK, "times the chance to win, by access; a newcomer wins nothing before her first deal, with or without"),
		effect(brfAccess, stage.CustomerBrief, access+" (intention to treat)", stage.BriefK, "times the chance to win where a brief was used"),
		effect(brf, stage.CustomerBrief, "mean over opportunities for which a brief was used (shovel.used with that 商机); access drawn by lot is the instrument, nobody without access used one", stage.BriefK, "times the chance to win"),
		effect(tpl, stage.QuoteTemplate, access, 1, "times the chance to win: exactly no effect"),
	}
}

// timeEffects are those measured in days, hours or minutes.
func (w *World) timeEffects() (out []truth.Effect) {
	out = append(out, w.firstDealEffect())
	var choose, launch, hit tally
	for _, id := range w.Ideas {
		if !id.Archive {
			continue
		}
		if !id.Chosen.IsZero() {
			choose.add(math.Log(id.chooseDays), math.Log(id.chooseWithout), math.Log(id.chooseDays), math.Log(id.chooseWithout))
			if !id.Launched.IsZero() {
				launch.add(math.Log(id.launchDays), math.Log(id.launchWithout), math.Log(id.launchDays), math.Log(id.launchWithout))
				hit.add(one(id.Hit), one(id.hitWithout), stage.HitAfter, stage.HitBefore)
			}
		}
	}
	const luck = "mean of the natural logarithm over exposed units; the difference is the log of the ratio. The luck is common, so Expected repeats Realised"
	add := func(t tally, k int, outcome, estimand, files string, parameter float64, meaning string) {
		out = append(out, t.effect(truth.Effect{Shovel: stage.Shovels[k].ID, Face: stage.Shovels[k].Face, Outcome: outcome, Estimand: estimand, Files: files, Parameter: parameter, Meaning: meaning}))
	}
	add(choose, stage.CampaignArchive, "log days from seeking an idea to choosing it", luck, "增长平台/想法.csv", stage.IdeaRatio, "times the days")
	add(launch, stage.CampaignArchive, "log days from choosing an idea to its launch", luck, "增长平台/想法.csv", stage.LaunchRatio, "times the days")
	add(hit, stage.CampaignArchive, "share of launched ideas whose 实际值 reaches 事先目标值", "mean over exposed ideas that were launched", "增长平台/想法.csv", stage.HitAfter, fmt.Sprintf("share; %.2f without", stage.HitBefore))

	add(w.effects.replyLog, stage.AnswerLibrary, "log wall-clock minutes from a ticket to its first reply", luck, "工单系统", stage.ReplyRatio, "times the service minutes (not wall-clock minutes: nights and holidays do not shrink)")
	add(w.effects.reply, stage.AnswerLibrary, "wall-clock minutes from a ticket to its first reply", "mean over tickets of exposed agents", "工单系统", stage.ReplyRatio, "times the service minutes")
	add(w.effects.over24, stage.AnswerLibrary, "share of tickets with a first reply after more than 24 wall-clock hours", "mean over tickets of exposed agents", "工单系统", stage.ReplyRatio, "times the service minutes")
	add(w.effects.scriptLog, stage.PhraseCards, "log wall-clock minutes from a ticket to its first reply", luck, "工单系统", 1, "times the service minutes")

	tasks := make([]tally, len(TaskKinds))
	for t := range w.Tasks {
		if t.Access && !t.Withheld && !t.End.IsZero() {
			mean := w.meanTask(t.Kind, t.Staff)
			tasks[t.Kind].add(t.Minutes, t.without, mean*TaskKinds[t.Kind].Ratio, mean)
		}
	}
	for i, kind := range TaskKinds {
		add(tasks[i], kind.Shovel, "minutes of effort per task "+kind.Name, "mean over ended tasks done with the shovel at hand and not withheld; expected is of the same people", "中台门户/任务计时.csv 实际投入分钟", kind.Ratio, "times the minutes")
	}

	var recover, need tally
	for _, h := range w.Handovers {
		if h.Pack {
			recover.add(float64(h.Recovery), float64(h.Without), stage.MeanRecovery(true), stage.MeanRecovery(false))
		}
	}
	add(recover, stage.HandoverPack, "days from hand-over to the successor's first follow-up on any of the accounts", "mean over hand-overs with the pack, censored ones included", "中台门户/交接.csv, 跟进记录, 活动记录", stage.HandoverRatio, "times the days")
	for n := range w.Needs {
		if n.Desk && !n.Delivered.IsZero() {
			need.add(math.Log(n.days), math.Log(n.without), math.Log(n.days), math.Log(n.without))
		}
	}
	add(need, stage.BrokerDesk, "log days from a need to its delivery", luck, "中台门户/供需撮合.ndjson", stage.BrokerRatio, "times the days")
	return out
}

// firstDealEffect is the restricted mean of days to a newcomer's first deal.
func (w *World) firstDealEffect() truth.Effect {
	const horizon = 180
	var t tally
	for i, s := range w.Staff {
		if s.Role != stage.Sales || w.Access[stage.StarterPack][i] >= stage.Months {
			continue
		}
		f, _ := w.firstDeal(i)
		t.add(min(horizon, float64(f.with)), min(horizon, float64(f.without)), restricted(80*stage.StarterRatio, 0.5, horizon), restricted(80, 0.5, horizon))
	}
	return t.effect(truth.Effect{
		Shovel: stage.Shovels[stage.StarterPack].ID, Face: stage.Shovels[stage.StarterPack].Face, Outcome: "days from joining to the first deal won, at most 180",
		Estimand: "restricted mean over newcomers drawn to have it (joined since 2026-01), as if nobody left before; in the files leaving and the year's end censor. Expected leaves out the shift to the next working day (about half a day)",
		Files:    "人事/花名册.xlsx 入职日期; 商机 and 销售机会", Parameter: stage.StarterRatio, Meaning: "times the days",
	})
}

// restricted is E[min(T, horizon)] of a lognormal T.
func restricted(median, sigma, horizon float64) float64 {
	phi := func(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }
	z := (math.Log(horizon) - math.Log(median)) / sigma
	return median*math.Exp(sigma*sigma/2)*phi(z-sigma) + horizon*(1-phi(z))
}

// campaignEffects are each campaign's lift, and the segment's precision.
func (w *World) campaignEffects() ([]truth.Campaign, []truth.Effect) {
	out := make([]truth.Campaign, len(w.Campaigns))
	sums := make([]tally, len(w.Campaigns))
	var chosen, random tally
	for i, c := range w.Campaigns {
		out[i] = truth.Campaign{ID: CampaignKey(i), Holdout: c.Holdout, Targeted: c.Targeted, Lift: round(c.Lift, 6)}
	}
	for t := range w.Touches {
		if t.Control {
			out[t.Campaign].Control++
			continue
		}
		out[t.Campaign].Treated++
		bought := one(!t.Order.IsZero())
		sums[t.Campaign].add(bought, one(t.boughtWithout), t.chance, t.without)
		switch t.Slice {
		case Chosen:
			chosen.add(1000*bought, 0, 1000*t.chance, 0)
		case AtRandom:
			random.add(1000*bought, 0, 1000*t.chance, 0)
		}
	}
	for i := range out {
		e := sums[i].effect(truth.Effect{})
		out[i].Expected, out[i].Realised = e.Expected, e.Realised
	}
	if chosen.n == 0 || random.n == 0 {
		return out, nil
	}
	return out, []truth.Effect{{
		Shovel: stage.Shovels[stage.PreciseSegment].ID, Face: "precision", Outcome: "buyers within 14 days per thousand treated", Units: int(chosen.n), Files: "增长平台/触达明细 (人群类型), 订单",
		Estimand: "with: members chosen by the segment; without: the random slice of the same campaigns. Two groups of people, not two outcomes of one", Parameter: 0.8, Meaning: "correlation of the score with the member's own inclination; the upper tenth is chosen",
		Expected: truth.Both(chosen.expWith/chosen.n, random.expWith/random.n), Realised: truth.Both(chosen.with/chosen.n, random.with/random.n),
	}}
}

// Keys as the exports spell them.
func CompanyEntity(c int) string { return fmt.Sprintf("C%07d", c) }
func PersonEntity(p int) string  { return fmt.Sprintf("P%07d", p) }
func StaffEntity(s int) string   { return fmt.Sprintf("S%06d", s) }
func CampaignKey(c int) string   { return fmt.Sprintf("HD%05d", c+1) }
func HandoverKey(h int) string   { return fmt.Sprintf("JJ%05d", h+1) }
func TicketKey(t *Ticket) string { return fmt.Sprintf("GD%s%07d", t.Created.Format("0601"), t.Seq+1) }
func MessageKey(m *Message) string {
	return fmt.Sprintf("%016x_%d", stage.Mix(uint64(m.Sequence)+1), m.Sent.UnixMilli())
}
