package encoding

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

const messy = "../../../../../shared/data/messy"

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

func TestDetect(t *testing.T) {
	texts := map[string]string{
		"gb18030":      "编号,客户,城市\n1,北京某某科技有限公司,海淀\n2,上海贸易,浦东\n",
		"big5":         "編號,客戶,城市\n1,台北科技公司,內湖\n2,高雄貿易,左營\n",
		"shift_jis":    "番号,顧客,都市\n1,株式会社テスト,東京\n2,さくら商事,大阪\n",
		"euc-kr":       "번호,고객,도시\n1,서울 상사,서울\n2,부산 무역,부산\n",
		"windows-1252": "name,city\nJosé Álvarez,São Paulo\nMüller,Köln\nFrançois,Orléans\n",
		"windows-1251": "имя,город\nИван Петров,Москва\nАнна Смирнова,Казань\n",
		"utf-16le":     "编号,客户\n1,北京\n", "utf-16be": "编号,客户\n1,北京\n", "utf-32le": "id,客户\n1,北京\n", "utf-32be": "id,客户\n1,北京\n",
		"utf-8": "编号,客户\n1,北京\n", "euc-jp": "番号,顧客,都市\n1,株式会社テスト,東京\n2,さくら商事,大阪\n",
	}
	for name, text := range texts {
		b := []byte(text)
		if name != UTF8 {
			var err error
			if b, err = lookup(name).NewEncoder().Bytes(b); err != nil {
				t.Fatal(err)
			}
		}
		g := Detect(b, true)
		if g.Name != name {
			t.Errorf("Detect(%s text) = %s: %s %v", name, g.Name, g.Why, g.Scores)
			continue
		}
		if got, err := Decode(b, g.Name); err != nil || string(got) != text {
			t.Errorf("Decode(%s) = %q, %v, want %q", name, got, err, text)
		}
	}
	short := map[string]string{"姓名\n": "gb18030", "客户,金额\n": "gb18030", "合计\n": "gb18030", "张三,男\n": "gb18030", "客戶,金額\n": "big5", "café\n": "windows-1252"}
	for text, name := range short {
		b, err := lookup(name).NewEncoder().Bytes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if g := Detect(b, true); g.Name != name {
			t.Errorf("Detect(%q in %s) = %s: %s %v", text, name, g.Name, g.Why, g.Scores)
		}
	}
}

// FuzzDetect checks that any bytes are given an encoding whose decoding ends,
// and that what is undecodable shows as 0xFF alone.
func FuzzDetect(f *testing.F) {
	f.Add([]byte("a,b\n\xd6\xd0,1\n"))
	f.Add([]byte("\xff\xfea\x00"))
	f.Add([]byte("\x84\x31\xa4\x37"))
	f.Fuzz(func(t *testing.T, b []byte) {
		g := Detect(b, true)
		out, err := Decode(b[g.BOM:], g.Name)
		if err != nil {
			t.Fatalf("Decode(%x, %s): %v", b, g.Name, err)
		}
		if g.Name != UTF8 && !utf8.Valid(bytes.ReplaceAll(out, []byte{0xff}, nil)) {
			t.Fatalf("Decode(%x, %s) = %x", b, g.Name, out)
		}
	})
}
