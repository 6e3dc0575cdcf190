package fact

import (
	"context"
	"fmt"
	"strings"

	"github.com/chanzipu/outfitter/internal/store"
)

// A versioned table keeps the newest version of each id in T, overtaken ones
// in T_superseded, and rows that repeat a version in T_again. Its queries are
// one text each, made once from the column lists; nothing of a request enters
// them.
type versioned struct {
	table  string
	values []string // columns that make two versions differ
	cols   string   // all columns
	day    bool     // keeps the rollups
	party  bool     // tells of parties: what it touched is made anew

	known, clash, again, overtake, leave, enter, enterFresh, dupAgain, dupOld store.SQL // commit
	affectedBatch, affectedStage, shelve, all, newest, againAll               store.SQL // resettle
	clearT, clearOld, clearAgain, current, enterAll, oldAll                   store.SQL
	dayLeave, dayEnter, dayFresh, dayOut, dayIn                               deltas
}

var (
	events = newVersioned("event", true,
		"id source tbl batch_id row_no verb ts ts_precision day loaded_at account person staff object_kind object_key channel amount currency quantity unit text attrs",
		"verb ts ts_precision account person staff object_kind object_key channel amount currency quantity unit text attrs")
	records = newVersioned("party_record", false,
		"id source tbl batch_id row_no loaded_at party kind namespace key name phone email tax_no address city title company attrs",
		"name phone email tax_no address city title company attrs")
	memberships = newVersioned("membership", false,
		"id source tbl batch_id row_no loaded_at staff team since until",
		"until")
	snapshots = newVersioned("snapshot", false,
		"id source tbl batch_id row_no loaded_at noun key party party_kind fields",
		"fields")
)

