// Command fill makes an installation with many events: stage files written by
// DuckDB, committed as any import is. Two years, 50,000 accounts per batch of which few
// do most, 300 staff, eight verbs, six channels; each batch a source of its
// own, so that none is compared with the others.
//
// With -spread each batch is spread over the two years, and compaction sorts
// the months afterwards. Without, each batch is the next stretch of time, as
// exports come, sorted as compaction would leave it.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	_ "github.com/duckdb/duckdb-go/v2" // writes the stage files

	_ "github.com/chanzipu/outfitter/internal/access" // its migrations, as the next three
	_ "github.com/chanzipu/outfitter/internal/explore"
	"github.com/chanzipu/outfitter/internal/fact"
	_ "github.com/chanzipu/outfitter/internal/run"
	_ "github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

func main() {
	data := flag.String("data", "", "folder, made by this program")
	events := flag.Int64("events", 10_000_000, "how many")
	batch := flag.Int64("batch", 2_500_000, "events per batch")
	persons := flag.Bool("persons", false, "150,000 people per batch: three fifths of the events name one, one in five names no account")
	spread := flag.Bool("spread", false, "every batch over all of the time, sorted by compaction")
	flag.Parse()
	if err := run(context.Background(), *data, *events, *batch, kind{*persons, *spread}); err != nil {
		fmt.Fprintln(os.Stderr, "fill:", err)
		os.Exit(1)
	}
}

// A kind is what the company is like.
type kind struct{ persons, spread bool }

func run(ctx context.Context, data string, events, size int64, k kind) (err error) {
	if data == "" {
		return errors.New("-data is missing")
	}
	db, err := store.Open(ctx, store.Options{Dir: data})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := migrate.Up(ctx, db, nil); err != nil {
		return err
	}
	began := time.Now()
	for done, n := int64(0), 0; done < events; n++ {
		rows := min(size, events-done)
		s := span{0, 730, ""}
		if !k.spread {
			first := 730 * done / events
			s = span{first, max(730*(done+rows)/events-first, 1), " ORDER BY date_trunc('month', t), 11, t"} // 11: the account
		}
		if err := fill(ctx, db, n, rows, k.persons, s); err != nil {
			return err
		}
		done += rows
		fmt.Printf("%d events after %.0f s\n", done, time.Since(began).Seconds())
	}
	if !k.spread {
		return nil
	}
	return fact.Compact(ctx, db)
}

// A span is which days of the two years a batch is about.
type span struct {
	first, days int64
	order       string
}

func fill(ctx context.Context, db *store.DB, n int, rows int64, persons bool, s span) (err error) {
	source := fmt.Sprintf("bench-%02d", n)
	id := db.ID("batch", source)
	out := filepath.Join(db.StageDir(), source+".duckdb")
	defer func() { err = errors.Join(err, os.Remove(out)) }()
	if err := stage(ctx, out, source, id, n, rows, persons, s); err != nil {
		return err
	}
	_, err = fact.Commit(ctx, db, fact.Batch{ID: id.String(), Source: source, Name: source + ".csv", Actor: "bench", LoadedAt: time.Now(), Rows: rows, Used: rows, Report: []byte("{}")}, out)
	return err
}

// stage writes the stage file of one batch. The hash of the row's number plays
// the dice, so that the same number gives the same event.
func stage(ctx context.Context, out, source string, batch uuid.UUID, n int, rows int64, persons bool, s span) (err error) {
	db, err := sql.Open("duckdb", out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	setup := append([]string{"SET memory_limit = '3GB'"}, fact.StageTables...)
	for _, q := range setup {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	account, person, people := "md5('{source}account' || a)::UUID", "NULL", ""
	if persons {
		account = "CASE WHEN h % 5 > 0 THEN " + account + " END"
		person = "CASE WHEN h % 5 < 3 THEN md5('{source}person' || (a * 3 + h % 3))::UUID END"
		people = " UNION ALL SELECT 'person', range FROM range(150000)"
	}
	text := strings.NewReplacer("{account}", strings.ReplaceAll(account, "{source}", source), "{person}", strings.ReplaceAll(person, "{source}", source), "{people}", people, "{source}", source, "{batch}", batch.String(), "{first}", fmt.Sprint(int64(n)*rows), "{rows}", fmt.Sprint(rows),
		"{day}", fmt.Sprint(s.first), "{days}", fmt.Sprint(s.days), "{order}", s.order)
	for _, q := range []string{parties, events} {
		if _, err := db.ExecContext(ctx, text.Replace(q)); err != nil {
			return fmt.Errorf("fill: %s: %w", source, err)
		}
	}
	return nil
}

// parties are each source's own, as before linking.
const parties = `INSERT INTO stage_party_record
SELECT md5('{source}' || kind || i)::UUID, '{source}', 'events', '{batch}'::UUID, i + 1, now()::TIMESTAMP, md5('{source}' || kind || i)::UUID, kind, 'bench.' || kind, kind || i,
       CASE kind WHEN 'account' THEN '客户' || i || '有限公司' WHEN 'person' THEN '王' || i ELSE '员工' || i END, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM (SELECT 'account' AS kind, range AS i FROM range(50000) UNION ALL SELECT 'staff', range FROM range(300){people})`

const events = `INSERT INTO stage_event
SELECT md5('{source}' || i)::UUID, '{source}', 'events', '{batch}'::UUID, i + 1,
       ['touch.sent', 'touch.opened', 'feedback.received', 'feedback.replied', 'order.placed', 'shovel.offered', 'shovel.used', 'deal.won'][1 + (h // 7 % 8)::INT],
       t, 'second', t::DATE, now()::TIMESTAMP, {account}, {person}, md5('{source}staff' || a % 300)::UUID,
       'order', 'o' || (i // 3), ['web', 'direct', 'partner', 'wecom', 'phone', 'fair'][1 + (a % 300 % 6)::INT],
       CASE WHEN h // 7 % 8 IN (4, 7) THEN (exp(7 + (h % 997) / 300.0))::DECIMAL(18,4) END, CASE WHEN h // 7 % 8 IN (4, 7) THEN 'CNY' END,
       NULL, NULL, NULL, CASE WHEN h % 4 = 0 THEN json_object('product', 'p' || h % 23) END
FROM (SELECT i, h, (power(h % 1000003 / 1000003.0, 3) * 50000)::INT AS a,
             TIMESTAMP '2024-01-01' + to_seconds(({day} + h // 1000003 % {days}) * 86400 + 32400 + h // 31 % 36000) AS t
      FROM (SELECT range AS i, hash(range + {first}) // 2 AS h FROM range({rows}))){order}`
