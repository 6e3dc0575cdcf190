package fact

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"strings"

	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed party.sql
var partyFile string

var (
	partyQueries    = store.Load("fact.party", partyFile)
	sqlTouchedDrop  = partyQueries.Get("touched-drop")
	sqlTouchedStage = partyQueries.Get("touched-stage")
	sqlTouchedAll   = partyQueries.Get("touched-all")
	sqlTouchedBatch = partyQueries.Get("touched-batch")
	sqlPartyForget  = partyQueries.Get("forget")
	sqlPartyMerge   = partyQueries.Get("merge")
	sqlPartyFresh   = partyQueries.Get("take-fresh")
	sqlPartyTwice   = partyQueries.Get("twice")
	sqlParty        = partyQueries.Get("get")
	sqlPartiesOfRow = partyQueries.Get("of-row")
	sqlPartySearch  = partyQueries.Get("search")
	sqlPartyPlain   = partyQueries.Get("search-plain")
	sqlLinks        = partyQueries.Get("links")
	sqlLinksObject  = partyQueries.Get("links-object")
	sqlLinksField   = partyQueries.Get("links-field")
)

// A Party is a person, account or staff member as one source knows it.
type Party struct {
	ID        string `json:"id"`
	Source    string `json:"source"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Key       string `json:"key"`
	Name      string `json:"name,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Email     string `json:"email,omitempty"`
	TaxNo     string `json:"tax_no,omitempty"`
	Address   string `json:"address,omitempty"`
	City      string `json:"city,omitempty"`
	Title     string `json:"title,omitempty"`
	Company   string `json:"company,omitempty"`
	Attrs     string `json:"attrs,omitempty"` // JSON
	Batch     string `json:"batch"`
	Row       int64  `json:"row"`
}

func scanParty(r interface{ Scan(...any) error }) (p Party, err error) {
	err = r.Scan(&p.ID, &p.Source, &p.Kind, &p.Namespace, &p.Key, &p.Name, &p.Phone, &p.Email, &p.TaxNo,
		&p.Address, &p.City, &p.Title, &p.Company, &p.Attrs, &p.Batch, &p.Row)
	return p, err
}

// ScanParty reads a party whose columns come in the order of this package's
// queries, for packages with views of their own.
func ScanParty(r interface{ Scan(...any) error }) (Party, error) { return scanParty(r) }

// mergeStaged makes the parties that a commit touched anew: those in touched.
func mergeStaged(ctx context.Context, tx *store.Tx, fresh bool) error {
	if fresh {
		var twice int64
		if err := tx.QueryRow(ctx, sqlPartyTwice).Scan(&twice); err != nil {
			return fmt.Errorf("fact: parties: %w", err)
		}
		if twice == 0 {
			return runSteps(ctx, tx, []step{{sqlPartyFresh, nil}, {sqlTouchedDrop, nil}})
		}
	}
	return runSteps(ctx, tx, []step{{sqlPartyForget, nil}, {sqlPartyMerge, nil}, {sqlTouchedDrop, nil}})
}

// GetParty returns one party.
func GetParty(ctx context.Context, db *store.DB, id string) (Party, error) {
	p, err := scanParty(db.Facts.QueryRow(ctx, sqlParty, id))
	if err == sql.ErrNoRows {
		return p, notFound("party", id)
	}
	return p, err
}

// PartiesOfRow returns what one original row says of parties.
func PartiesOfRow(ctx context.Context, db *store.DB, batch string, row int64) ([]Party, error) {
	rows, err := db.Facts.Query(ctx, sqlPartiesOfRow, batch, row)
	return store.Collect(rows, err, func(r *sql.Rows) (Party, error) { return scanParty(r) })
}

// SearchParties finds parties whose name contains text or whose key is text.
func SearchParties(ctx context.Context, db *store.DB, text, kind string, limit int) ([]Party, error) {
	like := "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(strings.ToLower(text)) + "%"
	q := sqlPartySearch
	if strings.ToLower(text) == strings.ToUpper(text) {
		q = sqlPartyPlain
	}
	rows, err := db.Facts.Query(ctx, q, like, text, limit, kind)
	return store.Collect(rows, err, func(r *sql.Rows) (Party, error) { return scanParty(r) })
}

// A Link says how much of one source another one knows too.
type Link struct {
	From    string  `json:"from"`
	To      string  `json:"to"`
	By      string  `json:"by"` // "person:mql" (key), "deal" (object key), "account.phone"
	Matched int64   `json:"matched"`
	Total   int64   `json:"total"`
	Share   float64 `json:"share"`
}

// Links counts what the source shares with every other: party keys, objects,
// and exact phones, mails, tax numbers and names. It resolves nobody.
func Links(ctx context.Context, db *store.DB, source string) ([]Link, error) {
	var out []Link
	for _, q := range []store.SQL{sqlLinks, sqlLinksObject, sqlLinksField} {
		rows, err := db.Facts.Query(ctx, q, source)
		links, err := store.Collect(rows, err, func(r *sql.Rows) (l Link, err error) {
			err = r.Scan(&l.From, &l.To, &l.By, &l.Matched, &l.Total)
			l.Share = float64(l.Matched) / float64(max(l.Total, 1))
			return l, err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, links...)
	}
	return out, nil
}
