package mapping

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/internal/source/date"
)

// A Type is what an expression gives. Columns are text; values are turned into
// what an operator or function needs, and into NULL where they can't be.
type Type string

// The types. Time is a local date and time without a zone.
const (
	TypeText   Type = "text"
	TypeNumber Type = "number"
	TypeTruth  Type = "truth"
	TypeTime   Type = "time"
	TypeNull   Type = "null" // fits everywhere
	typeSame   Type = "same" // of a function's arguments: whatever the others are
)

var castTypes = map[string]Type{
	"text": TypeText, "varchar": TypeText, "string": TypeText,
	"number": TypeNumber, "double": TypeNumber, "decimal": TypeNumber, "numeric": TypeNumber, "float": TypeNumber,
	"integer": TypeNumber, "int": TypeNumber, "bigint": TypeNumber,
	"boolean": TypeTruth, "bool": TypeTruth, "date": TypeTime, "timestamp": TypeTime, "datetime": TypeTime,
}

// A Param is one argument of a function.
type Param struct {
	Name    string
	Type    Type
	Literal bool // must be written out, so that it can be checked beforehand
	Default string
}

// A Function is one that expressions may call. The table below is the whole
// allow-list; docs/mapping.md is tested against it.
type Function struct {
	Name     string
	Params   []Param
	Min      int  // arguments needed
	Variadic bool // the last parameter repeats
	Type     Type
	SQL      string // $1, $2 … are the arguments, $* all of them
	EN, ZH   string
	Example  string // runs without columns
	Want     string // what Example gives, as text

	check func(args []string) error                        // of literal arguments, by position; "" = not literal
	build func(sql []string, lit []string) (string, error) // instead of SQL
}

func text(name string) Param           { return Param{Name: name, Type: TypeText} }
func num(name string) Param            { return Param{Name: name, Type: TypeNumber} }
func when(name string) Param           { return Param{Name: name, Type: TypeTime} }
func same(name string) Param           { return Param{Name: name, Type: typeSame} }
func literal(p Param) Param            { p.Literal = true; return p }
func optional(p Param, d string) Param { p.Default = d; return p }

