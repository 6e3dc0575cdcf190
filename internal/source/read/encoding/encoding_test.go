package encoding

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const messy = "../../../../../shared/data/messy"

func sample(t *testing.T, path string) []byte {
	b, err := os.ReadFile(filepath.Join(messy, path))
	if err != nil {
		t.Skipf("test data is not here: %v", err)
	}
	return b
}

// TestCPython decodes the pairs that CPython's own codecs are tested with.
func TestCPython(t *testing.T) {
	tests := map[string]string{"big5.txt": "big5", "gb18030.txt": "gb18030", "gb2312.txt": "gb18030", "gbk.txt": "gb18030", "hz.txt": "hz-gb-2312", "shift_jis.txt": "shift_jis",
		"euc_jp.txt": "euc-jp", "euc_kr.txt": "euc-kr", "iso2022_jp.txt": "iso-2022-jp"}
	dir := filepath.Join(messy, "encodings_cn/cpython_cjk")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("test data is not here: %v", err)
	}
	n := 0
	for name, want := range tests {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		n++
		g := Detect(b, true)
		if g.Name != want {
			t.Errorf("Detect(%s) = %s (%s) %v, want %s", name, g.Name, g.Why, g.Scores, want)
		}
		text, err := os.ReadFile(filepath.Join(dir, strings.TrimSuffix(name, ".txt")+"-utf8.txt"))
		if err != nil {
			continue
		}
		got, err := Decode(b, g.Name)
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("Decode(%s) differs from its pair: %v", name, err)
		}
	}
	t.Logf("%d pairs", n)
}
