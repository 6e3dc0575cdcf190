package company

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

// An Idea of the growth team, from being sought to being launched.
type Idea struct {
	ID       int
	Staff    int
	Sought   time.Time
	Chosen   time.Time // zero: given up, or beyond the span
	Launched time.Time // zero: not launched within the span
	Tried    int       // candidates looked at
	Topic    int
	Target   float64 // written beforehand
	Actual   float64
	Hit      bool
	Archive  bool // had access to the campaign archive when it began
	Campaign int  // -1: not a campaign to members

	chooseDays, chooseWithout float64
	launchDays, launchWithout float64
	hitWithout                bool
}

// Words of ideas and campaigns, by index.
var (
	IdeaTopics = []string{"老客户续费提醒", "沉默会员唤醒", "新品试用", "行业沙龙", "直播演示", "转介绍有礼", "年终盘点工具包", "数电票专题", "开学季门店套餐", "618设备补贴", "双11软件年费", "案例故事连载", "白皮书下载", "免费诊断", "节日祝福+优惠券", "积分兑换"}
	Metrics    = []string{"14天成交率%", "报名人数", "打开率%", "新增线索数"}
	Channels   = []string{"短信", "企业微信群发", "邮件", "App推送", "公众号"}
	Goals      = []string{"成交", "复购", "唤醒", "拉新"}
)

func (w *World) inventIdeas() {
	for m := range stage.Months {
		for _, t := range w.TeamsOf(stage.Growth) {
			for _, s := range w.OnDuty(t, m) {
				r := w.Rand("ideas", s, m)
				for range stage.Poisson(r.Float64(), w.IdeasPer) {
					w.Ideas = append(w.Ideas, w.idea(r, len(w.Ideas), s, m))
				}
			}
		}
	}
	var fit []int // launched, with 14 days of the span left to see what members do
	for i := range w.Ideas {
		if l := w.Ideas[i].Launched; !l.IsZero() && l.Before(stage.Date(stage.Days-20)) {
			fit = append(fit, i)
		}
	}
	n := min(w.Params.Campaigns, len(fit))
	for k := range n {
		i := fit[k*len(fit)/n]
		w.Ideas[i].Campaign = len(w.Campaigns)
		w.Campaigns = append(w.Campaigns, w.campaign(i))
	}
}

func (w *World) idea(r *rand.Rand, id, s, m int) Idea {
	d := stage.PickWorkday(r, m)
	x := Idea{ID: id, Staff: s, Sought: stage.OfficeTime(r, d), Tried: 1 + stage.Poisson(r.Float64(), 4.5), Topic: r.IntN(len(IdeaTopics)), Campaign: -1}
	x.Archive = w.Exposed(stage.CampaignArchive, s, m)
	skill := math.Pow(w.Staff[s].Ability, -0.3)
	x.chooseWithout, x.launchWithout = stage.Lognormal(r, 9, 0.6)*skill, stage.Lognormal(r, 10, 0.5)
	x.chooseDays, x.launchDays = x.chooseWithout, x.launchWithout
	u, given := r.Float64(), r.Float64() < 0.08
	hit := stage.HitBefore
	if x.Archive {
		x.chooseDays *= stage.IdeaRatio
		x.launchDays *= stage.LaunchRatio
		hit = stage.HitAfter
	}
	x.Hit, x.hitWithout = u < hit, u < stage.HitBefore
	x.Target = math.Round(20+40*r.Float64()) / 10
	x.Actual = math.Round(100*x.Target*(0.35+0.6*r.Float64())) / 100
	if x.Hit {
		x.Actual = math.Round(100*x.Target*(1+0.5*r.Float64())) / 100
	}
	if given {
		return x
	}
	x.Chosen = x.Sought.Add(time.Duration(x.chooseDays * 24 * float64(time.Hour))).Truncate(time.Second)
	if !x.Chosen.Before(stage.Date(stage.Days)) {
		x.Chosen = time.Time{}
		return x
	}
	x.Launched = x.Chosen.Add(time.Duration(x.launchDays * 24 * float64(time.Hour))).Truncate(time.Second)
	if !x.Launched.Before(stage.Date(stage.Days)) {
		x.Launched = time.Time{}
	}
	return x
}

// A Campaign to members. Its lift multiplies the chance that a member buys
// within 14 days of being assigned.
type Campaign struct {
	ID       int
	Idea     int
	Launch   time.Time
	Channel  int
	Goal     int
	Audience int
	Holdout  float64 // share kept back by lot; 0: none
	Targeted bool    // chosen by the 精准人群包, beside a random slice of one tenth
	Lift     float64 // chance × (1 + Lift); 0 for exactly none
	Cost     int
}