// Functions is the allow-list by name.
var Functions = index([]Function{
	{Name: "trim", Params: []Param{text("x")}, Type: TypeText, SQL: "trim($1, E' \\t\\r\\n\u00a0\u3000')",
		EN: "without blanks at either end, wide ones included", ZH: "去掉两端空白（含全角空格）", Example: "trim('  a b ')", Want: "a b"},
	{Name: "lower", Params: []Param{text("x")}, Type: TypeText, SQL: "lower($1)", EN: "in small letters", ZH: "转小写", Example: "lower('AbC')", Want: "abc"},
	{Name: "upper", Params: []Param{text("x")}, Type: TypeText, SQL: "upper($1)", EN: "in capitals", ZH: "转大写", Example: "upper('AbC')", Want: "ABC"},
	{Name: "length", Params: []Param{text("x")}, Type: TypeNumber, SQL: "length($1)::DOUBLE", EN: "number of characters", ZH: "字符数", Example: "length('铲子铺')", Want: "3"},
	{Name: "substr", Params: []Param{text("x"), num("from"), optional(num("count"), "1e9::DOUBLE")}, Min: 2, Type: TypeText,
		SQL: "substr($1, mapping_int($2), greatest(mapping_int($3), 0))", EN: "count characters from the from-th (1 is the first; negative counts from the end)", ZH: "从第几个字符起取几个", Example: "substr('2026-05', 1, 4)", Want: "2026"},
	{Name: "left", Params: []Param{text("x"), num("count")}, Type: TypeText, SQL: "left($1, greatest(mapping_int($2), 0))", EN: "the first characters", ZH: "左边几个字符", Example: "left('abc', 2)", Want: "ab"},
	{Name: "right", Params: []Param{text("x"), num("count")}, Type: TypeText, SQL: "right($1, greatest(mapping_int($2), 0))", EN: "the last characters", ZH: "右边几个字符", Example: "right('abc', 2)", Want: "bc"},
	{Name: "lpad", Params: []Param{text("x"), num("count"), optional(literal(text("with")), "' '")}, Min: 2, Type: TypeText, check: notEmpty(2),
		SQL: "lpad($1, greatest(length($1), least(mapping_int($2), 100))::INTEGER, $3)", EN: "padded on the left to count characters (at most 100; never cut)", ZH: "左侧补足到指定位数", Example: "lpad('45', 7, '0')", Want: "0000045"},
	{Name: "replace", Params: []Param{text("x"), text("old"), text("new")}, Type: TypeText, SQL: "replace($1, $2, $3)", EN: "every old by new", ZH: "替换文字", Example: "replace('GTXPro', 'GTXP', 'GTX P')", Want: "GTX Pro"},
	{Name: "split_part", Params: []Param{text("x"), text("by"), num("n")}, Type: TypeText, SQL: "nullif(split_part($1, $2, mapping_int($3)), '')", EN: "the n-th piece of x cut by a separator; negative counts from the end", ZH: "按分隔符取第 n 段", Example: "split_part('华东-上海-张三', '-', 2)", Want: "上海"},
	{Name: "concat", Params: []Param{text("x")}, Variadic: true, Type: TypeText, SQL: "concat($*)", EN: "all joined; missing ones are left out (|| gives NULL instead)", ZH: "拼接，空值略过", Example: "concat('a', NULL, 'b')", Want: "ab"},
	{Name: "coalesce", Params: []Param{same("x")}, Variadic: true, Type: typeSame, SQL: "coalesce($*)", EN: "the first that is there", ZH: "第一个非空值", Example: "coalesce(NULL, 'b')", Want: "b"},
	{Name: "nullif", Params: []Param{same("x"), same("y")}, Min: 2, Type: typeSame, SQL: "nullif($1, $2)", EN: "x, but NULL where it equals y", ZH: "等于 y 时为空", Example: "nullif('?', '?')"},
	{Name: "greatest", Params: []Param{same("x")}, Variadic: true, Type: typeSame, SQL: "greatest($*)", EN: "the largest that is there", ZH: "最大值", Example: "greatest(1, 3, 2)", Want: "3"},
	{Name: "least", Params: []Param{same("x")}, Variadic: true, Type: typeSame, SQL: "least($*)", EN: "the smallest that is there", ZH: "最小值", Example: "least(3, 1, 2)", Want: "1"},
	{Name: "regexp_extract", Params: []Param{text("x"), literal(text("pattern")), optional(literal(num("group")), "0")}, Min: 2, Type: TypeText, check: pattern,
		SQL: "nullif(regexp_extract($1, $2, $3), '')", EN: "what the pattern (RE2) or its n-th group finds first", ZH: "正则提取", Example: "regexp_extract('【紧急】无法登录', '【(.+?)】', 1)", Want: "紧急"},
	{Name: "regexp_replace", Params: []Param{text("x"), literal(text("pattern")), literal(text("new"))}, Min: 3, Type: TypeText, check: pattern,
		SQL: "regexp_replace($1, $2, $3, 'g')", EN: "every match of the pattern (RE2) by a plain text", ZH: "正则替换", Example: "regexp_replace('a1b22', '[0-9]+', '#')", Want: "a#b#"},
	{Name: "regexp_matches", Params: []Param{text("x"), literal(text("pattern"))}, Min: 2, Type: TypeTruth, check: pattern,
		SQL: "regexp_matches($1, $2)", EN: "whether the pattern (RE2) is found", ZH: "是否匹配正则", Example: "regexp_matches('Case 12', '[0-9]')", Want: "true"},
	{Name: "number", Params: []Param{text("x"), literal(text("decimal"))}, Min: 1, Type: TypeNumber, build: buildNumber,
		EN: "the number that a text states: 1,234.5 · 1.234,5 · ¥ $ % · 全角 · 万 亿 · 500万元人民币 · (12) is negative; NULL where it states none. number(x, ',') reads the comma as decimal sign", ZH: "把文字读成数，认识千分位、货币、百分号、全角、万亿、括号负数；读不出为空", Example: "number('3.5亿')", Want: "350000000"},
	{Name: "digits", Params: []Param{text("x")}, Type: TypeText, SQL: "nullif(regexp_replace(mapping_half($1), '[^0-9]', '', 'g'), '')", EN: "its digits alone", ZH: "只留数字", Example: "digits('No. 12-３')", Want: "123"},
	{Name: "phone", Params: []Param{text("x")}, Type: TypeText, SQL: "mapping_phone($1)", EN: "a phone number in one form: +86 and signs gone, extension gone; NULL where it is none", ZH: "统一格式的电话号码", Example: "phone('+86 138-0013-8000')", Want: "13800138000"},
	{Name: "yes", Params: []Param{text("x")}, Type: TypeTruth, SQL: "mapping_yes($1)", EN: "truth of 是/否, true/false, yes/no, Y/N, 1/0, √/×; NULL for anything else", ZH: "是/否类文字的真假", Example: "yes('是')", Want: "true"},
	{Name: "strip_html", Params: []Param{text("x")}, Type: TypeText, SQL: "mapping_strip_html($1)", EN: "the text of HTML: tags and scripts gone, entities resolved", ZH: "去掉 HTML 标签", Example: "strip_html('<p>无法&nbsp;登录</p>')", Want: "无法 登录"},
	{Name: "json_get", Params: []Param{text("x"), literal(text("path"))}, Min: 2, Type: TypeText, build: buildJSONGet, EN: "the value at a dotted path of a JSON text; numbers pick from lists", ZH: "取 JSON 中的值", Example: `json_get('{"a":{"b":[5,7]}}', 'a.b.1')`, Want: "7"},
	{Name: "round", Params: []Param{num("x"), optional(num("digits"), "0")}, Min: 1, Type: TypeNumber, SQL: "round($1, greatest(-15, least(15, coalesce(mapping_int($2), 0)))::INTEGER)", EN: "rounded to so many decimals", ZH: "四舍五入", Example: "round(3.14159, 2)", Want: "3.14"},
	{Name: "abs", Params: []Param{num("x")}, Type: TypeNumber, SQL: "abs($1)", EN: "without its sign", ZH: "绝对值", Example: "abs(-2)", Want: "2"},
	{Name: "floor", Params: []Param{num("x")}, Type: TypeNumber, SQL: "floor($1)", EN: "down to a whole number", ZH: "向下取整", Example: "floor(2.7)", Want: "2"},
	{Name: "ceil", Params: []Param{num("x")}, Type: TypeNumber, SQL: "ceil($1)", EN: "up to a whole number", ZH: "向上取整", Example: "ceil(2.1)", Want: "3"},
	{Name: "date", Params: []Param{text("x"), literal(text("format"))}, Min: 1, Type: TypeTime, build: buildDate,
		EN: "the local time that a text states, in the given format (YYYY-MM-DD HH:mm, D/M/YYYY, excel, unix_ms …) or, without one, wherever it can be read in one way only", ZH: "把文字读成时间", Example: "date('2026年5月12日')", Want: "2026-05-12 00:00:00"},
	{Name: "cn_date", Params: []Param{text("x")}, Type: TypeTime, SQL: "mapping_cn_date($1)", EN: "the time that a Chinese text states: 2026年5月12日 下午3:04, 2026年5月", ZH: "读中文日期", Example: "cn_date('2026年5月12日 下午3:04')", Want: "2026-05-12 15:04:00"},
	{Name: "days_between", Params: []Param{when("since"), when("until")}, Min: 2, Type: TypeNumber, SQL: "((epoch($2) - epoch($1)) / 86400.0)::DOUBLE", EN: "days of 24 hours from the first to the second", ZH: "相隔天数", Example: "days_between('2026-05-01', '2026-05-12')", Want: "11"},
	{Name: "hours_between", Params: []Param{when("since"), when("until")}, Min: 2, Type: TypeNumber, SQL: "((epoch($2) - epoch($1)) / 3600.0)::DOUBLE", EN: "hours from the first to the second", ZH: "相隔小时数", Example: "hours_between('2026-05-01', '2026-05-02')", Want: "24"},
	{Name: "add_days", Params: []Param{when("t"), num("days")}, Min: 2, Type: TypeTime, SQL: "mapping_add_days($1, $2)", EN: "so many days later", ZH: "加若干天", Example: "add_days('2026-05-01', 1.5)", Want: "2026-05-02 12:00:00"},
	{Name: "year", Params: []Param{when("t")}, Type: TypeNumber, SQL: "year($1)::DOUBLE", EN: "its year", ZH: "年", Example: "year('2026-05-12')", Want: "2026"},
	{Name: "month", Params: []Param{when("t")}, Type: TypeNumber, SQL: "month($1)::DOUBLE", EN: "its month, 1 to 12", ZH: "月", Example: "month('2026-05-12')", Want: "5"},
	{Name: "month_end", Params: []Param{when("t")}, Type: TypeTime, SQL: "last_day($1)::TIMESTAMP", EN: "the last day of its month, for figures of a whole month", ZH: "当月最后一天", Example: "month_end('2026-02-03')", Want: "2026-02-28 00:00:00"},
	{Name: "row", Type: TypeText, build: nil, EN: "the number of the row in its table; a key where the table has none of its own", ZH: "行号，表中没有编号列时可作键"},
	{Name: "file", Type: TypeText, build: nil, EN: "the name of the delivered file", ZH: "文件名"},
	{Name: "sheet", Type: TypeText, build: nil, EN: "the name of the sheet or table", ZH: "工作表名"},
})

