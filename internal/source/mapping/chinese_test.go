package mapping

import (
	"errors"
	"strings"
	"testing"
)

// TestProblemsInChinese wants every problem of these mappings in both languages.
func TestProblemsInChinese(t *testing.T) {
	const head = "source: crm\ntables:\n  - name: deal\n    parties:\n      - {ref: a, kind: account, namespace: c, key: id}\n"
	for _, tt := range []struct{ yaml, zh string }{
		{"source: crm\ntables: []\n", "没有描述任何表"},
		{strings.Replace(head, "kind: account", "kind: acount", 1), "account"},
		{strings.Replace(head, "key: id", "key: id +", 1), "第 5 个字符处"},
		{strings.Replace(head, "key: id", `key: "nosuch(id)"`, 1), "不允许使用函数"},
		{strings.Replace(head, "key: id", `key: "case when"`, 1), "此处"},
		{head + "    events:\n      - {verb: deal.won, ts: day, person: a}\n", "此处需要 person 类"},
		{head + "    events:\n      - {verb: deal.wonn, ts: day}\n", "deal.won"},
		{head + "    mode: snapshot\n    dates: {d: nonsense}\n", "nonsense"},
		{"source: crm\nzone: Mars/North\n" + strings.TrimPrefix(head, "source: crm\n"), "不是时区"},
		{"source: [\n", "有误"},
	} {
		_, err := Parse([]byte(tt.yaml))
		var all *Error
		if !errors.As(err, &all) {
			t.Errorf("Parse(%q) = %v, want problems", tt.yaml, err)
			continue
		}
		found := false
		for _, p := range all.Problems {
			zh := p.Chinese()
			found = found || strings.Contains(zh, tt.zh)
			if !strings.ContainsFunc(zh, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }) {
				t.Errorf("%q in Chinese is %q", p.Msg, zh)
			}
		}
		if !found {
			t.Errorf("Parse(%q): problems %v, none says %q in Chinese (first: %q)", tt.yaml, all.Problems, tt.zh, all.Problems[0].Chinese())
		}
	}
}
