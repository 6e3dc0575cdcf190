package bundle

import (
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"github.com/chanzipu/outfitter/internal/value/claim"
)

// numeric columns of a sample, beside covariates: they stay as they are. Days
// and periods are kept because the estimate needs their order and distance.
var kept = map[string]bool{"period": true, "first": true, "treated": true, "outcome": true, "ended": true, "day": true, "follow": true, "before": true}

// Redraw replaces every id and every text of a sample by codes drawn at random
// for this bundle. The codes sort as what they stand for, because estimators
// number units in order and some draw by that number; beyond the order, which
// keyed ids give nobody, nothing of the original is left.
func Redraw(s claim.Sample) (claim.Sample, error) {
	lines, err := csv.NewReader(bytes.NewReader(s.CSV)).ReadAll()
	if err != nil || len(lines) == 0 {
		return s, fmt.Errorf("bundle: sample: %w", err)
	}
	about := s.About
	codes := map[string]map[string]string{}
	for i, name := range lines[0] {
		if kept[name] || numbers(lines[1:], i) && name != "unit" && name != "cluster" && name != "stratum" {
			continue
		}
		values := map[string]bool{}
		for _, l := range lines[1:] {
			values[l[i]] = true
		}
		if name == "cluster" {
			for c := range about.First {
				values[c] = true
			}
		}
		if codes[name], err = draw(name[:1], values); err != nil {
			return s, err
		}
		for _, l := range lines[1:] {
			l[i] = codes[name][l[i]]
		}
	}
	if len(about.First) > 0 {
		first := map[string]string{}
		for c, day := range about.First {
			if code := codes["cluster"][c]; code != "" {
				first[code] = day
			}
		}
		about.First = first
	}
	about.Why = slices.Clone(about.Why)
	for i := range about.Why {
		about.Why[i].Text = claim.Text{}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(lines); err != nil {
		return s, fmt.Errorf("bundle: sample: %w", err)
	}
	return claim.Sample{CSV: b.Bytes(), About: about}, nil
}

func numbers(lines [][]string, col int) bool {
	for _, l := range lines {
		if l[col] == "" {
			continue
		}
		if _, err := strconv.ParseFloat(l[col], 64); err != nil {
			return false
		}
	}
	return true
}

// draw gives each value a random code; codes sort as the values do. The empty
// value stays empty: it means that there is none.
func draw(prefix string, values map[string]bool) (map[string]string, error) {
	sorted := make([]string, 0, len(values))
	for v := range values {
		if v != "" {
			sorted = append(sorted, v)
		}
	}
	slices.Sort(sorted)
	drawn := map[string]bool{}
	for len(drawn) < len(sorted) {
		var b [8]byte
		if _, err := rand.Read(b[:]); err != nil {
			return nil, fmt.Errorf("bundle: %w", err)
		}
		drawn[prefix+hex.EncodeToString(b[:])] = true
	}
	codes := make([]string, 0, len(drawn))
	for c := range drawn {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	out := map[string]string{"": ""}
	for i, v := range sorted {
		out[v] = codes[i]
	}
	return out, nil
}