func index(fs []Function) map[string]Function {
	m := make(map[string]Function, len(fs))
	for _, f := range fs {
		if f.Min == 0 {
			for _, p := range f.Params {
				if p.Default == "" {
					f.Min++
				}
			}
		}
		m[f.Name] = f
	}
	return m
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Signature is how the function is called: substr(x, from[, count]).
func (f Function) Signature() string {
	var b strings.Builder
	b.WriteString(f.Name + "(")
	for i, p := range f.Params {
		s := p.Name
		if i > 0 {
			s = ", " + s
		}
		if i >= f.Min {
			s = "[" + s + "]"
		}
		b.WriteString(s)
	}
	if f.Variadic {
		b.WriteString(", …")
	}
	return b.String() + ")"
}

func notEmpty(i int) func([]string) error {
	return func(lit []string) error {
		if i < len(lit) && lit[i] == "" {
			return fmt.Errorf("argument %d may not be empty", i+1)
		}
		return nil
	}
}

// pattern checks argument 2 as a regular expression, argument 3 as its group
// or as a replacement without references.
func pattern(lit []string) error {
	p := lit[1]
	if len(p) > 500 {
		return fmt.Errorf("the pattern has %d bytes; at most 500 are allowed", len(p))
	}
	if strings.Contains(p, "(?P") || strings.Contains(p, "(?<") {
		return fmt.Errorf("named groups are not supported in %q: use plain brackets", p)
	}
	re, err := regexp.Compile(p)
	if err != nil {
		return fmt.Errorf("the pattern %q can't be read: %v", p, err)
	}
	if len(lit) < 3 {
		return nil
	}
	if n, err := strconv.ParseFloat(lit[2], 64); err == nil && n == float64(int(n)) && int(n) > re.NumSubexp() {
		return fmt.Errorf("the pattern %q has %d groups, not %d", p, re.NumSubexp(), int(n))
	}
	if strings.Contains(lit[2], `\`) {
		return fmt.Errorf("the replacement %q may hold no backslash", lit[2])
	}
	return nil
}

func buildNumber(sql, lit []string) (string, error) {
	if len(lit) < 2 || lit[1] == "." {
		return "mapping_number(" + sql[0] + ")", nil
	}
	if lit[1] != "," {
		return "", fmt.Errorf("the decimal sign is '.' or ',', not %q", lit[1])
	}
	return "mapping_number_comma(" + sql[0] + ")", nil
}

func buildDate(sql, lit []string) (string, error) {
	if len(lit) < 2 {
		return "mapping_date(" + sql[0] + ")", nil
	}
	return date.Parse(sql[0], lit[1])
}

// buildJSONGet turns a.b.1 into $."a"."b"[1].
func buildJSONGet(sql, lit []string) (string, error) {
	var b strings.Builder
	b.WriteString("$")
	for _, part := range strings.Split(lit[1], ".") {
		switch n, err := strconv.Atoi(part); {
		case part == "" || strings.ContainsAny(part, "\"\\*"):
			return "", fmt.Errorf("the path %q is not names and numbers with dots between", lit[1])
		case err == nil && n >= 0 && n < 1_000_000 && part == strconv.Itoa(n):
			fmt.Fprintf(&b, "[%d]", n)
		default:
			fmt.Fprintf(&b, `."%s"`, part)
		}
	}
	return fmt.Sprintf("mapping_json_get(%s, %s)", sql[0], quote(b.String())), nil
}
