package claim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/chanzipu/outfitter/internal/fault"
)

// Limits of a claim file; it comes from outside.
const (
	maxFile = 256 << 10
	maxNest = 20
)

// A Problem is one thing to mend in a claim.
type Problem struct {
	Path string `json:"path"` // outcome.measure
	Line int    `json:"line"` // 1-based; 0 where not known
	EN   string `json:"en"`
	ZH   string `json:"zh"`
}

// Parse reads a claim from YAML or JSON and checks it. Its error is a fault
// that names every line to mend.
func Parse(text []byte) (Claim, error) {
	problems, c, err := Check(text)
	if err != nil || len(problems) == 0 {
		return c, err
	}
	var en, zh strings.Builder
	for i, p := range problems {
		if i == 10 {
			break
		}
		at := p.Path
		if p.Line > 0 {
			at = fmt.Sprintf("line %d, %s", p.Line, p.Path)
		}
		fmt.Fprintf(&en, " %s: %s.", at, p.EN)
		if p.Line > 0 {
			at = fmt.Sprintf("第 %d 行 %s", p.Line, p.Path)
		}
		fmt.Fprintf(&zh, "%s：%s。", at, p.ZH)
	}
	return c, fault.New(fault.ErrInvalid, "claim.invalid", "The claim can't be used:"+en.String(), "该论断无法使用："+zh.String())
}

// Check is Parse that returns the problems; err is for text that is no YAML.
func Check(text []byte) ([]Problem, Claim, error) {
	var c Claim
	if len(text) > maxFile {
		return nil, c, fault.New(fault.ErrInvalid, "claim.size", "A claim is at most 256 KiB.", "论断文件最大 256 KiB。")
	}
	if deep(text) {
		return nil, c, fault.New(fault.ErrInvalid, "claim.nested", "The claim is nested too deeply.", "论断嵌套过深。")
	}
	var doc any
	if err := yaml.Unmarshal(text, &doc); err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return nil, c, fault.New(fault.ErrInvalid, "claim.yaml", "The claim is no YAML: "+first, "论断不是合法的 YAML："+first)
	}
	b, err := json.Marshal(plain(doc))
	if err != nil {
		return nil, c, fault.New(fault.ErrInvalid, "claim.yaml", "The claim holds a value that is neither text, number nor list: "+err.Error(), "论断含有无法识别的值："+err.Error())
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return nil, c, fmt.Errorf("claim: %w", err)
	}
	var problems []Problem
	var wrong *jsonschema.ValidationError
	if err := compiled().Validate(v); errors.As(err, &wrong) {
		problems = leaves(wrong, problems)
	}
	if len(problems) == 0 {
		if err := json.Unmarshal(b, &c); err != nil {
			return nil, c, fmt.Errorf("claim: %w", err)
		}
		problems = c.problems()
	}
	for i := range problems {
		problems[i].Line = line(text, problems[i].Path)
	}
	return problems, c, nil
}

// deep reports whether brackets or indents nest further than any claim does;
// the parser is recursive.
func deep(text []byte) bool {
	depth := 0
	for l := range bytes.Lines(text) {
		if indent := len(l) - len(bytes.TrimLeft(l, " -")); indent > 4*maxNest {
			return true
		}
	}
	for _, b := range text {
		switch b {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		}
		if depth > maxNest {
			return true
		}
	}
	return false
}

// plain turns YAML's dates and keys into what JSON has.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = plain(x)
		}
	case []any:
		for i, x := range v {
			v[i] = plain(x)
		}
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return v
}

// leaves are the sentences of a schema's error.
func leaves(e *jsonschema.ValidationError, out []Problem) []Problem {
	if len(e.Causes) > 0 {
		for _, c := range e.Causes {
			out = leaves(c, out)
		}
		return out
	}
	path := ""
	for _, p := range e.InstanceLocation {
		if _, err := strconv.Atoi(p); err == nil {
			path += "[" + p + "]"
			continue
		}
		if path != "" {
			path += "."
		}
		path += p
	}
	p := Problem{Path: path}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		p.EN, p.ZH = "missing: "+strings.Join(k.Missing, ", "), "缺少 "+strings.Join(k.Missing, "、")
	case *kind.AdditionalProperties:
		p.EN, p.ZH = "unknown: "+strings.Join(k.Properties, ", "), "不认识 "+strings.Join(k.Properties, "、")
	case *kind.Enum:
		var want []string
		for _, w := range k.Want {
			want = append(want, fmt.Sprint(w))
		}
		p.EN, p.ZH = fmt.Sprintf("%v is not one of %s", k.Got, strings.Join(want, ", ")), fmt.Sprintf("%v 不在可选值 %s 之中", k.Got, strings.Join(want, "、"))
	case *kind.Pattern:
		p.EN, p.ZH = fmt.Sprintf("%q does not look like %s", k.Got, k.Want), fmt.Sprintf("%q 不符合格式 %s", k.Got, k.Want)
	case *kind.Type:
		p.EN, p.ZH = fmt.Sprintf("is a %s, should be a %s", k.Got, strings.Join(k.Want, " or ")), fmt.Sprintf("是 %s，应为 %s", k.Got, strings.Join(k.Want, " 或 "))
	default:
		p.EN = "does not fit the schema (" + strings.Join(e.ErrorKind.KeywordPath(), "/") + ")"
		p.ZH = "不符合 schema（" + strings.Join(e.ErrorKind.KeywordPath(), "/") + "）"
	}
	return append(out, p)
}

