package reporttest

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"
	"testing"
)

// CheckOffice fails unless an Office file is whole: every part well formed,
// every relationship leading to a part, no relationship id used without one.
func CheckOffice(t *testing.T, file []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string]string{}
	for _, e := range z.File {
		r, err := e.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := parts[e.Name]; twice {
			t.Errorf("%s is there twice", e.Name)
		}
		parts[e.Name] = string(b)
	}
	for name, body := range parts {
		if !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels") {
			continue
		}
		dec := xml.NewDecoder(strings.NewReader(body))
		for {
			if _, err := dec.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
		if strings.HasSuffix(name, ".rels") {
			checkRels(t, name, body, parts)
		}
	}
	return parts
}

func checkRels(t *testing.T, name, body string, parts map[string]string) {
	t.Helper()
	var rels struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
			Mode   string `xml:"TargetMode,attr"`
		} `xml:"Relationship"`
	}
	if err := xml.Unmarshal([]byte(body), &rels); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	owner := strings.TrimSuffix(strings.Replace(name, "_rels/", "", 1), ".rels")
	ids := map[string]bool{}
	for _, r := range rels.List {
		if ids[r.ID] {
			t.Errorf("%s: %s is used twice", name, r.ID)
		}
		ids[r.ID] = true
		to := strings.TrimPrefix(r.Target, "/")
		if !strings.HasPrefix(r.Target, "/") {
			to = path.Join(path.Dir(owner), r.Target)
		}
		if _, ok := parts[to]; !ok && r.Mode != "External" {
			t.Errorf("%s: %s leads to %s, which is not there", name, r.ID, to)
		}
	}
	for _, at := range []string{`r:id="`, `r:embed="`} {
		for _, rest := range strings.Split(parts[owner], at)[1:] {
			if id, _, _ := strings.Cut(rest, `"`); !ids[id] {
				t.Errorf("%s uses %s, which has no relationship", owner, id)
			}
		}
	}
}
