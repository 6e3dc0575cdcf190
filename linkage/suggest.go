package linkage

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/linkage/compare"
	"github.com/chanzipu/outfitter/linkage/field"
	"github.com/chanzipu/outfitter/linkage/profile"
)

// A Suggestion is what Suggest chose, and why.
type Suggestion struct {
	Settings Settings
	Columns  []profile.Column
	Rules    []RuleCost // chosen and rejected, as they were estimated
}

// Suggest profiles the tables' columns and chooses comparisons and blocking
// rules, estimating each rule's pairs before any is compared.
func Suggest(ctx context.Context, tables []*Table, opt Options) (Suggestion, error) {
	rs, err := newRecords(tables)
	if err != nil {
		return Suggestion{}, err
	}
	s, _, err := suggest(ctx, rs, opt)
	return s, err
}

// suggest also returns the engine it tried comparisons with, for the run to go on with.
func suggest(ctx context.Context, rs *records, opt Options) (Suggestion, *engine, error) {
	s := Suggestion{Settings: Settings{Version: 1}, Columns: profileColumns(rs)}
	s.Settings.Comparisons = rs.chooseComparisons(s.Columns)
	if len(s.Settings.Comparisons) == 0 {
		var why []string
		for _, c := range s.Columns {
			why = append(why, fmt.Sprintf("%s: %s", c.Name, c.Reason))
		}
		return s, nil, fmt.Errorf("linkage: no column is of use for comparing (%s): give settings that name comparisons", strings.Join(why, "; "))
	}
	e, err := newEngine(ctx, rs, s.Settings.clone(), opt.Workers)
	if err != nil {
		return s, nil, err
	}
	s.Settings.Blocking, s.Rules, err = e.chooseRules(ctx, s.Columns, opt)
	return s, e, err
}

func profileColumns(rs *records) []profile.Column {
	out := make([]profile.Column, len(rs.names))
	for c, name := range rs.names {
		d := &rs.cols[c]
		missing := make([]bool, len(d.texts))
		distinct := 0
		for i, v := range d.texts {
			missing[i] = compare.IsMissing(v)
			if !missing[i] {
				distinct++
			}
		}
		filled := 0
		for _, code := range d.codes {
			if !missing[code] {
				filled++
			}
		}
		step := max(filled/profile.Sample, 1)
		var values []string
		seen := 0
		for _, code := range d.codes {
			if missing[code] {
				continue
			}
			if seen%step == 0 {
				values = append(values, d.texts[code])
			}
			seen++
		}
		out[c] = profile.Of(name, values, rs.len(), filled, distinct)
	}
	return out
}

// chooseComparisons makes one comparison of each useful column, one of all
// parts of a person's name, and none of a column that another one contains.
func (rs *records) chooseComparisons(cols []profile.Column) []Comparison {
	var out []Comparison
	used := rs.redundant(cols)
	var person, places []string
	personAt := -1
	for i, c := range cols {
		switch {
		case c.Kind == "" || used[i]:
		case c.Kind == field.Person && c.Role != "":
			if personAt < 0 {
				personAt = len(out)
				out = append(out, Comparison{Name: "name", Kind: field.Person})
			}
			person = append(person, c.Name)
		case c.Kind == field.Place && c.Role != "":
			places = append(places, c.Name)
		default:
			out = append(out, Comparison{Name: c.Name, Columns: []string{c.Name}, Kind: c.Kind})
		}
	}
	if personAt >= 0 {
		out[personAt].Columns = person
	}
	if len(places) == 2 {
		out = append(out, Comparison{Name: "place", Columns: places, Kind: field.Place})
	}
	return rs.fit(out, cols)
}

// redundant marks the columns whose content another one holds as well.
func (rs *records) redundant(cols []profile.Column) []bool {
	used := make([]bool, len(cols))
	for i, a := range cols {
		for j, b := range cols {
			if i == j || used[i] || used[j] || a.Kind == "" || b.Kind == "" || a.Kind == field.Exact || b.Kind == field.Exact {
				continue
			}
			if rs.holds(j, i) && (!rs.holds(i, j) || j < i) {
				used[i] = true
			}
		}
	}
	return used
}

// holds reports whether column outer contains the words of column inner in
// nearly all records that have the latter.
func (rs *records) holds(outer, inner int) bool {
	seen, held := 0, 0
	step := max(rs.len()/derivedSample, 1)
	for rec := 0; rec < rs.len(); rec += step {
		x := strings.Fields(compare.Fold(rs.value(uint32(rec), inner)))
		if len(x) == 0 {
			continue
		}
		y := strings.Fields(compare.Fold(rs.value(uint32(rec), outer)))
		seen++
		if compare.Overlap(x, y) == compare.Overlap(x, x) {
			held++
		}
	}
	return seen > 10 && held*20 >= seen*19
}

// fit drops the least telling comparisons until all levels fit one pattern.
func (rs *records) fit(cs []Comparison, cols []profile.Column) []Comparison {
	worth := func(c Comparison) float64 {
		w := 0.0
		for _, name := range c.Columns {
			p := cols[rs.column(name)]
			w += p.Filled * math.Log2(float64(p.Distinct)+1)
		}
		return w
	}
	for len(cs) > 0 {
		size := 1.0
		for _, c := range cs {
			f, err := field.New(c.Kind, c.Levels)
			if err == nil {
				size *= float64(len(f.Labels()) + 1)
			}
		}
		if size <= 1<<32 {
			break
		}
		least := 0
		for i := range cs {
			if worth(cs[i]) < worth(cs[least]) {
				least = i
			}
		}
		cs = slices.Delete(cs, least, least+1)
	}
	return cs
}

// takesFor lists what rules may take from a column: alone, and beside others.
func takesFor(c profile.Column) (alone, beside []string) {
	switch c.Kind {
	case field.Person:
		switch c.Role {
		case profile.Given, profile.Middle:
			return []string{""}, []string{"", "petname", "soundex", "prefix2"}
		case profile.Surname:
			return []string{"", "skeleton"}, []string{"", "soundex", "prefix3"}
		}
		return []string{"sorted", "word", "pinyin"}, []string{"first", "last", "word", "pinyin"}
	case field.Company:
		return []string{"", "word", "brand", "sound"}, []string{"first", "word", "prefix4", "brand", "sound"}
	case field.Tokens:
		return []string{"", "rare"}, []string{"first", "rare", "prefix6"}
	case field.Address:
		return []string{"", "word", "road"}, []string{"prefix6", "word", "road", "city"}
	case field.Date:
		return []string{"date"}, []string{"date", "month", "year", "monthday"}
	case field.ZhID:
		return []string{"zhid", "suffix4"}, []string{"zhid", "prefix6", "suffix4"}
	case field.ZhUSCC:
		return []string{"uscc", "prefix6", "suffix4"}, []string{"uscc", "prefix6", "suffix4"}
	case field.Code:
		return []string{"", "prefix6", "suffix4"}, []string{"", "prefix3", "prefix4", "suffix4"}
	case field.Phone:
		return []string{"phone"}, []string{"phone"}
	case field.Email:
		return []string{"", "user"}, []string{"user", "prefix4"}
	case field.Text:
		return []string{""}, []string{"", "prefix4", "soundex"}
	case field.List:
		return []string{"item"}, []string{"item"}
	case field.Number:
		return []string{""}, []string{""}
	case field.Exact:
		return nil, []string{""}
	}
	return nil, nil
}
