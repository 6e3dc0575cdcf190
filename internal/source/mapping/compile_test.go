package mapping

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/google/go-cmp/cmp"
)

// open gives one in-memory connection with the macros.
func open(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() { db.Close() })
	if _, err := db.Exec(Macros); err != nil {
		tb.Fatalf("macros: %v", err)
	}
	return db
}

var one = Scope{
	Columns: map[string]string{"a": "c1", "客户名称": "c2", "won date": "c3", "none": "c4", "金额（元）": "c5", "flag": "c6", "case:id": "c7"},
	Let:     map[string]Expr{"double": "a * 2", "twice": "double || '!'", "loop": "pool", "pool": "1 + loop", "name": "trim(客户名称)"},
	Row:     "41", File: "'f.csv'", Sheet: "'表1'",
}

const oneRow = `(SELECT '7' c1, ' 铲子铺 ' c2, '2026-05-12 15:04' c3, NULL::VARCHAR c4, '1,234.50' c5, '是' c6, 'K''1' c7)`

// eval compiles e as text and runs it over one row.
func eval(tb testing.TB, db *sql.DB, e Expr, s Scope) (string, error) {
	tb.Helper()
	text, _, err := Text(e, s)
	if err != nil {
		return "", err
	}
	var got sql.NullString
	if err := db.QueryRow("SELECT " + text + " FROM " + oneRow).Scan(&got); err != nil {
		tb.Errorf("Text(%q) = %s, which DuckDB refuses: %v", e, text, err)
		return "", nil
	}
	if !got.Valid {
		return "NULL", nil
	}
	return got.String, nil
}