func (w *World) campaign(idea int) Campaign {
	id := len(w.Campaigns)
	r := w.Rand("campaign", id)
	c := Campaign{ID: id, Idea: idea, Launch: w.Ideas[idea].Launched, Channel: r.IntN(len(Channels)), Goal: r.IntN(len(Goals))}
	day := stage.NextWorkday(int(c.Launch.Sub(stage.Epoch) / (24 * time.Hour)))
	c.Launch = stage.OfficeTime(r, min(day, stage.Days-1))
	c.Audience = int(float64(w.Params.Audience) * stage.Lognormal(r, 1, 0.35))
	c.Audience = min(c.Audience, w.Params.Members)
	c.Holdout = []float64{0.5, 0.1, 0.3, 0, 0.5}[id%5]
	c.Targeted = stage.MonthOf(day) >= stage.Shovels[stage.PreciseSegment].Month && id%2 == 0
	if id%3 != 0 {
		c.Lift = 0.3 + 0.9*r.Float64()
	}
	c.Cost = 2000 + int(float64(c.Audience)*[]float64{0.05, 0.01, 0.005, 0.002, 0.01}[c.Channel]) + r.IntN(8000)
	return c
}

// buying is a member's own chance to buy within 14 days, without any
// campaign: the base of a campaign's lift.
func (w *World) buying(member int) float64 {
	z := w.Rand("propensity", member).NormFloat64()
	return min(0.5, 0.02*math.Exp(0.8*z))
}

// Slices of an audience.
const (
	Everyone = iota // 全量
	Chosen          // 人群包
	AtRandom        // 随机
)

// SliceNames are the slices as 触达明细 spells them.
var SliceNames = []string{"全量", "人群包", "随机"}

// A Touch is one member of a campaign's audience, treated or held back.
type Touch struct {
	Seq      int
	Campaign int
	Member   int
	Control  bool
	Slice    int
	Assigned time.Time
	Sent     time.Time // zero for controls
	Opened   time.Time
	Clicked  time.Time
	Order    time.Time // zero: bought nothing within 14 days
	Amount   float64

	chance, without float64
	boughtWithout   bool
}

// Touches walks the audiences of all campaigns in order of launch. The
// pointer is valid within the call only.
func (w *World) Touches(visit func(*Touch) bool) {
	order := make([]int, len(w.Campaigns))
	for i := range order {
		order[i] = i
	}
	stage.SortBy(order, func(i int) float64 { return float64(w.Campaigns[i].Launch.Unix()) })
	seq := 0
	for _, id := range order {
		c := &w.Campaigns[id]
		r := w.Rand("audience", id)
		n := w.Params.Members
		stride := 1 + 2*r.IntN(n/2)
		for stage.GCD(stride, n) != 1 {
			stride++
		}
		at := r.IntN(n)
		quota := c.Audience / 10
		for taken, seen := 0, 0; taken < c.Audience && seen < n; seen++ {
			at = (at + stride) % n
			slice := Everyone
			if c.Targeted {
				slice = Chosen
				if quota > 0 && r.IntN(30) == 0 {
					slice = AtRandom
					quota--
				} else if !w.targets(id, at) {
					continue
				}
			}
			taken++
			t := w.touch(c, at, slice)
			t.Seq = seq
			seq++
			if !visit(&t) {
				return
			}
		}
	}
}

// targets is the segment's rule: the upper tenth by a noisy score of the
// member's own inclination to buy.
func (w *World) targets(campaign, member int) bool {
	z := w.Rand("propensity", member).NormFloat64()
	score := 0.8*z + 0.6*w.Rand("score", campaign, member).NormFloat64()
	return score > 1.2816 // the upper tenth of a standard normal
}

func (w *World) touch(c *Campaign, member, slice int) Touch {
	r := w.Rand("touch", c.ID, member)
	t := Touch{Campaign: c.ID, Member: member, Slice: slice}
	t.Control = r.Float64() < c.Holdout
	t.Assigned = c.Launch.Add(-time.Duration(600+r.IntN(3000)) * time.Second)
	t.without = w.buying(member)
	t.chance = t.without
	u := r.Float64()
	wait, amount := r.Float64(), stage.Lognormal(r, 900, 0.8)
	if !t.Control {
		t.Sent = c.Launch.Add(time.Duration(r.IntN(7200)) * time.Second)
		t.chance = min(0.9, t.without*(1+c.Lift))
		eager := math.Pow(t.without/0.02, 0.3)
		if r.Float64() < 0.22*eager {
			t.Opened = t.Sent.Add(time.Duration(stage.Lognormal(r, 5000, 1.4)) * time.Second)
			if r.Float64() < 0.2 {
				t.Clicked = t.Opened.Add(time.Duration(5+r.IntN(300)) * time.Second)
			}
		}
	}
	t.boughtWithout = u < t.without
	if u < t.chance {
		t.Order = t.Assigned.Add(time.Duration((0.02 + 0.97*wait*wait) * 14 * 24 * float64(time.Hour))).Truncate(time.Second)
		t.Amount = math.Round(amount*100) / 100
	}
	return t
}

// MemberName is how a member calls herself: often the real name, sometimes
// a nickname.
func (w *World) MemberName(m int) string {
	r := w.Rand("membername", m)
	p := w.PersonAt(w.MemberPerson(m))
	if r.IntN(100) < 22 {
		return []string{"小", "阿", "老"}[r.IntN(3)] + p.Name.Surname
	}
	return p.Name.Variant(r)
}

// GoodsFor names what a member bought.
func GoodsFor(r *rand.Rand) string {
	return lexicon.Products[r.IntN(len(lexicon.Products))] + []string{"月度套餐", "年费", "扩展包", "培训课", "配件", "短信包"}[r.IntN(6)]
}
