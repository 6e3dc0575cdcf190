package customer

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/linkage/zh"
)

var sqlFamily = pageQueries.Get("family")

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

// parentAttrs are the attributes that sources name a parent in.
var parentAttrs = []string{"parent", "subsidiary_of", "parent_account", "parent_company", "母公司", "上级公司", "上级客户", "所属集团"}

// family looks for the parent and the branches of an account.
func family(ctx context.Context, db *store.DB, p Page) (Family, error) {
	var f Family
	if p.Kind != Account || p.Name == "" {
		return f, nil
	}
	me := zh.ParseCompany(p.Name)
	parent := ""
	for _, a := range parentAttrs {
		for _, g := range p.Fields {
			if parent == "" && g.Name == "attr:"+a {
				parent = g.Value.Value
			}
		}
	}
	brand := me.Brand
	if len([]rune(brand)) < 2 || !zh.IsHan(brand) {
		brand = ""
	}
	a := &args{list: []any{brand, parent}}
	known := []string{p.Name}
	for _, x := range p.Parties {
		known = append(known, x.Key)
	}
	marks := strings.ReplaceAll(a.texts(known), ", ", "), (")
	rows, err := db.Facts.Query(ctx, store.Text(sqlFamily.Name, "WITH asked AS (SELECT name FROM (VALUES ("+marks+")) AS v(name)) "+sqlFamily.Text), a.list...)
	found, err := store.Collect(rows, err, func(r *sql.Rows) (c [5]string, err error) {
		err = r.Scan(&c[0], &c[1], &c[2], &c[3], &c[4])
		return c, err
	})
	if err != nil {
		return f, fmt.Errorf("customer: family of %s: %w", p.ID, err)
	}
	seen := map[string]bool{p.ID: true}
	for _, c := range found {
		entity, name, key, its := c[1], c[2], c[3], c[4]
		if seen[entity] {
			continue
		}
		other := zh.ParseCompany(name)
		branch := brand != "" && other.Core() == me.Core() && other.Core() != ""
		switch {
		case parent != "" && (key == parent || strings.EqualFold(name, parent)):
			f.Parent = &Relation{entity, name, "attr"}
		case its != "" && slices.Contains(known, its):
			f.Branches = append(f.Branches, Relation{entity, name, "attr"})
		case branch && me.Branch != "" && other.Branch == "" && f.Parent == nil:
			f.Parent = &Relation{entity, name, "name"}
		case branch && me.Branch == "" && other.Branch != "":
			f.Branches = append(f.Branches, Relation{entity, name, "name"})
		default:
			continue
		}
		seen[entity] = true
	}
	if f.Parent == nil && parent != "" {
		f.Parent = &Relation{Name: parent, Basis: "attr"}
	}
	return f, nil
}
