package sample

import (
	"context"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/value/claim"
)

// A grant is access from a day to another; until 0 = still.
type grant struct {
	team, unit   string // of a team's people, or of one unit
	since, until int
	ref          claim.RowRef
}

// grants are who got what when.
type grants []grant

// earliest is the first day of any grant.
func (all grants) earliest() (day int, ok bool) {
	for _, x := range all {
		if !ok || x.since < day {
			day, ok = x.since, true
		}
	}
	return day, ok
}

// ofTeam are a team's own.
func (all grants) ofTeam(team string) (out grants) {
	for _, x := range all {
		if x.team == team && team != "" {
			out = append(out, x)
		}
	}
	return out
}

// ofStaff are a colleague's: given to the person, or to a team while the
// person was in it. What somebody got through a team stays when she moves.
func (all grants) ofStaff(r *roster, unit string) (out grants) {
	for _, x := range all {
		if x.unit != "" {
			if x.unit == unit {
				out = append(out, x)
			}
			continue
		}
		best := grant{}
		for _, s := range r.stays[unit] {
			if s.team != x.team || s.until != 0 && s.until <= x.since || x.until != 0 && s.since >= x.until {
				continue
			}
			y := x
			y.since = max(x.since, s.since)
			if r.team(unit, y.since) != x.team {
				continue // the roster knows better for that day
			}
			if best.since == 0 || y.since < best.since {
				best = y
			}
		}
		if best.since != 0 {
			out = append(out, best)
		}
	}
	slices.SortStableFunc(out, func(a, b grant) int { return a.since - b.since })
	return out
}

// on reports whether any holds on the day.
func (all grants) on(day int) bool {
	return slices.ContainsFunc(all, func(x grant) bool { return x.since <= day && (x.until == 0 || day < x.until) })
}

// grants reads the exposure's events.
func (g *gatherer) grants(ctx context.Context) (grants, error) {
	x := g.c.Exposure
	switch x.Kind {
	case claim.Access:
		return g.accesses(ctx)
	case claim.Launch:
		return g.launches(ctx)
	case claim.Use:
		return g.uses(ctx)
	case claim.Dates:
		var out grants
		for _, d := range x.Dates {
			since, _ := dayOf(d.Since) // checked when the claim was read
			until, _ := dayOf(d.Until)
			out = append(out, grant{team: d.Team, unit: g.staff.same(d.Unit), since: since, until: until})
		}
		return out, nil
	}
	return nil, nil
}

// accesses pairs shovel.enabled with shovel.disabled.
func (g *gatherer) accesses(ctx context.Context) (out grants, err error) {
	s := selection{verbs: []string{"shovel.enabled", "shovel.disabled"}, where: g.c.Exposure.Where, attrs: []string{"team", "scope"}}
	if g.c.Exposure.Shovel != "" {
		s.objects = []string{g.c.Exposure.Shovel}
	}
	err = g.events(ctx, s, func(h happening) {
		one := grant{unit: h.staff, since: h.day, ref: h.ref}
		if h.staff == "" || h.attrs["scope"] == "团队" || h.attrs["scope"] == "team" {
			one = grant{team: h.attrs["team"], since: h.day, ref: h.ref}
		}
		if h.verb == "shovel.enabled" {
			out = append(out, one)
			return
		}
		for i := range out {
			if out[i].team == one.team && out[i].unit == one.unit && out[i].until == 0 {
				out[i].until = h.day
			}
		}
	})
	return out, err
}

// launches reads the work book: what went live for which teams, and when.
func (g *gatherer) launches(ctx context.Context) (out grants, err error) {
	s := selection{verbs: []string{"work.launched", "work.stopped"}, where: g.c.Exposure.Where, attrs: []string{"teams", "team", "for"}}
	if g.c.Exposure.Shovel != "" {
		s.objects = []string{g.c.Exposure.Shovel}
	}
	err = g.events(ctx, s, func(h happening) {
		list := h.attrs["teams"]
		if list == "" {
			list = h.attrs["team"]
		}
		if everybody(list) {
			for _, name := range g.staff.teams {
				out = launch(out, h, name)
			}
			return
		}
		for _, team := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune("、,，;；/|\n", r) }) {
			for _, name := range g.staff.named(strings.TrimSpace(team)) {
				out = launch(out, h, name)
			}
		}
	})
	return out, err
}

// everybody reports whether a work book's cell means all teams.
func everybody(list string) bool {
	list = strings.ToLower(strings.TrimSpace(list))
	return list == "" || list == "all" || list == "everybody" || strings.HasPrefix(list, "全")
}

// launch begins a team's access, or ends it.
func launch(out grants, h happening, team string) grants {
	if h.verb == "work.launched" {
		return append(out, grant{team: team, since: h.day, ref: h.ref})
	}
	for i := range out {
		if out[i].team == team && out[i].until == 0 {
			out[i].until = h.day
		}
	}
	return out
}

// named are the teams that a word in a work book means: the team of that
// name, or all whose name begins with it; else the word itself.
func (r *roster) named(word string) (out []string) {
	if slices.Contains(r.teams, word) {
		return []string{word}
	}
	for _, t := range r.teams {
		if word != "" && strings.HasPrefix(t, word) {
			out = append(out, t)
		}
	}
	if len(out) == 0 && word != "" {
		out = []string{word}
	}
	return out
}

// uses are the first uses of each unit.
func (g *gatherer) uses(ctx context.Context) (out grants, err error) {
	s := selection{verbs: []string{"shovel.used"}, where: g.c.Exposure.Where, until: g.c.Window.Until}
	if len(g.c.Exposure.Verbs) > 0 {
		s.verbs = g.c.Exposure.Verbs // a mailing, a first visit
	}
	if g.c.Exposure.Shovel != "" {
		s.objects = []string{g.c.Exposure.Shovel}
	}
	seen := map[string]bool{}
	err = g.events(ctx, s, func(h happening) {
		one := grant{unit: h.staff, since: h.day, ref: h.ref}
		switch g.c.Unit {
		case claim.Team:
			one.team, one.unit = g.staff.team(h.staff, h.day), ""
		case claim.Account:
			one.unit = h.account
		case claim.Person:
			one.unit = h.person
		}
		if key := one.team + "\x1f" + one.unit; key != "\x1f" && !seen[key] {
			seen[key] = true
			out = append(out, one)
		}
	})
	return out, err
}

// of are the grants of a unit of the claim.
func (g *gatherer) of(all grants, unit string) grants {
	switch g.c.Unit {
	case claim.Staff:
		return all.ofStaff(g.staff, unit)
	case claim.Team:
		return all.ofTeam(unit)
	}
	var out grants
	for _, x := range all {
		if x.unit == unit {
			out = append(out, x)
		}
	}
	return out
}
