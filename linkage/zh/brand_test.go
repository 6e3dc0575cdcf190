package zh_test

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"github.com/chanzipu/outfitter/linkage/zh"
)

func TestBrand(t *testing.T) {
	f, err := os.Open("../../../shared/data/er/zh_company_parse/groundtruth.txt")
	if err != nil {
		t.Skipf("labelled company names are absent: %v", err)
	}
	defer f.Close()
	right, all, labelled, found := 0, 0, 0, 0
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		name, want, _ := strings.Cut(strings.TrimSpace(sc.Text()), " ")
		if name == "" {
			continue
		}
		want = zh.Simplify(want)
		all++
		c := zh.ParseCompany(name)
		if want != "" {
			labelled++
			if c.Brand == want {
				found++
			}
		}
		if c.Brand == want {
			right++
		} else {
			t.Logf("%s: brand %q, want %q", name, c.Brand, want)
		}
	}
	t.Logf("%d of %d right; of %d labelled %d found", right, all, labelled, found)
	if right*100 < all*93 {
		t.Errorf("brands: %d of %d right, want at least 93 %%", right, all)
	}
}