func TestText(t *testing.T) {
	db := open(t)
	tests := []struct{ in, want string }{
		{"a", "7"}, {"客户名称", " 铲子铺 "}, {`"won date"`, "2026-05-12 15:04"}, {"none", "NULL"}, {`"case:id"`, "K'1"},
		{"'it''s'", "it's"}, {"''", "NULL"}, {"1.50", "1.5"}, {"a + 1", "8"}, {"a * 2 - -1", "15"}, {"a / 2", "3.5"}, {"a / 0", "NULL"}, {"a % 4", "3"},
		{"a || '-' || a", "7-7"}, {"a || none", "NULL"}, {"concat(a, none, 1)", "71"}, {"1 + 2 * 3", "7"}, {"(1 + 2) * 3", "9"}, {"2 - 1 - 1", "0"},
		{"a = 7", "true"}, {"a = '7'", "true"}, {"a <> 7", "false"}, {"a != 8", "true"}, {"a < 10", "true"}, {"'a' >= 'b'", "false"},
		{"NOT a = 7 OR 1 = 1 AND 2 = 3", "false"}, {"a IN (1, 7)", "true"}, {"a NOT IN ('1', '2')", "true"}, {"a BETWEEN 6 AND 8", "true"}, {"a not between 6 and 8", "false"},
		{"客户名称 LIKE '%子%'", "true"}, {"客户名称 NOT LIKE '%子%'", "false"}, {"'ABC' ilike 'a%'", "true"}, {"none IS NULL", "true"}, {"a is not null", "true"},
		{"CASE WHEN a > 5 THEN 'big' ELSE 'small' END", "big"}, {"CASE a WHEN 7 THEN 'seven' END", "seven"}, {"case flag when 'x' then 1 end", "NULL"},
		{"CAST(a AS INTEGER) + 1", "8"}, {"a::text || 'x'", "7x"}, {`CAST("won date" AS DATE)`, "2026-05-12 00:00:00"}, {"'2.6'::int", "3"}, {"'x'::int", "NULL"}, {"'5'::decimal(18,2)", "5"},
		{"double", "14"}, {"twice", "14!"}, {"name", "铲子铺"}, {`number("金额（元）")`, "1234.5"}, {`"金额（元）" * 2`, "2469"}, {"flag = true", "true"}, {"CASE WHEN flag THEN 1 END", "1"},
		{"row()", "41"}, {"file() || sheet()", "f.csv表1"}, {"NULL", "NULL"}, {"coalesce(none, a, 0)", "7"}, {"greatest(1, none, 3)", "3"},
		{`"won date" > '2026-05-01'`, "true"}, {`date("won date") > '2026-05-01'`, "true"}, {`days_between('2026-05-11', "won date") > 1`, "true"}, {`year("won date")`, "2026"},
		{"1e308 * 10", "inf"}, {"nullif(a, 7)", "NULL"}, {"substr('abcdef', -2)", "ef"}, {"substr('abc', 1e300)", "NULL"}, {"left('abc', -1)", "NULL"},
		{"lpad('12345', 3, '0')", "12345"}, {"round(2.345, 1e99)", "2.345"}, {"json_get('nonsense', 'a')", "NULL"}, {"split_part('a', ',', 0)", "NULL"},
		{"add_days('2199-12-31', 1e18)", "NULL"}, {"date('12-05-2026', 'D-M-YYYY')", "2026-05-12 00:00:00"}, {"date('0002-12-02')", "NULL"}, {"date('1/2/2026')", "NULL"},
		{"regexp_extract(a, 'x')", "NULL"}, {"TRUE AND NULL", "NULL"}, {"phone('打我')", "NULL"}, {"digits('无')", "NULL"},
	}
	for _, tt := range tests {
		got, err := eval(t, db, Expr(tt.in), one)
		if err != nil || got != tt.want {
			t.Errorf("eval(%s) = %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}

func TestFunctionExamples(t *testing.T) {
	db := open(t)
	for _, name := range sortedKeys(Functions) {
		f := Functions[name]
		if f.EN == "" || f.ZH == "" {
			t.Errorf("function %s has no description", name)
		}
		if f.Example == "" {
			continue
		}
		want := f.Want
		if want == "" {
			want = "NULL"
		}
		if got, err := eval(t, db, Expr(f.Example), Scope{}); err != nil || got != want {
			t.Errorf("%s = %q, %v, want %q", f.Example, got, err, want)
		}
	}
}

func TestNumber(t *testing.T) {
	db := open(t)
	tests := []struct{ in, want string }{
		{"1,234.5", "1234.5"}, {"1.234,5", "1234.5"}, {"1.234.567", "1234567"}, {"1,234", "1234"}, {"1.234", "1.234"}, {"12,5", "12.5"}, {"1,23,456", "123456"}, {"1,0000", "10000"},
		{"¥1,234.50", "1234.5"}, {"￥１，２３４．５", "1234.5"}, {"$ 5", "5"}, {"-$5", "-5"}, {"$-5", "-5"}, {"12.5%", "0.125"}, {"12％", "0.12"}, {"(1,234)", "-1234"}, {"（88）", "-88"}, {"12-", "-12"},
		{"500万元人民币", "5000000"}, {"3.5亿", "350000000"}, {"3.5亿人民币", "350000000"}, {"1,200万", "12000000"}, {"2千", "2000"}, {"1.2k", "1200"}, {"3M", "3000000"}, {"100万美元", "1000000"}, {"88元", "88"}, {"RMB 88.00", "88"},
		{"1 234 567", "1234567"}, {"1'234.5", "1234.5"}, {"5e3", "5000"}, {"+7", "7"}, {"−7", "-7"}, {".5", "0.5"}, {"007", "7"},
		{"数百万人民币", "NULL"}, {"未披露", "NULL"}, {"万美元", "NULL"}, {"", "NULL"}, {"-", "NULL"}, {"1-2", "NULL"}, {"2026-05-12", "NULL"}, {"12abc", "NULL"}, {"nan", "NULL"}, {"infinity", "NULL"}, {"(5", "NULL"}, {"1,2,3", "NULL"}, {"12:30", "NULL"},
	}
	for _, tt := range tests {
		if got, err := eval(t, db, Expr("number("+quote(tt.in)+")"), one); err != nil || got != tt.want {
			t.Errorf("number(%q) = %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
	for in, want := range map[string]string{"1.234": "1234", "1,5": "1.5", "1.234,56 EUR": "1234.56", "1,234.5": "NULL"} {
		if got, err := eval(t, db, Expr("number("+quote(in)+", ',')"), one); err != nil || got != want {
			t.Errorf("number(%q, ',') = %q, %v, want %q", in, got, err, want)
		}
	}
}

func TestTextFunctions(t *testing.T) {
	db := open(t)
	tests := []struct{ in, want string }{
		{"phone('8613800138000')", "13800138000"}, {"phone('138 0013 8000')", "13800138000"}, {"phone('(021) 1234-5678')", "02112345678"}, {"phone('021-12345678转801')", "02112345678"}, {"phone('0086-21-12345678')", "2112345678"},
		{"phone('+1 (212) 555-0100 ext 5')", "+12125550100"}, {"phone('１３８００１３８０００')", "13800138000"}, {"phone('12')", "NULL"},
		{"yes('否')", "false"}, {"yes('Y')", "true"}, {"yes('0')", "false"}, {"yes('maybe')", "NULL"}, {"yes('FALSE')", "false"},
		{"strip_html('a<br>b<script>alert(1)</script>&lt;c&gt;')", "a\nb<c>"}, {"strip_html('1 < 2')", "1 < 2"}, {"strip_html('<div><p>x</p></div>')", "x"}, {"strip_html('&amp;lt;')", "&lt;"},
		{`json_get('{"a b":{"c":"x"}}', 'a b.c')`, "x"}, {`json_get('[{"n":3}]', '0.n')`, "3"}, {`json_get('{"a":1}', 'b')`, "NULL"},
		{"regexp_replace('a.b.c', '[.]', '')", "abc"}, {"trim('　x　')", "x"}, {"split_part('a/b', '/', -1)", "b"}, {"replace('aXb', 'X', '')", "ab"},
		{"cn_date('2026年5月12日')", "2026-05-12 00:00:00"}, {"cn_date('2026年5月12号 晚上8:30')", "2026-05-12 20:30:00"}, {"cn_date('2026年5月')", "2026-05-01 00:00:00"}, {"cn_date('2026年5月12日 14时5分')", "2026-05-12 14:05:00"},
		{"date('12-May-26')", "2026-05-12 00:00:00"}, {"date('2026.05.12 08:00')", "2026-05-12 08:00:00"}, {"date('46154', 'excel')", "2026-05-12 00:00:00"}, {"date('1778544000', 'unix')", "2026-05-12 00:00:00"},
	}
	for _, tt := range tests {
		if got, err := eval(t, db, Expr(tt.in), one); err != nil || got != tt.want {
			t.Errorf("eval(%s) = %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}

func TestCompileErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"", "the expression is empty"}, {"客户名", `there is no column "客户名"; did you mean "客户名称"?`}, {"Won date", `"date" was not expected here; a column name with blanks goes in double quotes`},
		{"a +", "a value was expected here, found the end"}, {"sqrt(a)", `the function "sqrt" is not allowed`}, {"trimm(a)", `did you mean "trim"?`}, {"read_csv('/etc/passwd')", `the function "read_csv" is not allowed`},
		{"(SELECT 1)", "is missing after"}, {"a; DROP TABLE x", `";" means nothing here`}, {"a -- b", `"-- b`}, {"'open", "is never closed"}, {"number（a）", "full-width sign: write ("}, {"金额（元）", "full-width sign"},
		{"loop", "is defined by itself: loop → pool → loop"}, {"trim(a, a, a)", "trim takes other arguments: trim(x)"}, {"regexp_extract(a, a)", "must be written out"}, {"regexp_extract(a, '(')", "can't be read"}, {"regexp_extract(a, '(?P<x>a)')", "named groups"},
		{"regexp_extract(a, 'a', 3)", "has 0 groups"}, {"a IN ()", "is empty"}, {"a NOT = 1", "after NOT"}, {"CASE END", "is a word of the language"}, {"case a end", "CASE needs at least one WHEN"}, {"a::blob", "is no type"}, {"1a", "begins with a digit"},
		{"date(a, 'nonsense')", "means nothing in it"}, {"date('x') + 1", "a time can't be used as a number"}, {"coalesce(1, date('x'))", "are mixed"}, {`""`, "names no column"}, {"lpad(a, 3, '')", "may not be empty"}, {"json_get(a, 'x\"y')", "is not names and numbers"},
		{"1e999", "out of range"}, {Expr0(strings.Repeat("(", 200) + "1" + strings.Repeat(")", 200)), "nested more than"}, {strings.Repeat("a", maxExpr+1), "at most"}, {"a\x00b", "not clean UTF-8"}, {"end", "is a word of the language"},
	}
	for _, tt := range tests {
		_, _, err := Compile(Expr(tt.in), one)
		if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(tt.want, `"-- b`)) {
			t.Errorf("Compile(%s) error = %v, want it to say %s", clip(tt.in, 60), err, tt.want)
		}
	}
	if _, _, err := Compile("file()", Scope{}); err == nil {
		t.Error("Compile(file()) without a file: want an error")
	}
}

func Expr0(s string) string { return s }

func TestColumns(t *testing.T) {
	_, got, err := Compile("twice || 客户名称 || a", one)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "客户名称"}, got); diff != "" {
		t.Errorf("Compile columns (-want +got):\n%s", diff)
	}
	got, err = ColumnsOf("x || double", map[string]Expr{"double": "y * 2"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"x", "y"}, got); diff != "" {
		t.Errorf("ColumnsOf (-want +got):\n%s", diff)
	}
}

func TestTypeOf(t *testing.T) {
	for in, want := range map[Expr]Type{"a": TypeText, "a + 1": TypeNumber, "a = 1": TypeTruth, "date(a)": TypeTime, "NULL": TypeNull, "coalesce(a, 0)": TypeNumber, "double": TypeNumber} {
		if got, err := TypeOf(in, one); err != nil || got != want {
			t.Errorf("TypeOf(%s) = %s, %v, want %s", in, got, err, want)
		}
	}
	s := one
	s.Times = map[string]string{"a": "TIMESTAMP '2026-01-01'"}
	if got, _, err := Compile("year(a)", s); err != nil || !strings.Contains(got, "2026-01-01") {
		t.Errorf("Compile(year(a)) = %s, %v: want the decided time used", got, err)
	}
}

func TestLetsDoNotExplode(t *testing.T) {
	s := Scope{Columns: map[string]string{"a": "c1"}, Let: map[string]Expr{"x0": "a || a"}}
	for i := 1; i < 60; i++ {
		s.Let[fmt.Sprintf("x%d", i)] = Expr(fmt.Sprintf("x%d || x%d", i-1, i-1))
	}
	if _, _, err := Compile("x59", s); err == nil {
		t.Error("Compile(2^59 operands): want an error")
	}
}

// FuzzCompile checks that whatever compiles is one scalar over the one row:
// DuckDB accepts it, gives exactly one value, and nothing else happens.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{"a", "'''; DROP TABLE t; --'", "a || '/*' || a", `"won date" = 'x'`, "CASE a WHEN 1 THEN '$1' ELSE '?' END", "coalesce(a, '$*')", "replace(a, '$2', '$1')", "regexp_extract(a, '(a|b)+?', 1)",
		"json_get(a, 'a.''b')", "date(a, 'D/M/YYYY')", "a IN (1, NULL)", "NULL = NULL", "substr(a, -5e300, 1/0)", "case when null then null end", "E'\\x'", "a::int::date", "lpad(a,999,'ab')", "date(a, '{2026}M月')"} {
		f.Add(s)
	}
	for _, fn := range Functions {
		f.Add(fn.Example)
	}
	db := open(f)
	if _, err := db.Exec("CREATE TABLE t AS SELECT 1 AS x"); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, in string) {
		text, _, err := Text(Expr(in), one)
		if err != nil {
			return
		}
		rows, err := db.Query("SELECT count(*), min(v) FROM (SELECT " + text + " AS v FROM " + oneRow + ") u")
		if err != nil {
			t.Fatalf("Text(%q) = %s, which DuckDB refuses: %v", in, text, err)
		}
		defer rows.Close()
		var n int
		var v sql.NullString
		if !rows.Next() || rows.Scan(&n, &v) != nil || n != 1 || rows.Next() {
			t.Fatalf("Text(%q) = %s gives %d rows, %v", in, text, n, rows.Err())
		}
	})
}
