package cli

import (
	"github.com/spf13/pflag"

	"github.com/chanzipu/outfitter/internal/estimate"
)

// An estimateFlag is one flag of the estimators. Common ones are known to
// every method, so that a caller may pass the same set to each; a binding one
// would change what the result means and is refused by methods that don't
// read it.
type estimateFlag struct {
	name            string
	en, zh          string
	common, binding bool
	add             func(f *pflag.FlagSet, r *estimate.Request, name, usage string)
}

// text binds a flag to one text of the request; the others likewise.
func textFlag(at func(*estimate.Request) *string) func(*pflag.FlagSet, *estimate.Request, string, string) {
	return func(f *pflag.FlagSet, r *estimate.Request, name, usage string) {
		f.StringVar(at(r), name, *at(r), usage)
	}
}

func listFlag(at func(*estimate.Request) *[]string) func(*pflag.FlagSet, *estimate.Request, string, string) {
	return func(f *pflag.FlagSet, r *estimate.Request, name, usage string) {
		f.StringSliceVar(at(r), name, nil, usage)
	}
}

func figuresFlag(at func(*estimate.Request) *[]float64) func(*pflag.FlagSet, *estimate.Request, string, string) {
	return func(f *pflag.FlagSet, r *estimate.Request, name, usage string) {
		f.Float64SliceVar(at(r), name, nil, usage)
	}
}

func figureFlag(at func(*estimate.Request) *float64) func(*pflag.FlagSet, *estimate.Request, string, string) {
	return func(f *pflag.FlagSet, r *estimate.Request, name, usage string) {
		f.Float64Var(at(r), name, *at(r), usage)
		if *at(r) != *at(r) {
			f.Lookup(name).DefValue = "0" // NaN: not given
		}
	}
}

func countFlag(at func(*estimate.Request) *int) func(*pflag.FlagSet, *estimate.Request, string, string) {
	return func(f *pflag.FlagSet, r *estimate.Request, name, usage string) {
		f.IntVar(at(r), name, *at(r), usage)
	}
}

func switchFlag(at func(*estimate.Request) *bool) func(*pflag.FlagSet, *estimate.Request, string, string) {
	return func(f *pflag.FlagSet, r *estimate.Request, name, usage string) {
		f.BoolVar(at(r), name, *at(r), usage)
	}
}