func newVersioned(table string, day bool, cols, values string) *versioned {
	v := &versioned{table: table, values: strings.Fields(values), day: day, party: table == "party_record", cols: strings.Join(strings.Fields(cols), ", ")}
	q := func(name, text string) store.SQL {
		text = strings.NewReplacer("{t}", table, "{cols}", v.cols, "{s.cols}", prefixed("s", cols), "{e.cols}", prefixed("e", cols), "{x.cols}", repeated(cols), "{same}", v.same()).Replace(text)
		return store.Text("fact."+table+"."+name, text)
	}
	// Commit of the newest batch: which staged ids are known, and do they say the
	// same? The ids alone are looked for first, because mostly none is known, and
	// reading all columns of all events takes nine times as long.
	v.known = q("known", `CREATE TEMP TABLE known AS SELECT e.id FROM {t} e WHERE e.id IN (SELECT id FROM stage_{t})`)
	v.clash = q("clash", `CREATE TEMP TABLE clash AS
		SELECT s.id, e.batch_id AS old_batch, e.row_no AS old_row, {same} AS same FROM stage_{t} s JOIN {t} e ON e.id = s.id WHERE s.id IN (SELECT id FROM known)`)
	v.again = q("again", `INSERT INTO {t}_again (id, batch_id, row_no, of_batch, of_row)
		SELECT s.id, s.batch_id, s.row_no, c.old_batch, c.old_row FROM stage_{t} s JOIN clash c ON c.id = s.id WHERE c.same`)
	v.overtake = q("overtake", `INSERT INTO {t}_superseded ({cols})
		SELECT {e.cols} FROM {t} e JOIN clash c ON c.id = e.id WHERE NOT c.same`)
	v.leave = q("leave", `DELETE FROM {t} WHERE id IN (SELECT id FROM clash WHERE NOT same)`)
	v.enter = q("enter", `INSERT INTO {t} ({cols})
		SELECT {s.cols} FROM stage_{t} s WHERE NOT EXISTS (SELECT 1 FROM clash c WHERE c.id = s.id AND c.same)`)
	v.enterFresh = q("enter-fresh", `INSERT INTO {t} ({cols}) SELECT {cols} FROM stage_{t}`)
	// Rows of the batch itself that a later row of it repeated or overtook.
	v.dupAgain = q("dup-again", `INSERT INTO {t}_again (id, batch_id, row_no, of_batch, of_row)
		SELECT s.id, s.batch_id, s.row_no, s.batch_id, e.row_no FROM stage_{t}_dup s JOIN stage_{t} e ON e.id = s.id
		WHERE {same} AND NOT EXISTS (SELECT 1 FROM clash c WHERE c.id = s.id AND c.same)`)
	v.dupOld = q("dup-old", `INSERT INTO {t}_superseded ({cols})
		SELECT {s.cols} FROM stage_{t}_dup s JOIN stage_{t} e ON e.id = s.id
		WHERE NOT ({same} AND NOT EXISTS (SELECT 1 FROM clash c WHERE c.id = s.id AND c.same))`)
	// Resettle: every version of the affected ids is laid out in full, the
	// unwanted batch's left out, and the newest of the rest stands.
	v.affectedBatch = q("affected-batch", `CREATE TEMP TABLE affected AS
		SELECT id FROM {t} WHERE batch_id = $1::UUID
		UNION SELECT id FROM {t}_superseded WHERE batch_id = $1::UUID
		UNION SELECT id FROM {t}_again WHERE batch_id = $1::UUID`)
	v.affectedStage = q("affected-stage", `CREATE TEMP TABLE affected AS SELECT id FROM stage_{t}`)
	v.shelve = q("shelve", `INSERT INTO {t}_superseded ({cols})
		SELECT {cols} FROM stage_{t} UNION ALL SELECT {cols} FROM stage_{t}_dup`)
	v.all = q("all", `CREATE TEMP TABLE everything AS
		SELECT {s.cols}, row_number() OVER (PARTITION BY s.id ORDER BY b.seq, s.row_no) AS ord FROM (
			SELECT {cols} FROM {t} WHERE id IN (SELECT id FROM affected)
			UNION ALL SELECT {cols} FROM {t}_superseded WHERE id IN (SELECT id FROM affected)
			UNION ALL SELECT {x.cols} FROM {t}_again a JOIN (
				SELECT {cols} FROM {t} UNION ALL SELECT {cols} FROM {t}_superseded) e
				ON e.id = a.id AND e.batch_id = a.of_batch AND e.row_no = a.of_row
				WHERE a.id IN (SELECT id FROM affected)) s
		JOIN batch b ON b.id = s.batch_id WHERE s.batch_id <> $1::UUID`)
	v.newest = q("newest", `CREATE TEMP TABLE newest AS SELECT DISTINCT ON (id) * FROM everything ORDER BY id, ord DESC`)
	v.clearT = q("clear", `DELETE FROM {t} WHERE id IN (SELECT id FROM affected)`)
	v.clearOld = q("clear-old", `DELETE FROM {t}_superseded WHERE id IN (SELECT id FROM affected)`)
	v.clearAgain = q("clear-again", `DELETE FROM {t}_again WHERE id IN (SELECT id FROM affected)`)
	// The newest version stands in the name of the first of its unbroken run.
	v.current = q("current", `CREATE TEMP TABLE standing AS
		WITH other AS (SELECT s.id, max(s.ord) AS ord FROM everything s JOIN newest e ON e.id = s.id WHERE NOT {same} GROUP BY s.id)
		SELECT DISTINCT ON (s.id) {s.cols}, s.ord FROM everything s LEFT JOIN other o ON o.id = s.id
		WHERE s.ord > coalesce(o.ord, 0) ORDER BY s.id, s.ord`)
	v.enterAll = q("enter-all", `INSERT INTO {t} ({cols}) SELECT {cols} FROM standing`)
	v.againAll = q("again-all", `INSERT INTO {t}_again (id, batch_id, row_no, of_batch, of_row)
		SELECT s.id, s.batch_id, s.row_no, k.batch_id, k.row_no FROM everything s JOIN standing k ON k.id = s.id WHERE s.ord > k.ord`)
	v.oldAll = q("old-all", `INSERT INTO {t}_superseded ({cols})
		SELECT {s.cols} FROM everything s JOIN standing k ON k.id = s.id WHERE s.ord < k.ord`)
	if day {
		v.dayLeave = dayDelta("leave", -1, "event e JOIN clash c ON c.id = e.id WHERE NOT c.same")
		v.dayEnter = dayDelta("enter", 1, "stage_event e WHERE NOT EXISTS (SELECT 1 FROM clash c WHERE c.id = e.id AND c.same)")
		v.dayFresh = dayDelta("fresh", 1, "stage_event e")
		v.dayOut = dayDelta("out", -1, "event e WHERE e.id IN (SELECT id FROM affected)")
		v.dayIn = dayDelta("in", 1, "standing e")
	}
	return v
}

// same is the comparison of a staged and a current version. JSON has no
// equality on PostgreSQL, so it is compared as text.
func (v *versioned) same() string {
	var parts []string
	for _, c := range v.values {
		if c == "attrs" || c == "fields" {
			parts = append(parts, "s."+c+"::TEXT IS NOT DISTINCT FROM e."+c+"::TEXT")
			continue
		}
		parts = append(parts, "s."+c+" IS NOT DISTINCT FROM e."+c)
	}
	return "(" + strings.Join(parts, " AND ") + ")"
}

func prefixed(p, cols string) string {
	var out []string
	for c := range strings.FieldsSeq(cols) {
		out = append(out, p+"."+c)
	}
	return strings.Join(out, ", ")
}

// repeated are the columns of e as said by the repetition a.
func repeated(cols string) string {
	return strings.NewReplacer("e.batch_id", "a.batch_id", "e.row_no", "a.row_no").Replace(prefixed("e", cols))
}

