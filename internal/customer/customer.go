// Package customer shows one customer from every system at once: who it is,
// all that happened, what is open, what it is like, who looks after it.
//
// A customer is an entity of kind account or person (package identity); its
// events are those of all its parties. Two facts surprise. A page is one scan:
// every section of it is cut from the same few rows, so its cost is that of
// finding them. And a trait's past is computed, not stored: what it was at a
// month's end follows from the events before it, also those that came late.
//
// Owns trait and trait_batch in the facts, customer_trait, customer_handover
// and customer_handover_item in the state.
package customer

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

//go:embed migration/*.sql
var migrations embed.FS

func init() {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err)
	}
	migrate.Add("customer", sub)
}

// The kinds of entity that are customers.
const (
	Account = "account"
	Person  = "person"
)

// Kinds are the kinds of customers.
var Kinds = []string{Account, Person}

// An Entity is a customer with its parties.
type Entity struct {
	ID      string
	Kind    string
	Parties []fact.Party

	places map[string][]spot // of a person's party: where its events stand; nil = not known
}

// A spot is the account that some of a person's events stand under ("" =
// none), and their days.
type spot struct {
	account      string
	since, until time.Time
}

// Find returns the customer of that id: an entity's or one of its parties'.
func Find(ctx context.Context, db *store.DB, id string) (Entity, error) {
	if !isID(id) {
		return Entity{}, noCustomer(id)
	}
	of, err := identity.Of(ctx, db, id)
	if err != nil {
		return Entity{}, err
	}
	parties, err := identity.Parties(ctx, db, of)
	if err != nil {
		return Entity{}, err
	}
	if len(parties) == 0 || parties[0].Kind != Account && parties[0].Kind != Person {
		return Entity{}, noCustomer(id)
	}
	e := Entity{ID: string(of), Kind: parties[0].Kind, Parties: parties}
	return e, e.locate(ctx, db)
}

// locate finds which accounts a person's events stand under, so that they are
// found where DuckDB keeps events sorted by account. Too many, or a batch that
// the pairs don't know yet: then the whole table is read.
func (e *Entity) locate(ctx context.Context, db *store.DB) error {
	if e.Kind != Person || db.Facts.Engine != store.DuckDB || len(e.Parties) > 20 {
		return nil
	}
	fresh, err := Fresh(ctx, db)
	if err != nil || !fresh {
		return err
	}
	found := map[string][]spot{}
	for _, id := range e.ids() {
		rows, err := db.Facts.Query(ctx, sqlPairsGet, id)
		list, err := store.Collect(rows, err, func(r *sql.Rows) (p spot, err error) { err = r.Scan(&p.account, &p.since, &p.until); return p, err })
		if err != nil {
			return fmt.Errorf("customer: accounts of %s: %w", id, err)
		}
		if len(list) > 30 {
			return nil
		}
		found[id] = list
	}
	e.places = found
	return nil
}

func noCustomer(id string) error {
	return fault.New(fault.ErrNotFound, "customer.none", fmt.Sprintf("There is no customer %q. Search for it by name, or open it from a list.", id),
		fmt.Sprintf("没有客户 %q。请按名称搜索，或从列表中打开。", id))
}

// ids are the entity's party ids.
func (e Entity) ids() []string {
	out := make([]string, len(e.Parties))
	for i, p := range e.Parties {
		out[i] = p.ID
	}
	return out
}

// args collects the parameters of a query that is put together.
type args struct{ list []any }

// add returns the mark of a further parameter.
func (a *args) add(v any) string {
	a.list = append(a.list, v)
	return "$" + strconv.Itoa(len(a.list))
}

// uuids writes a list of ids as parameters.
func (a *args) uuids(ids []string) string {
	marks := make([]string, len(ids))
	for i, id := range ids {
		marks[i] = a.add(id) + "::UUID"
	}
	return strings.Join(marks, ", ")
}

// rows selects the columns (of v) of the customer's events: one branch per
// party, as the engine skips what is sorted elsewhere for = but not for IN.
func (e Entity) rows(a *args, columns string) string {
	ids, column := e.ids(), "v."+e.Kind
	if len(ids) > 40 {
		return "SELECT " + columns + " FROM event v WHERE " + column + " IN (" + a.uuids(ids) + ")"
	}
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = "SELECT " + columns + " FROM event v WHERE " + column + " = " + a.uuids([]string{id})
		if spots, ok := e.places[id]; ok {
			one := parts[i]
			if len(spots) == 0 {
				parts[i] += " AND FALSE"
			}
			for n, p := range spots {
				branch := one + " AND v.day >= " + date(p.since) + " AND v.day <= " + date(p.until)
				if p.account == "" {
					branch += " AND v.account IS NULL"
				} else {
					branch += " AND v.account = " + a.uuids([]string{p.account})
				}
				if n == 0 {
					parts[i] = branch
				} else {
					parts[i] += " UNION ALL " + branch
				}
			}
		}
	}
	return strings.Join(parts, " UNION ALL ")
}

// texts writes a list of texts as parameters.
func (a *args) texts(words []string) string {
	marks := make([]string, len(words))
	for i, w := range words {
		marks[i] = a.add(w) + "::TEXT"
	}
	return strings.Join(marks, ", ")
}

// EventRows selects the customer's events with the columns that rules and
// traits read; the ids are appended to args.
func (e Entity) EventRows(list *[]any) string {
	a := &args{list: *list}
	text := e.rows(a, columns+", v.row_no, v.loaded_at")
	*list = a.list
	return text
}
