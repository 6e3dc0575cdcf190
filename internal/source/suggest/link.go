package suggest

import (
	"cmp"
	"slices"
)

// link finds foreign keys: key-like columns of different tables of which one's
// values are found in the other's.
func link(drafts []*draft) []Link {
	var out []Link
	for _, a := range drafts {
		for _, ca := range a.cols {
			if !ca.linkable() {
				continue
			}
			for _, b := range drafts {
				if a == b {
					continue
				}
				for _, cb := range b.cols {
					if !cb.linkable() || !(cb.unique() || ca.distinct() <= cb.distinct()) {
						continue
					}
					if share, of := ca.sketch.within(cb.sketch); share >= 0.3 && of >= 5 {
						out = append(out, Link{a.at(ca), b.at(cb), share, of})
					}
				}
			}
		}
	}
	slices.SortFunc(out, func(x, y Link) int {
		return cmp.Or(cmp.Compare(y.Share, x.Share), cmp.Compare(x.From, y.From), cmp.Compare(x.To, y.To))
	})
	return out
}

func (d *draft) at(c *column) string { return d.file + "/" + d.table.Name + "/" + c.header }

// linkable leaves out what overlaps by chance: flags, small numbers, dates, prose.
func (c *column) linkable() bool {
	switch c.role {
	case roleKey, roleName, rolePhone, roleEmail, roleTax:
		return c.distinct() >= 5 && c.length >= 3 && !(c.whole > 0.9 && c.length < 5) && c.date < 0.5 && !c.prose()
	}
	return false
}

// namespaces gives each party's key the code list it belongs to: the one of
// the column it links to, the same for the same word, else its own.
func namespaces(source string, drafts []*draft, links []Link) {
	home := map[string]string{} // column → the column whose list it uses
	parent := map[string]string{}
	for _, l := range links {
		if _, ok := parent[l.From]; !ok && l.Share >= 0.5 && parent[l.To] != l.From {
			parent[l.From] = l.To
		}
	}
	for from := range parent {
		to := from
		for range 20 {
			next, ok := parent[to]
			if !ok {
				break
			}
			to = next
		}
		home[from] = to
	}
	list := map[string]string{} // home column → namespace
	taken := map[string]bool{}
	type keyed struct {
		d *draft
		p *party
	}
	var all []keyed
	for _, d := range drafts {
		for _, p := range d.parties {
			all = append(all, keyed{d, p})
		}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { // who owns a list names it
		return cmp.Compare(b2i(b.p.self), b2i(a.p.self))
	})
	for _, k := range all {
		col := k.d.at(k.p.keyCol)
		if h, ok := home[col]; ok {
			col = h
		}
		col = k.p.kind + "|" + col
		if list[col] == "" {
			word := cmp.Or(k.p.label, k.p.kind)
			if k.p.self {
				word = k.p.kind
			}
			ns := source + "." + slug(word)
			if taken[ns] && !sameWord(k.p) {
				ns = source + "." + slug(k.d.name) + "." + slug(word)
			}
			list[col], taken[ns] = ns, true
		}
		k.p.namespace = list[col]
	}
}

// sameWord reports whether a namespace may be shared on the word alone: long
// codes of one header are one list, small numbers are not.
func sameWord(p *party) bool {
	return !(p.keyCol.whole > 0.9 && p.keyCol.length < 5)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