// line is where a path stands in the text.
func line(text []byte, path string) int {
	for path != "" {
		if p, err := yaml.PathString("$." + path); err == nil {
			if node, err := p.ReadNode(bytes.NewReader(text)); err == nil && node.GetToken() != nil {
				return node.GetToken().Position.Line
			}
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			break
		}
		path = path[:i]
	}
	return 0
}

// problems are what a schema can't say.
func (c Claim) problems() (out []Problem) {
	bad := func(path, en, zh string) { out = append(out, Problem{Path: path, EN: en, ZH: zh}) }
	since, err1 := time.Parse(time.DateOnly, c.Window.Since)
	until, err2 := time.Parse(time.DateOnly, c.Window.Until)
	if err1 != nil || err2 != nil || !since.Before(until) {
		bad("window", "since has to be a day before until", "since 必须是早于 until 的日期")
	}
	o, entry := c.Outcome, c.Population.Entry != nil
	if o.Metric == "" && (len(o.Verbs) == 0 || o.Measure == "") {
		bad("outcome", "name a metric, or verbs and a measure", "请写指标 metric，或写 verbs 与 measure")
	}
	if !entry && c.Period == "" && o.Metric == "" {
		bad("period", "without population.entry there is a row per unit and period: name the period", "没有 population.entry 时每个单位每期一行，请写明 period")
	}
	if !entry && slices.Contains([]Measure{Days, Time, Value}, o.Measure) {
		bad("outcome.measure", string(o.Measure)+" needs population.entry, the event it counts from", string(o.Measure)+" 需要 population.entry，即起算的事件")
	}
	if !entry && (c.Unit == Object || c.Unit == Member) {
		bad("unit", "an object or member has a row per entry: add population.entry", "unit 为 object 或 member 时每个进入事件一行，请补 population.entry")
	}
	if slices.Contains([]Measure{Sum, Mean, Value}, o.Measure) && o.Column == "" && o.Metric == "" {
		bad("outcome.column", "say what is added up: amount, quantity or attr:…", "请写明取哪一列：amount、quantity 或 attr:…")
	}
	if o.Measure == Share && len(o.Of) == 0 && o.Metric == "" && !entry {
		bad("outcome.of", "a share needs what it is a share of", "share 需要写明分母 of")
	}
	out = append(out, c.exposureProblems()...)
	for i, v := range c.Covariates {
		n := 0
		for _, has := range []bool{v.Attr != "", v.Party != "", v.Before > 0} {
			if has {
				n++
			}
		}
		if n != 1 {
			bad(fmt.Sprintf("covariates[%d]", i), "name exactly one of attr, party and before", "attr、party、before 三者须且只须写一个")
		}
	}
	if m := c.Money; m != nil && m.Verb == "" && m.PerUnit == 0 {
		bad("money", "say what a unit is worth: verb or per_unit", "请写明一个单位值多少：verb 或 per_unit")
	}
	return out
}

func (c Claim) exposureProblems() (out []Problem) {
	bad := func(path, en, zh string) { out = append(out, Problem{Path: path, EN: en, ZH: zh}) }
	x, entry := c.Exposure, c.Population.Entry != nil
	switch x.Kind {
	case Arm, Attribute, Late:
		if !entry {
			bad("exposure.kind", string(x.Kind)+" is read from the entry: add population.entry", string(x.Kind)+" 取自进入事件，请补 population.entry")
		}
		if x.Kind == Late && (x.Hours <= 0 || len(x.Verbs) == 0) {
			bad("exposure", "late needs hours and the verbs that count as the answer", "late 需要 hours 和算作答复的 verbs")
		}
	case Access, Use:
		if x.Shovel == "" && len(x.Where)+len(x.Verbs) == 0 {
			bad("exposure.shovel", "name the shovel", "请写明是哪一把铲子")
		}
	case Dates:
		if len(x.Dates) == 0 {
			bad("exposure.dates", "write the roll-out dates", "请写出各批上线日期")
		}
		for i, d := range x.Dates {
			if d.Team == "" && d.Unit == "" {
				bad(fmt.Sprintf("exposure.dates[%d]", i), "name the team or the unit", "请写明团队或单位")
			}
		}
	}
	if x.Design.Random() && x.Kind == Everybody {
		bad("exposure.design", "where everybody has it nothing was drawn by lot", "全员都有时不存在随机分组")
	}
	return out
}

// Canonical is the claim's JSON with keys in order: what is hashed.
func (c Claim) Canonical() []byte {
	b, err := json.Marshal(c)
	if err != nil {
		panic(err) // texts, numbers and lists always marshal
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		panic(err)
	}
	b, err = json.Marshal(v) // maps are written in order of their keys
	if err != nil {
		panic(err)
	}
	return b
}

// YAML writes the claim as people read it.
func (c Claim) YAML() (string, error) {
	b, err := json.Marshal(c)
	if err == nil {
		b, err = yaml.JSONToYAML(b)
	}
	if err != nil {
		return "", fmt.Errorf("claim %s: %w", c.ID, err)
	}
	return string(b), nil
}
