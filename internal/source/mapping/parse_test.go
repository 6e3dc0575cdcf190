package mapping

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/chanzipu/outfitter/internal/fault"
)

const small1 = `# 销售易
source: xiaoshouyi
zone: Asia/Shanghai
missing: ["?"]
tables:
  - name: deal
    match: {file: "销售机会*.csv", columns: [机会ID]}
    format: {encoding: gb18030, header: 2}
    key: [机会ID]
    dates: {建立时间: YYYY/M/D H:mm}
    let:
      won: 阶段 = '赢单'
    parties:
      - ref: buyer
        kind: account
        namespace: crm.company
        key: 公司ID
        name: 公司全称
    events:
      - verb: deal.created
        ts: 建立时间
        account: buyer
        object: {kind: deal, key: 机会ID}
        amount: number("金额(万元)") * 10000
        currency: "'CNY'"
      - verb: deal.won
        when: won
        ts: 实际成交日
        account: buyer
        required: [amount]
        amount: 1
`

func TestParse(t *testing.T) {
	m, err := Parse([]byte(small1))
	if err != nil {
		t.Fatal(err)
	}
	if got := m.Tables[0].Events[0].Currency; got != "'CNY'" {
		t.Errorf("currency = %q, want 'CNY' in its own quotes", got)
	}
	out, err := m.YAML()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Parse(out)
	if err != nil {
		t.Fatalf("Parse(YAML()): %v\n%s", err, out)
	}
	if diff := cmp.Diff(m, back); diff != "" {
		t.Errorf("Parse(YAML()) (-want +got):\n%s", diff)
	}
}

func TestParseErrors(t *testing.T) {
	edit := func(old, new string) string {
		if !strings.Contains(small1, old) {
			t.Fatalf("the text %q is not in the example", old)
		}
		return strings.Replace(small1, old, new, 1)
	}
	tests := []struct{ name, in, want string }{
		{"empty", " \n", "the file is empty"},
		{"no YAML", "a: [", "line 1"},
		{"unknown field", edit("namespace:", "namespce:"), `line 16, column 9: there is no field "namespce" here; did you mean "namespace"?`},
		{"wrong verb", edit("verb: deal.won", "verb: deal.win"), `line 26, column 15: tables[0].events[1].verb: "deal.win" is no verb of the glossary; did you mean "deal.won"?`},
		{"unknown ref", edit("account: buyer", "account: byer"), `line 22, column 18: tables[0].events[0].account: "byer" is no ref of a party of this table; did you mean "buyer"?`},
		{"wrong kind of ref", edit("account: buyer", "staff: buyer"), `"buyer" is a party of kind account; here one of kind staff is needed`},
		{"syntax in expression", edit("阶段 = '赢单'", "阶段 == '赢单'"), `line 12, column 12: tables[0].let["won"]: at character 5`},
		{"unknown function", edit("number(", "numbr("), `did you mean "number"?`},
		{"bad zone", edit("Asia/Shanghai", "Peking"), `zone: "Peking" is no time zone`},
		{"bad date format", edit("YYYY/M/D H:mm", "year/month"), `line 10, column 19: tables[0].dates["建立时间"]`},
		{"bad kind", edit("kind: account", "kind: acount"), `did you mean "account"?`},
		{"no ts", edit("        ts: 实际成交日\n", ""), "events[1].ts: an expression is needed"},
		{"required", edit("[amount]", "[amont]"), `"amont" is no field of an event; did you mean "amount"?`},
		{"duplicate key", edit("zone:", "source: x\nzone:"), "line 3"},
		{"alias", edit(`missing: ["?"]`, "missing: &a [x]\ntitle: *a"), "anchors and aliases"},
		{"wrong type", edit("key: [机会ID]", "key: {a: b}"), "line 9"},
		{"two documents", small1 + "---\nsource: x\n", "2 YAML documents"},
		{"nested", strings.Repeat("[", 5000), "nested more than"},
		{"nested dashes", strings.Repeat("- ", 5000), "nested more than"},
		{"no tables", "source: x\ntables: []\n", "no table is described"},
		{"null", "null", "mapping is expected"},
		{"a list", "- a", "line 1"},
		{"long line", "source: " + strings.Repeat("x", maxLine), "line 1"},
	}
	for _, tt := range tests {
		_, err := Parse([]byte(tt.in))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Parse error = %v, want it to say %s", tt.name, err, tt.want)
			continue
		}
		if !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("%s: error kind: %v is not invalid", tt.name, err)
		}
		if strings.Count(err.Error(), "\n") > 0 {
			t.Errorf("%s: error has several lines: %q", tt.name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small1))
	f.Add([]byte("source: a\ntables: [{name: b, parties: [{ref: c, kind: staff, namespace: d, key: e}]}]"))
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := Parse(in)
		if err != nil {
			return
		}
		out, err := m.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(out); err != nil {
			t.Errorf("Parse(YAML()): %v\n%s", err, out)
		}
	})
}

