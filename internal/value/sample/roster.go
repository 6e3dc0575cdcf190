package sample

import (
	"context"
	"database/sql"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/store"
)

// A roster knows which colleagues are one, and who was in which team when.
type roster struct {
	alias map[string]string // unit → the unit that it is
	stays map[string][]stay
	teams []string
}

// A stay is a time in a team, half-open; a bound of 0 is open.
type stay struct {
	team         string
	since, until int
}

func mapKeys[K comparable, V any](m map[K]V) iter.Seq[K] { return maps.Keys(m) }

func loadRoster(ctx context.Context, db *store.DB) (*roster, error) {
	r := &roster{alias: map[string]string{}, stays: map[string][]stay{}}
	rows, err := db.Facts.Query(ctx, sqlStaff)
	pairs, err := store.Collect(rows, err, func(r *sql.Rows) (p [2]string, err error) { err = r.Scan(&p[0], &p[1]); return p, err })
	if err != nil {
		return nil, err
	}
	byMail := map[string]string{}
	for _, p := range pairs {
		if p[1] == "" {
			continue
		}
		if first, ok := byMail[p[1]]; ok {
			r.join(first, p[0])
		} else {
			byMail[p[1]] = p[0]
		}
	}
	rows, err = db.Facts.Query(ctx, sqlMember)
	type line struct {
		unit, team, source string
		since, until       sql.NullTime
	}
	lines, err := store.Collect(rows, err, func(r *sql.Rows) (l line, err error) {
		err = r.Scan(&l.unit, &l.team, &l.since, &l.until, &l.source)
		return l, err
	})
	if err != nil {
		return nil, err
	}
	named := map[string]bool{}
	for _, l := range lines {
		s := stay{team: l.team}
		// A day's start in the company's zone may lie on the UTC day before.
		if l.since.Valid {
			s.since = dayNumber(l.since.Time.Add(12 * 3600e9))
		}
		if l.until.Valid {
			s.until = dayNumber(l.until.Time.Add(12 * 3600e9))
		}
		unit := r.same(l.unit)
		if !slices.Contains(r.stays[unit], s) {
			r.stays[unit] = append(r.stays[unit], s)
		}
		named[l.team] = true
	}
	for _, all := range r.stays {
		slices.SortStableFunc(all, narrower)
	}
	r.teams = slices.Sorted(maps.Keys(named))
	return r, nil
}

// narrower puts first what says most: a stay that ends before one that
// doesn't, then the later begun.
func narrower(a, b stay) int {
	open := func(u int) int {
		if u == 0 {
			return 1 << 40
		}
		return u
	}
	if c := open(a.until) - open(b.until); c != 0 {
		return c
	}
	if c := b.since - a.since; c != 0 {
		return c
	}
	return strings.Compare(a.team, b.team)
}

func (r *roster) join(a, b string) {
	a, b = r.same(a), r.same(b)
	if a != b {
		r.alias[max(a, b)] = min(a, b)
	}
}

// same is the one unit that stands for a colleague.
func (r *roster) same(unit string) string {
	for {
		next, ok := r.alias[unit]
		if !ok {
			return unit
		}
		unit = next
	}
}

// team is where a colleague was on a day.
func (r *roster) team(unit string, day int) string {
	for _, s := range r.stays[unit] {
		if (s.since == 0 || s.since <= day) && (s.until == 0 || day < s.until) {
			return s.team
		}
	}
	return ""
}

// employed is from when to when a colleague was there; ok is false where the
// roster has no dates.
func (r *roster) employed(unit string) (since, until int, ok bool) {
	for _, s := range r.stays[unit] {
		if s.since == 0 {
			continue
		}
		if !ok || s.since < since {
			since = s.since
		}
		ok = true
		until = max(until, s.until)
	}
	if !ok || until == 0 {
		return since, 0, ok
	}
	for _, s := range r.stays[unit] {
		if s.since >= until && s.until == 0 {
			return since, 0, true // there again after what had ended
		}
	}
	return since, until, true
}

// matches reports whether a team is one of the patterns; none lets all through.
func matches(patterns []string, team string) bool {
	if len(patterns) == 0 {
		return true
	}
	for _, p := range patterns {
		if head, star := strings.CutSuffix(p, "*"); star && strings.HasPrefix(team, head) || p == team {
			return true
		}
	}
	return false
}
