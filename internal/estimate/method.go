package estimate

import (
	"strings"

	"github.com/chanzipu/outfitter/measure"
)

// Methods are all estimators, in the order that help lists them.
func Methods() []Method {
	return []Method{
		{
			Name: "diff", run: runDiff, Needs: flags("outcome treatment"), Flags: flags("covariates unit cluster weights control-arm treated-arm"),
			Short: text("Difference in means of a randomised experiment; covariates known before make it CUPED", "随机实验的均值差；给出事前协变量即为 CUPED"),
			Long:  text("Estimates: effect, lift (relative to the control), control, treated; with several arms \"ARM: effect\". --unit or --cluster names the unit of randomisation.", "估计量：effect（差）、lift（相对对照）、control、treated；多组时为“组名: effect”。--unit 或 --cluster 为随机化单位。"),
			File:  "mail.csv",
			Args:  "--input mail.csv --outcome visit --treatment arm --covariates history",
		},
		{
			Name: "ratio", run: runRatio, Needs: flags("outcome denominator treatment"), Flags: flags("covariates covariate-denominators unit cluster weights control-arm treated-arm"),
			Short: text("Difference of a ratio of sums (spend per visit) by the delta method", "比率指标（如每次访问的花费）之差，delta 方法"),
			Long:  text("Estimates: effect, lift, control, treated, of sum(outcome)/sum(denominator).", "估计量：effect、lift、control、treated，指标为 outcome 之和除以 denominator 之和。"),
			File:  "mail.csv",
			Args:  "--input mail.csv --outcome spend --denominator visit --treatment arm",
		},
		{
			Name: "srm", run: runSRM, Needs: flags("treatment"), Flags: flags("unit weights shares"),
			Short: text("Sample-ratio check: did the arms get the planned shares?", "样本比例检查：各组是否按计划分流"),
			Long:  text("Estimates: chi2 (with its P), \"share ARM\". --weights names a column of counts where rows are summed up already.", "估计量：chi2（含 P 值）、“share 组名”。已汇总的数据用 --weights 指明计数列。"),
			File:  "mail.csv",
			Args:  "--input mail.csv --treatment arm --shares 0.5,0.5",
		},
		{
			Name: "sequential", run: runSequential, Needs: flags("outcome treatment"), Flags: flags("denominator covariates covariate-denominators unit cluster weights control-arm treated-arm tuning"),
			Short: text("Difference with an interval that holds however often one looks", "随时可看的区间：看多少次都成立"),
			Long:  text("Estimates: effect, lift, control, treated. --tuning: the number of units, fixed beforehand, near which the interval is narrowest.", "估计量：effect、lift、control、treated。--tuning：事前定好的单位数，区间在其附近最窄。"),
			File:  "mail.csv",
			Args:  "--input mail.csv --outcome visit --treatment arm --tuning 2000",
		},
		{
			Name: "power", run: runPower, NoFile: true, Flags: flags("outcome covariates unit cluster sd baseline effect lift units power share cluster-size icc size-cv explained"),
			Short: text("How many units are needed, or what effect can be seen", "需要多少单位，或能看出多大的效果"),
			Long:  text("Estimates: mde (for --units), units (for --effect or --lift), power (for both), mde lift. With --input, standard deviation, mean, cluster sizes and correlation come from the file.", "估计量：mde（给出 --units）、units（给出 --effect 或 --lift）、power（两者都给）、mde lift。给出 --input 时由文件计算标准差、均值与聚类相关。"),
			File:  "mail.csv",
			Args:  "--input mail.csv --outcome visit --effect 0.03",
		},
		{
			Name: "did", run: runDiD, Needs: flags("outcome unit time"), Flags: flags("first-treated treatment since covariates cluster weights control base draws anticipation missing"),
			Short: text("Staggered roll-out: group-time effects after Callaway and Sant'Anna", "分批上线：Callaway-Sant'Anna 批次×时期效应"),
			Long:  text("Estimates: simple, dynamic, group, calendar, \"dynamic e=1\", \"group g=2004\", \"calendar t=2005\", \"ATT(2004,2005)\". First treated 0, empty or Inf means never. Covariates make it doubly robust. Without --first-treated, starts are read from a --treatment that turns 1.", "估计量：simple、dynamic、group、calendar、“dynamic e=1”、“group g=2004”、“calendar t=2005”、“ATT(2004,2005)”。首次处理期为 0、空或 Inf 表示从未。给出协变量即为双重稳健。没有 --first-treated 时由 --treatment 变 1 的时期得出。"),
			File:  "rollout.csv",
			Args:  "--input rollout.csv --outcome deals --unit team --time month --first-treated first",
		},
		{
			Name: "sunab", run: runSunab, Needs: flags("outcome unit time"), Flags: flags("first-treated treatment since covariates cluster weights"),
			Short: text("Event study after Sun and Abraham", "Sun-Abraham 事件研究"),
			Long:  text("Estimates: ATT, \"event=-2\" … \"event=3\", then covariates under their names.", "估计量：ATT、“event=-2”…“event=3”，其后是各协变量。"),
			File:  "rollout.csv",
			Args:  "--input rollout.csv --outcome deals --unit team --time month --first-treated first",
		},
		{
			Name: "twfe", run: runTWFE, Needs: flags("outcome unit time"), Flags: flags("treatment first-treated since covariates cluster weights event-study"),
			Short: text("Two-way fixed effects, with the Goodman-Bacon decomposition as a warning", "双向固定效应，并以 Goodman-Bacon 分解示警"),
			Long:  text("Estimates: treatment, covariates, and the event study \"event=0\" …; --event-study gives that one alone, with its own covariates' coefficients.", "估计量：treatment、各协变量，以及事件研究“event=0”…；--event-study 只给后者及其协变量系数。"),
			File:  "rollout.csv",
			Args:  "--input rollout.csv --outcome deals --unit team --time month --treatment shovel",
		},
		{
			Name: "qte", run: runQTE, Needs: flags("outcome treatment"), Flags: flags("covariates unit cluster weights control-arm treated-arm tau on-treated draws clip"),
			Short: text("Effects on quantiles: the floor (P10), the ceiling (P90), and which moved more", "分位数效应：下限 P10、上限 P90，以及哪个变化更大"),
			Long:  text("Estimates: \"tau=0.1\" …, \"band tau=0.1\" (holds for all at once), \"relative tau=0.1\", \"ceiling-floor\", ate.", "估计量：“tau=0.1”…、“band tau=0.1”（同时成立）、“relative tau=0.1”、“ceiling-floor”、ate。"),
			File:  "training.csv",
			Args:  "--input training.csv --outcome earnings --treatment trained --covariates age,schooling --tau 0.1,0.5,0.9",
		},
		{
			Name: "fe", run: runFE, Needs: flags("outcome"), Flags: flags("treatment control-arm treated-arm covariates fe cluster weights robust reduced drop-singletons"),
			Short: text("Least squares with any number of fixed effects", "任意多个固定效应的最小二乘"),
			Long:  text("Estimates: one per regressor, under its name (arms as \"column=arm\", against the control). Errors are clustered where --cluster is given, HC1 with --robust, else classical. --reduced suits few clusters (CR2, Satterthwaite).", "估计量：每个自变量一个，名称即列名。给出 --cluster 则聚类标准误（聚类少时加 --reduced），--robust 为 HC1，否则为经典标准误。"),
			File:  "rollout.csv",
			Args:  "--input rollout.csv --outcome deals --treatment shovel --fe team,month --cluster team",
		},
		{
			Name: "ppml", run: runPPML, Needs: flags("outcome"), Flags: flags("treatment control-arm treated-arm covariates fe cluster weights reduced drop-singletons"),
			Short: text("Poisson regression with fixed effects: how many times the same person achieves", "固定效应泊松回归：同一个人做到几倍"),
			Long:  text("Estimates: one per regressor (log scale), and \"ratio NAME\", its exponential with interval.", "估计量：每个自变量一个（对数），以及“ratio 列名”，即其指数与区间。"),
			File:  "rollout.csv",
			Args:  "--input rollout.csv --outcome deals --treatment shovel --fe team,month --cluster team",
		},
		{
			Name: "akm", run: runAKM, Needs: flags("outcome"), Flags: flags("unit platform fe covariates draws exact"),
			Short: text("What people bring and what their platform gives them, with the leave-out correction", "人的部分与平台的部分（AKM，带留一校正）"),
			Long:  text("Estimates: var(platform), cov(person,platform), var(person), corr(person,platform), and each \"plug-in\" (uncorrected). Person and platform: --unit and --platform, or --fe PERSON,PLATFORM.", "估计量：var(platform)、cov(person,platform)、var(person)、corr(person,platform) 及未校正的“plug-in”。人与平台：--unit 与 --platform，或 --fe 人,平台。"),
			File:  "moves.csv",
			Args:  "--input moves.csv --outcome log_sales --unit person --platform team",
		},
		{
			Name: "synth", run: runSynth, Needs: flags("outcome unit time"), Flags: flags("treated since treatment first-treated draws"),
			Short: text("Synthetic control for one unit", "合成控制：单个单位"),
			Long:  text("Estimates: ATT (P by placebo), \"effect t=1990\" by period. Weights are in the diagnostics.", "估计量：ATT（安慰剂 P 值）、各期“effect t=1990”。权重见 diagnostics。"),
			File:  "rollout.csv",
			Args:  "--input rollout.csv --outcome deals --unit team --time month --treated T02 --since 2025-05 --first-treated first",
		},
		{
			Name: "sdid", run: runSDiD, Needs: flags("outcome unit time"), Flags: flags("treated since treatment first-treated draws"),
			Short: text("Synthetic difference in differences", "合成双重差分"),
			Long:  text("Estimate: ATT, with the placebo standard error (--draws, 200).", "估计量：ATT，安慰剂标准误（--draws，默认 200）。"),
			File:  "rollout.csv",
			Args:  "--input rollout.csv --outcome deals --unit team --time month --treated T02,T05,T08 --since 2025-05 --first-treated first",
		},
		{
			Name: "its", run: runITS, Needs: flags("outcome"), Flags: flags("time intervention since treatment offset period harmonics quasi"),
			Short: text("Interrupted time series of counts", "计数的中断时间序列"),
			Long:  text("Estimates: ratio, cumulative, ratio-at-start, slope-ratio, \"ratio, Newey-West\". --intervention is the first period after, or a 0/1 column.", "估计量：ratio、cumulative、ratio-at-start、slope-ratio、“ratio, Newey-West”。--intervention 为之后的第一期，或 0/1 列。"),
			File:  "tickets.csv",
			Args:  "--input tickets.csv --outcome tickets --time month --intervention 2024-01 --offset customers --period 12 --harmonics 1 --quasi",
		},
		{
			Name: "impact", run: runImpact, Needs: flags("outcome"), Flags: flags("time since intervention treatment covariates unit treated first-treated draws"),
			Short: text("One series against others, as CausalImpact: a Bayesian structural time series", "一条序列与若干对照（同 CausalImpact）：贝叶斯结构时间序列"),
			Long:  text("Estimates: average, cumulative, relative. Controls are --covariates (wide file), or the other units of a long file with --unit and --treated.", "估计量：average、cumulative、relative。对照为 --covariates（宽表），或长表中除 --treated 外的单位。"),
			File:  "tickets.csv",
			Args:  "--input tickets.csv --outcome tickets --covariates customers --time month --since 2024-01",
		},
		{
			Name: "aipw", run: runAIPW, Needs: flags("outcome treatment"), Flags: flags("covariates unit cluster weights control-arm treated-arm target folds repeats clip discard penalty"),
			Short: text("Doubly robust comparison of groups that nobody randomised", "未随机分组的双重稳健比较"),
			Long:  text("Estimates: ate (or att with --target att), raw (unadjusted), ipw (weights alone). Folds go by row number unless --repeats draws them.", "估计量：ate（--target att 时为 att）、raw（未调整）、ipw（仅加权）。折按行号划分，--repeats 则随机多次取中位数。"),
			File:  "training.csv",
			Args:  "--input training.csv --outcome earnings --treatment trained --covariates age,schooling",
		},
		{
			Name: "sensitivity", run: runSensitivity, Needs: flags("outcome treatment"), Flags: flags("covariates fe weights control-arm treated-arm benchmark times reduce"),
			Short: text("How strong an unseen cause would have to be to explain a regression's result away", "未观测因素要多强才能推翻回归结果"),
			Long:  text("Estimates: effect, partial r2, rv, rv alpha, \"bound 1x\" … for the --benchmark covariate.", "估计量：effect、partial r2、rv、rv alpha、以 --benchmark 协变量为尺度的“bound 1x”…。"),
			File:  "training.csv",
			Args:  "--input training.csv --outcome earnings --treatment trained --covariates age,schooling --benchmark age",
		},
		{
			Name: "evalue", run: runEValue, NoFile: true, Flags: flags("rr or hr d se lo hi rare outcome treatment control-arm treated-arm"),
			Short: text("The risk ratio an unseen cause would need to explain an observed one away", "未观测因素要有多大的风险比才能推翻观测到的风险比"),
			Long:  text("Estimates: evalue, \"evalue limit\" (of the interval's limit nearer 1). From a file: rr (0/1 outcome) or d as well.", "估计量：evalue、“evalue limit”（区间中靠近 1 的一端）。由文件计算时另给 rr 或 d。"),
			File:  "mail.csv",
			Args:  "--input mail.csv --outcome visit --treatment arm",
		},
		{
			Name: "rmst", run: runRMST, Needs: flags("duration event treatment"), Flags: flags("control-arm treated-arm tau reduced"),
			Short: text("Mean time up to a horizon, with people who still wait", "限定期内的平均时间，允许仍在等待的人"),
			Long:  text("Estimates: difference, ratio, treated, control. --tau: the horizon; default the shorter group's follow-up.", "估计量：difference、ratio、treated、control。--tau：时间上限，默认取较短一组的随访。"),
			File:  "newcomers.csv",
			Args:  "--input newcomers.csv --duration days --event deal --treatment shovel --tau 90",
		},
		{
			Name: "markov", run: runMarkov, Flags: flags("path conversions outcome nulls value separator order channel unit time"),
			Short: text("Credit for channels by Markov removal effects; not causal", "渠道功劳：马尔可夫移除效应（非因果）"),
			Long:  text("Estimates: conversions by channel. Removal effects are in the diagnostics. One row per path, or with --channel --unit --time one per touch.", "估计量：各渠道的转化数。移除效应见 diagnostics。每行一条路径，或用 --channel --unit --time 每行一次触达。"),
			File:  "paths.csv",
			Args:  "--input paths.csv --path path --conversions conversions --nulls nulls",
		},
		{
			Name: "shapley", run: runShapley, Flags: flags("path conversions outcome nulls value separator channel unit time"),
			Short: text("Credit for channels by Shapley values; not causal", "渠道功劳：Shapley 值（非因果）"),
			Long:  text("Estimates: conversions by channel.", "估计量：各渠道的转化数。"),
			File:  "paths.csv",
			Args:  "--input paths.csv --path path --conversions conversions",
		},
		{
			Name: "qini", run: runQini, Needs: flags("outcome treatment score"), Flags: flags("control-arm treated-arm k"),
			Short: text("Is a targeting score worth following? Qini, AUUC, uplift at the top", "投放评分值不值得用：Qini、AUUC、头部增量"),
			Long:  text("Estimates: qini, auuc, qini-area, auuc-area, \"uplift@30%\", uplift-all, gain; for a 0/1 outcome hits and base per thousand. --score may be -column.", "估计量：qini、auuc、qini-area、auuc-area、“uplift@30%”、uplift-all、gain；0/1 结果另给每千人命中数。--score 可写成 -列名。"),
			File:  "mail.csv",
			Args:  "--input mail.csv --outcome visit --treatment arm --score score",
		},
	}
}

func text(en, zh string) measure.Text { return measure.Text{EN: en, ZH: zh} }

func flags(s string) []string { return strings.Fields(s) }