// estimateFlags in the order that help lists them.
var estimateFlags = []estimateFlag{
	{"outcome", "column of the outcome", "结果列", true, false, textFlag(func(r *estimate.Request) *string { return &r.Outcome })},
	{"denominator", "column that the outcome is divided by, sum by sum", "分母列（总和相除）", false, false, textFlag(func(r *estimate.Request) *string { return &r.Denominator })},
	{"treatment", "column of arms, or of 0 and 1", "分组列或 0/1 列", true, false, textFlag(func(r *estimate.Request) *string { return &r.Treatment })},
	{"control-arm", "which arm is the control", "哪一组是对照", false, false, textFlag(func(r *estimate.Request) *string { return &r.ControlArm })},
	{"treated-arm", "compare this arm alone with the control", "只比较这一组与对照", false, false, textFlag(func(r *estimate.Request) *string { return &r.TreatedArm })},
	{"unit", "column of the unit: team, person, place", "单位列：团队、人、地点", true, false, textFlag(func(r *estimate.Request) *string { return &r.Unit })},
	{"time", "column of the period: number, year, 2024Q1, 2024-01, date", "时期列：整数、年份、2024Q1、2024-01、日期", true, false, textFlag(func(r *estimate.Request) *string { return &r.Time })},
	{"first-treated", "column of the unit's first treated period; 0, empty or Inf: never", "首次处理时期列；0、空或 Inf 表示从未", true, false, textFlag(func(r *estimate.Request) *string { return &r.FirstTreated })},
	{"treated", "the treated unit (several with commas)", "被处理的单位（多个用逗号）", false, false, textFlag(func(r *estimate.Request) *string { return &r.TreatedUnit })},
	{"since", "first treated period, as the time column writes it", "首次处理时期，写法同时间列", false, false, textFlag(func(r *estimate.Request) *string { return &r.Since })},
	{"intervention", "first period after the intervention, or a 0/1 column", "干预后的第一期，或 0/1 列", false, false, textFlag(func(r *estimate.Request) *string { return &r.Intervention })},
	{"covariates", "columns, also x^2, log(x), a:b, factor(x)", "协变量列，可写 x^2、log(x)、a:b、factor(x)", true, true, listFlag(func(r *estimate.Request) *[]string { return &r.Covariates })},
	{"covariate-denominators", "columns that the covariates are divided by", "协变量的分母列", false, false, listFlag(func(r *estimate.Request) *[]string { return &r.CovariateDenominators })},
	{"fe", "columns of fixed effects", "固定效应列", true, true, listFlag(func(r *estimate.Request) *[]string { return &r.Fixed })},
	{"platform", "column of the platform that people move between", "平台列（人在其间流动）", false, false, textFlag(func(r *estimate.Request) *string { return &r.Platform })},
	{"cluster", "column whose rows may move together", "聚类列", true, true, listFlag(func(r *estimate.Request) *[]string { return &r.Cluster })},
	{"weights", "column of weights (srm: of counts)", "权重列（srm：计数列）", true, true, textFlag(func(r *estimate.Request) *string { return &r.Weights })},
	{"tau", "quantiles, e.g. 0.1,0.5,0.9 (rmst: the horizon)", "分位数，如 0.1,0.5,0.9（rmst：时间上限）", true, true, figuresFlag(func(r *estimate.Request) *[]float64 { return &r.Tau })},

	{"duration", "column of the time observed", "观察时长列", false, false, textFlag(func(r *estimate.Request) *string { return &r.Duration })},
	{"event", "column of 1 (it happened) and 0 (still waiting)", "1（已发生）/0（仍在等待）列", false, false, textFlag(func(r *estimate.Request) *string { return &r.Event })},
	{"offset", "column of the exposure that counts are proportional to", "计数所依赖的基数列", false, false, textFlag(func(r *estimate.Request) *string { return &r.Offset })},
	{"score", "column of the score, or -column", "评分列，可写 -列名", false, false, textFlag(func(r *estimate.Request) *string { return &r.Score })},
	{"path", "column of paths, a > b > c", "路径列，a > b > c", false, false, textFlag(func(r *estimate.Request) *string { return &r.Path })},
	{"channel", "column of channels, one row per touch", "渠道列，每行一次触达", false, false, textFlag(func(r *estimate.Request) *string { return &r.Channel })},
	{"conversions", "column of conversions (or --outcome); none: one per row", "转化数列（或 --outcome）；缺省每行一次", false, false, textFlag(func(r *estimate.Request) *string { return &r.Conversions })},
	{"nulls", "column of people without conversion", "未转化人数列", false, false, textFlag(func(r *estimate.Request) *string { return &r.Nulls })},
	{"value", "column of money", "金额列", false, false, textFlag(func(r *estimate.Request) *string { return &r.Value })},
	{"separator", "between the touches of a path", "路径中的分隔符", false, false, textFlag(func(r *estimate.Request) *string { return &r.Separator })},
	{"order", "touches that a state remembers", "状态记住的触达数", false, false, countFlag(func(r *estimate.Request) *int { return &r.Order })},
	{"k", "share of people at the top", "头部人群比例", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.K })},

	{"control", "never or not-yet treated units as controls", "对照：never 或 not-yet", false, false, textFlag(func(r *estimate.Request) *string { return &r.Control })},
	{"base", "varying or universal base period", "基期：varying 或 universal", false, false, textFlag(func(r *estimate.Request) *string { return &r.Base })},
	{"missing", "drop units that miss a period, or pair", "缺期单位：drop 或 pair", false, false, textFlag(func(r *estimate.Request) *string { return &r.Missing })},
	{"anticipation", "periods by which effects may come early", "效果可提前的期数", false, false, countFlag(func(r *estimate.Request) *int { return &r.Anticipation })},
	{"event-study", "the event study alone", "只给事件研究", false, false, switchFlag(func(r *estimate.Request) *bool { return &r.EventStudy })},
	{"draws", "random draws (did: bootstrap, 0 for analytic errors; qte: bootstrap; sdid: placebos; impact: posterior; akm: projections); 0: the method's default", "随机抽样次数；0 为该方法的默认值", false, false, countFlag(func(r *estimate.Request) *int { return &r.Draws })},

	{"shares", "planned shares in the arms' order, or ARM=SHARE,…", "计划比例，按组的顺序或 组=比例,…", false, false, listFlag(func(r *estimate.Request) *[]string { return &r.Shares })},
	{"tuning", "units near which the interval is narrowest", "区间最窄处的单位数", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.Tuning })},
	{"on-treated", "effect on the treated's distribution", "处理组分布上的效应", false, false, switchFlag(func(r *estimate.Request) *bool { return &r.OnTreated })},

	{"robust", "errors robust to unequal variance (HC1)", "异方差稳健标准误（HC1）", false, false, switchFlag(func(r *estimate.Request) *bool { return &r.Robust })},
	{"reduced", "intervals for few clusters (bias-reduced, CR2, with Satterthwaite degrees of freedom), or for few cases (rmst: t)", "聚类少时的区间（偏差修正 CR2，Satterthwaite 自由度）；个案少时用 t 分布（rmst）", false, false, switchFlag(func(r *estimate.Request) *bool { return &r.Reduced })},
	{"drop-singletons", "leave out rows alone in a fixed effect's level", "去掉固定效应中只有一行的行", false, false, switchFlag(func(r *estimate.Request) *bool { return &r.DropSingletons })},
	{"exact", "invert exactly, whatever the size", "无论多大都精确求逆", false, false, switchFlag(func(r *estimate.Request) *bool { return &r.Exact })},

	{"period", "length of the season in periods, e.g. 12", "季节长度（期数），如 12", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.Period })},
	{"harmonics", "pairs of sine and cosine for the season", "季节的正余弦对数", false, false, countFlag(func(r *estimate.Request) *int { return &r.Harmonics })},
	{"quasi", "scale errors by the dispersion", "按离散度放大标准误", false, false, switchFlag(func(r *estimate.Request) *bool { return &r.Quasi })},

	{"target", "ate (everyone) or att (the treated)", "ate（所有人）或 att（处理组）", false, false, textFlag(func(r *estimate.Request) *string { return &r.Target })},
	{"folds", "cross-fitting folds; 1: none", "交叉拟合折数；1 为不用", false, false, countFlag(func(r *estimate.Request) *int { return &r.Folds })},
	{"repeats", "random splits, of which the median; 0: one by row number", "随机划分次数，取中位数；0 为按行号划分一次", false, false, countFlag(func(r *estimate.Request) *int { return &r.Repeats })},
	{"clip", "keep propensities this far from 0 and 1 (aipw: 0 is 0.01, negative none)", "倾向得分离 0 和 1 的最小距离（aipw：0 为 0.01，负数不截断）", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.Clip })},
	{"discard", "leave out rows beyond --clip", "去掉超出 --clip 的行", false, false, switchFlag(func(r *estimate.Request) *bool { return &r.Discard })},
	{"penalty", "none, ridge or lasso", "none、ridge 或 lasso", false, false, textFlag(func(r *estimate.Request) *string { return &r.Penalty })},
	{"benchmark", "covariate to measure the unseen cause by", "作为尺度的协变量", false, false, textFlag(func(r *estimate.Request) *string { return &r.Benchmark })},
	{"times", "multiples of the benchmark (1,2,3)", "尺度的倍数（1,2,3）", false, false, figuresFlag(func(r *estimate.Request) *[]float64 { return &r.Times })},
	{"reduce", "share of the effect to explain away (1)", "要解释掉的效应比例（1）", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.Reduce })},

	{"rr", "risk ratio", "风险比", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.RR })},
	{"or", "odds ratio", "比值比", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.OR })},
	{"hr", "hazard ratio", "风险率比", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.HR })},
	{"d", "difference in standard deviations", "以标准差计的差", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.D })},
	{"se", "its standard error", "其标准误", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.SE })},
	{"lo", "lower limit of the ratio", "比值的下限", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.Lo })},
	{"hi", "upper limit of the ratio", "比值的上限", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.Hi })},
	{"rare", "the outcome is rare (under 15 %)", "结果罕见（低于 15%）", false, false, switchFlag(func(r *estimate.Request) *bool { return &r.Rare })},

	{"sd", "standard deviation of the outcome", "结果的标准差", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.SD })},
	{"baseline", "the outcome's mean today; a share gives its own deviation", "当前均值；比率可由此得出标准差", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.Baseline })},
	{"effect", "effect to detect, in outcome units", "要看出的效果（结果单位）", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.Effect })},
	{"lift", "effect to detect, relative to --baseline", "要看出的相对效果", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.Lift })},
	{"units", "units in all arms together", "各组单位总数", false, false, countFlag(func(r *estimate.Request) *int { return &r.Units })},
	{"power", "chance of seeing the effect (0.8)", "看出效果的把握（0.8）", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.Power })},
	{"share", "share of units treated (0.5)", "处理组占比（0.5）", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.Treated })},
	{"cluster-size", "rows per unit of assignment (1)", "每个分配单位的行数（1）", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.ClusterSize })},
	{"icc", "correlation of two rows of one cluster", "聚类内相关", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.ICC })},
	{"size-cv", "deviation over mean of cluster sizes", "聚类大小的变异系数", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.SizeCV })},
	{"explained", "share of variance that covariates remove", "协变量去掉的方差比例", false, false, figureFlag(func(r *estimate.Request) *float64 { return &r.Explained })},
}
