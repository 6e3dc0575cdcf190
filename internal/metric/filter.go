package metric

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/fault"
)

// A Filter lets through the events whose dimension compares so.
type Filter struct {
	Dimension Dimension
	Op        string // eq, ne, in, has, gt, gte, lt, lte, null, notnull
	Values    []string
}

var operators = map[string]string{"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}

// ParseFilter reads dimension:operator:value. An attribute's name may hold
// colons, so the operator is the first known one after it.
func ParseFilter(s string) (Filter, error) {
	name, rest, _ := strings.Cut(s, ":")
	if name == "attr" {
		key, after, _ := strings.Cut(rest, ":")
		name, rest = "attr:"+key, after
	}
	d, err := DimensionOf(name)
	if err != nil {
		return Filter{}, err
	}
	op, value, _ := strings.Cut(rest, ":")
	f := Filter{Dimension: d, Op: op}
	switch op {
	case "null", "notnull":
		return f, nil
	case "in":
		f.Values = strings.Split(value, "|")
	case "eq", "ne", "has", "gt", "gte", "lt", "lte":
		f.Values = []string{value}
	default:
		return Filter{}, fault.New(fault.ErrInvalid, "filter.operator",
			fmt.Sprintf("The filter %q has no operator that is known: write dimension:operator:value with eq, ne, in, has, gt, gte, lt, lte, null or notnull.", s),
			fmt.Sprintf("筛选条件 %q 的运算符无法识别：请写成 维度:运算符:值，运算符为 eq、ne、in、has、gt、gte、lt、lte、null、notnull。", s))
	}
	return f, f.check(s)
}

func (f Filter) check(s string) error {
	bad := func(why, zh string) error {
		return fault.New(fault.ErrInvalid, "filter.value", fmt.Sprintf("The filter %q can't be used: %s.", s, why), fmt.Sprintf("筛选条件 %q 无法使用：%s。", s, zh))
	}
	if len(f.Values) > 1000 {
		return bad("it has more than 1,000 values", "取值超过 1000 个")
	}
	if slices.ContainsFunc(f.Values, func(v string) bool { return strings.ContainsRune(v, 0) }) {
		return bad("a value holds a NUL character", "取值含有 NUL 字符")
	}
	_, ordered := operators[f.Op]
	switch f.Dimension.Type {
	case ID:
		if ordered || f.Op == "has" {
			return bad(f.Op+" is not for ids", f.Op+" 不能用于编号")
		}
		for _, v := range f.Values {
			if _, err := uuid.Parse(v); err != nil {
				return bad(fmt.Sprintf("%q is not an id", v), fmt.Sprintf("%q 不是编号", v))
			}
		}
	case Number:
		if f.Op == "has" {
			return bad("has is for texts", "has 只能用于文本")
		}
		for _, v := range f.Values {
			if _, err := strconv.ParseFloat(v, 64); err != nil {
				return bad(fmt.Sprintf("%q is not a number", v), fmt.Sprintf("%q 不是数字", v))
			}
		}
	}
	return nil
}

// sql is the condition, its values as parameters.
func (f Filter) sql(b *builder) string {
	e := f.Dimension.expr(b)
	cast := map[Type]string{Text: "::TEXT", ID: "::UUID", Number: "::DOUBLE PRECISION"}[f.Dimension.Type]
	if f.Dimension.Type == Number {
		e += "::DOUBLE PRECISION"
	}
	value := func(v string) string {
		if f.Dimension.Type == Number {
			n, _ := strconv.ParseFloat(v, 64) // checked when it was parsed
			return b.arg(n) + cast
		}
		return b.arg(v) + cast
	}
	switch f.Op {
	case "null":
		return e + " IS NULL"
	case "notnull":
		return e + " IS NOT NULL"
	case "eq":
		return e + " = " + value(f.Values[0])
	case "ne":
		return e + " IS DISTINCT FROM " + value(f.Values[0])
	case "has":
		return "strpos(lower(" + e + "), lower(" + value(f.Values[0]) + ")) > 0"
	case "in":
		vs := make([]string, len(f.Values))
		for i, v := range f.Values {
			vs[i] = value(v)
		}
		return e + " IN (" + strings.Join(vs, ", ") + ")"
	}
	return e + " " + operators[f.Op] + " " + value(f.Values[0])
}

// Conditions writes filters as one SQL condition on event AS e, their values
// as parameters after those there are.
func Conditions(filters []Filter, args []any) (string, []any) {
	b := &builder{args: args}
	return Question{Where: filters}.filtered(b), b.args
}