func TestMatches(t *testing.T) {
	tests := []struct {
		m           Match
		file, sheet string
		header      []string
		want        bool
	}{
		{Match{}, "a.csv", "", nil, true},
		{Match{File: "*.csv"}, "dir/A.CSV", "", nil, true},
		{Match{File: "商机_*.xlsx"}, "商机_2026.xlsx", "", nil, true},
		{Match{File: "{a,b}*.csv"}, "b1.csv", "", nil, true},
		{Match{File: "{a,b}?.csv"}, "b.csv", "", nil, false},
		{Match{File: "a*b*c"}, "aXbYbZc", "", nil, true},
		{Match{File: "a"}, "b/a", "", nil, true},
		{Match{Sheet: "20??年"}, "x", "2026年", nil, true},
		{Match{Sheet: "20??年"}, "x", "26年", nil, false},
		{Match{Columns: []string{"a", "b"}}, "", "", []string{"b", "c", "a"}, true},
		{Match{Columns: []string{"a", "d"}}, "", "", []string{"b", "c", "a"}, false},
		{Match{File: "{a"}, "{a", "", nil, true},
	}
	for _, tt := range tests {
		if got := tt.m.Matches(tt.file, tt.sheet, tt.header); got != tt.want {
			t.Errorf("%+v.Matches(%q, %q, %q) = %v, want %v", tt.m, tt.file, tt.sheet, tt.header, got, tt.want)
		}
	}
}

// schema compiles the published schema.
func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mapping.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mapping.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSchema(t *testing.T) {
	s := schema(t)
	conforms := func(name string, text []byte) error {
		j, err := yaml.YAMLToJSON(text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return s.Validate(doc)
	}
	files, _ := filepath.Glob("../../../examples/mappings/*.yaml")
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := conforms(f, text); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		if _, err := Parse(text); err != nil {
			t.Errorf("Parse(%s): %v", f, err)
		}
	}
	if err := conforms("small", []byte(small1)); err != nil {
		t.Error(err)
	}
	for _, old := range []string{"namespace", "deal.won", "account", "tables", "ref"} {
		if conforms(old, []byte(strings.Replace(small1, old, old+"x", 1))) == nil {
			t.Errorf("the schema accepts a mapping whose %q is misspelt", old)
		}
	}
	for _, w := range [][]Word{Verbs, Kinds, PartyKinds} {
		for _, v := range w {
			if !strings.Contains(Schema, `"const": "`+v.Name+`"`) {
				t.Errorf("schema.json lacks the word %q", v.Name)
			}
		}
	}
}

func TestGlossary(t *testing.T) {
	text, err := os.ReadFile("../../../GLOSSARY.md")
	if err != nil {
		t.Fatal(err)
	}
	verb := regexp.MustCompile(`^[a-z]+\.[a-z]+$`)
	seen := map[string]bool{}
	for _, words := range [][]Word{Verbs, Kinds, PartyKinds} {
		for _, w := range words {
			if line := "| `" + w.Name + "` | " + w.ZH + " | " + w.EN + " |"; !strings.Contains(string(text), line) {
				t.Errorf("GLOSSARY.md lacks the line\n%s", line)
			}
			if seen[w.Name] {
				t.Errorf("%q stands twice", w.Name)
			}
			seen[w.Name] = true
		}
	}
	for _, v := range Verbs {
		if !verb.MatchString(v.Name) {
			t.Errorf("verb %q is not noun.past", v.Name)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z]+\\.[a-z]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		if !seen[m[1]] {
			t.Errorf("GLOSSARY.md names the verb %q, which the program does not know", m[1])
		}
	}
}
