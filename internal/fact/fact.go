// Package fact keeps what happened: events, what each source knows of its
// parties, memberships, and the batches they came in.
//
// Two facts surprise. A fact has versions: the same id with other values in a
// newer batch overtakes the older version, which is kept, and comes back when
// the newer batch is rolled back; the same id with the same values is noted as
// said again, so that rolling back the first batch that said it leaves it
// standing under the second (version.go). And event_day and event_day_all are
// tables of deltas, never of totals (day.go).
//
// It owns event, party_record, membership and snapshot with their _superseded
// and _again, party, party_entity, event_day, event_day_all, batch, reject,
// compaction, outbox_cursor and fact_version in the facts, and fact_outbox in
// the state.
package fact

import (
	"embed"
	"io/fs"

	"github.com/chanzipu/outfitter/internal/store/migrate"
)

//go:embed migration/*.sql
var migrations embed.FS

func init() {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err)
	}
	migrate.Add("fact", sub)
}
