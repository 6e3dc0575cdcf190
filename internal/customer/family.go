package customer

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/linkage/zh"
)

var (
	sqlFamily      = pageQueries.Get("family")
	sqlCompanies   = pageQueries.Get("companies")
	sqlFamilyClear = pageQueries.Get("family-clear")
	sqlFamilyAdd   = pageQueries.Get("family-add")
)

// A Relation is a company of the same family.
type Relation struct {
	Entity string // "" = it is not known here
	Name   string
	Basis  string // name, or attr: the name says so, or an attribute that names the parent
}

// A Family is where an account stands among companies: from an attribute that
// names the parent, or from the names where one is a branch of the other.
type Family struct {
	Parent   *Relation
	Branches []Relation
}

// family reads the parent and the branches of an account.
func family(ctx context.Context, db *store.DB, p Entity) (Family, error) {
	var f Family
	if p.Kind != Account {
		return f, nil
	}
	rows, err := db.Facts.Query(ctx, sqlFamily, p.ID)
	_, err = store.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var entity, parent, name, own, basis string
		err := r.Scan(&entity, &parent, &name, &own, &basis)
		if entity == p.ID {
			f.Parent = &Relation{parent, name, basis}
		} else {
			f.Branches = append(f.Branches, Relation{entity, own, basis})
		}
		return struct{}{}, err
	})
	if err != nil {
		return f, fmt.Errorf("customer: family of %s: %w", p.ID, err)
	}
	return f, nil
}

// A company is an account with what may tell its parent.
type company struct{ party, entity, source, key, name, parent string }

// A descent says who an account's parent is.
type descent struct {
	entity, parent   string // parent "" = not known here
	name, own, basis string
}

// refreshFamilies finds the parents of all accounts anew.
func refreshFamilies(ctx context.Context, tx *store.Tx) error {
	rows, err := tx.Query(ctx, sqlCompanies)
	all, err := store.Collect(rows, err, func(r *sql.Rows) (c company, err error) {
		err = r.Scan(&c.party, &c.entity, &c.source, &c.key, &c.name, &c.parent)
		return c, err
	})
	if err != nil {
		return err
	}
	if err := steps(ctx, tx, sqlFamilyClear); err != nil {
		return err
	}
	for _, d := range descents(all) {
		var parent any
		if d.parent != "" {
			parent = d.parent
		}
		if _, err := tx.Exec(ctx, sqlFamilyAdd, d.entity, parent, d.name, d.own, d.basis); err != nil {
			return err
		}
	}
	return nil
}

// descents finds at most one parent per account: whom an attribute names, by
// name or by its source's key; else, of a name that is a branch's, the account
// whose whole name begins it.
func descents(all []company) []descent {
	byKey, byName := map[[2]string]company{}, map[string]company{}
	for _, c := range all {
		byKey[[2]string{c.source, c.key}] = c
		if k := zh.CompanyKey(c.name); k != "" {
			if _, there := byName[k]; !there {
				byName[k] = c
			}
		}
	}
	var out []descent
	seen := map[string]bool{}
	for _, c := range all {
		if seen[c.entity] {
			continue
		}
		d := descent{entity: c.entity, own: c.name, name: c.parent, basis: "attr"}
		found, ok := byKey[[2]string{c.source, c.parent}]
		if !ok {
			found, ok = byName[zh.CompanyKey(c.parent)]
		}
		if c.parent == "" {
			found, ok = headOf(c.name, byName)
			d.basis = "name"
		}
		switch {
		case ok && found.entity != c.entity:
			d.parent, d.name = found.entity, found.name
			if d.name == "" {
				d.name = found.key
			}
		case ok || c.parent == "":
			continue
		}
		if d.own == "" {
			d.own = c.key
		}
		seen[c.entity] = true
		out = append(out, d)
	}
	return out
}

// headOf is the company whose branch the name is.
func headOf(name string, byName map[string]company) (company, bool) {
	if !strings.Contains(name, "公司") || zh.ParseCompany(name).Branch == "" {
		return company{}, false
	}
	key := zh.CompanyKey(name)
	for i := strings.Index(key, "公司"); i >= 0; {
		if c, ok := byName[key[:i+len("公司")]]; ok {
			return c, true
		}
		next := strings.Index(key[i+1:], "公司")
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return company{}, false
}