var (
	dropKnown    = store.Text("fact.drop-known", "DROP TABLE IF EXISTS known")
	countKnown   = store.Text("fact.count-known", "SELECT count(*) FROM known")
	dropClash    = store.Text("fact.drop-clash", "DROP TABLE IF EXISTS clash")
	noClash      = store.Text("fact.no-clash", "CREATE TEMP TABLE clash (id UUID, old_batch UUID, old_row BIGINT, same BOOLEAN)")
	dropAffected = store.Text("fact.drop-affected", "DROP TABLE IF EXISTS affected")
	dropAll      = store.Text("fact.drop-everything", "DROP TABLE IF EXISTS everything")
	dropNewest   = store.Text("fact.drop-newest", "DROP TABLE IF EXISTS newest")
	dropStanding = store.Text("fact.drop-standing", "DROP TABLE IF EXISTS standing")
)

// nobody is no batch's id.
const nobody = "00000000-0000-0000-0000-000000000000"

// bring brings in the staged rows of a batch, the newest of its source or not.
// Where nothing is staged there is nothing to do.
func (v *versioned) bring(ctx context.Context, tx *store.Tx, n staged, fresh, overtaken bool) error {
	switch {
	case n.rows == 0:
		return nil
	case overtaken:
		return v.insert(ctx, tx)
	}
	return v.commit(ctx, tx, n.dups > 0, fresh)
}

// commit brings in the staged rows of the newest batch. fresh says that no
// other batch of the source exists, so that nothing can clash.
func (v *versioned) commit(ctx context.Context, tx *store.Tx, dups, fresh bool) error {
	if !fresh {
		if err := runSteps(ctx, tx, []step{{dropKnown, nil}, {v.known, nil}}); err != nil {
			return err
		}
		var n int64
		if err := tx.QueryRow(ctx, countKnown).Scan(&n); err != nil {
			return fmt.Errorf("fact: %s: known ids: %w", v.table, err)
		}
		fresh = n == 0
	}
	clash, enter, dayEnter := v.clash, v.enter, v.dayEnter
	if fresh {
		clash, enter, dayEnter = noClash, v.enterFresh, v.dayFresh
	}
	steps := []step{{dropClash, nil}, {clash, nil}}
	if !fresh {
		steps = append(steps, step{v.again, nil}, step{v.overtake, nil})
		if v.day {
			steps = append(steps, v.dayLeave.steps()...)
		}
		steps = append(steps, step{v.leave, nil})
	}
	steps = append(steps, step{enter, nil})
	if v.day {
		steps = append(steps, dayEnter.steps()...)
	}
	if dups {
		steps = append(steps, step{v.dupAgain, nil}, step{v.dupOld, nil})
	}
	if v.party {
		steps = append(steps, step{sqlTouchedDrop, nil}, step{sqlTouchedStage, nil})
	}
	return runSteps(ctx, tx, append(steps, step{dropClash, nil}, step{dropKnown, nil}))
}

// insert brings in the staged rows of a batch that newer ones may overtake.
func (v *versioned) insert(ctx context.Context, tx *store.Tx) error {
	steps := append([]step{{dropAffected, nil}, {v.affectedStage, nil}, {v.shelve, nil}}, v.resettle(nobody)...)
	if v.party {
		steps = append(steps, step{sqlTouchedDrop, nil}, step{sqlTouchedAll, nil})
	}
	return runSteps(ctx, tx, steps)
}

// rollback takes the batch's versions out again.
func (v *versioned) rollback(ctx context.Context, tx *store.Tx, batch string) error {
	return runSteps(ctx, tx, append([]step{{dropAffected, nil}, {v.affectedBatch, []any{batch}}}, v.resettle(batch)...))
}

// resettle arranges the affected ids anew without the batch without.
func (v *versioned) resettle(without string) []step {
	w := []any{without}
	steps := []step{{dropAll, nil}, {dropNewest, nil}, {dropStanding, nil}, {v.all, w}}
	if v.day {
		steps = append(steps, v.dayOut.steps()...)
	}
	steps = append(steps, step{v.clearT, nil}, step{v.clearOld, nil}, step{v.clearAgain, nil}, step{v.newest, nil}, step{v.current, nil}, step{v.enterAll, nil}, step{v.againAll, nil}, step{v.oldAll, nil})
	if v.day {
		steps = append(steps, v.dayIn.steps()...)
	}
	return append(steps, step{dropAll, nil}, step{dropNewest, nil}, step{dropStanding, nil}, step{dropAffected, nil})
}

type step struct {
	q    store.SQL
	args []any
}

func runSteps(ctx context.Context, tx *store.Tx, steps []step) error {
	for _, s := range steps {
		if _, err := tx.Exec(ctx, s.q, s.args...); err != nil {
			return err
		}
	}
	return nil
}
