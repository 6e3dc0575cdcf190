package metric

import (
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	_ "github.com/chanzipu/outfitter/internal/fact" // its tables
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

func id(n int) string { return fmt.Sprintf("00000000-0000-0000-0000-%012d", n) }

// event is a row for the tests: "-" and 0 are NULL.
type event struct {
	verb, ts, precision string
	source, channel     string
	account, staff      int
	object              string // kind:key
	amount              float64
	currency            string
	attrs               string
}

// fill inserts events, and their days into the rollup, as a commit does.
func fill(t *testing.T, db *store.DB, events []event) {
	t.Helper()
	ctx := t.Context()
	null := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	err := db.Facts.Tx(ctx, func(tx *store.Tx) error {
		for i, e := range events {
			ts, err := time.ParseInLocation("2006-01-02 15:04", e.ts, shanghai)
			if err != nil {
				return err
			}
			kind, key, _ := strings.Cut(e.object, ":")
			if e.precision == "" {
				e.precision = "second"
			}
			if e.source == "" {
				e.source = "crm"
			}
			if e.attrs == "" {
				e.attrs = "{}"
			}
			var account, staff, amount any
			if e.account > 0 {
				account = id(e.account)
			}
			if e.staff > 0 {
				staff = id(e.staff)
			}
			if e.amount != 0 {
				amount = fmt.Sprint(e.amount)
			}
			_, err = tx.Exec(ctx, store.Text("test", `INSERT INTO event (id, source, tbl, batch_id, row_no, verb, ts, ts_precision, day, loaded_at, account, staff, object_kind, object_key, channel, amount, currency, quantity, attrs)
VALUES ($1::UUID, $2, 't', $3::UUID, $4, $5, $6::TIMESTAMP, $7, $8::DATE, $6::TIMESTAMP, $9::UUID, $10::UUID, $11, $12, $13, $14::DECIMAL(18,4), $15, $16, $17::JSON)`),
				id(1000+i), e.source, id(1), i+1, e.verb, stamp(ts), e.precision, ts.Format(time.DateOnly), account, staff, null(kind), null(key), null(e.channel), amount, null(e.currency), float64(i), e.attrs)
			if err != nil {
				return err
			}
		}
		for _, q := range []string{
			`INSERT INTO event_day SELECT day, verb, source, tbl, channel, object_kind, staff, currency, unit, count(*), coalesce(sum(amount), 0), count(amount), coalesce(sum(quantity), 0) FROM event GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`,
			// a batch in dollars that was rolled back
			`INSERT INTO event_day SELECT day, verb, source, tbl, channel, object_kind, staff, 'USD', unit, 3, 9, 3, 0 FROM event`,
			`INSERT INTO event_day SELECT day, verb, source, tbl, channel, object_kind, staff, 'USD', unit, -3, -9, -3, 0 FROM event`,
			`INSERT INTO event_day_all SELECT day, verb, source, tbl, channel, object_kind, currency, unit, n, amount, n_amount, quantity FROM event_day`,
			`INSERT INTO membership (id, source, tbl, batch_id, row_no, loaded_at, staff, team, since, until) VALUES
 ('` + id(1) + `', 'hr', 't', '` + id(1) + `', 1, '2026-01-01', '` + id(51) + `', '华东', '2026-01-01', '2026-03-01'),
 ('` + id(2) + `', 'hr', 't', '` + id(1) + `', 2, '2026-01-01', '` + id(51) + `', '华北', '2026-03-01', NULL)`,
		} {
			if _, err := tx.Exec(ctx, store.Text("test", q)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

var company = []event{
	{verb: "deal.created", ts: "2026-01-05 09:00", account: 1, staff: 51, object: "deal:a", channel: "web", attrs: `{"区域":"华东"}`},
	{verb: "deal.created", ts: "2026-01-20 09:00", account: 2, staff: 51, object: "deal:b", channel: "phone"},
	{verb: "deal.created", ts: "2026-02-02 00:00", precision: "day", account: 3, object: "deal:c", channel: "web"},
	{verb: "deal.won", ts: "2026-02-10 09:00", account: 1, staff: 51, object: "deal:a", channel: "web", amount: 100.5, currency: "CNY"},
	{verb: "deal.lost", ts: "2026-03-05 09:00", account: 2, staff: 51, object: "deal:b", channel: "phone"},
	{verb: "deal.won", ts: "2026-03-09 09:00", account: 3, object: "deal:c", channel: "web", amount: 300, currency: "CNY"},
	{verb: "payment.received", ts: "2026-03-10 09:00", account: 1, amount: 50, currency: "CNY"},
	{verb: "payment.received", ts: "2026-03-11 09:00", account: 1, amount: 70, currency: "EUR"},
	{verb: "payment.received", ts: "2026-04-11 09:00", account: 2, amount: 30, currency: "EUR"},
	{verb: "feedback.received", ts: "2026-01-10 10:00", account: 1, object: "case:1", channel: "chat"},
	{verb: "feedback.received", ts: "2026-01-10 23:30", account: 2, object: "case:2", channel: "mail"},
	{verb: "feedback.received", ts: "2026-01-11 10:00", account: 2, object: "case:3", channel: "chat"},
	{verb: "feedback.received", ts: "2026-01-12 00:00", precision: "day", account: 2, object: "case:4", channel: "chat"},
	{verb: "feedback.received", ts: "2026-01-13 10:00", account: 4, object: "case:1", source: "tickets", channel: "chat"}, // another system's case 1
	{verb: "feedback.replied", ts: "2026-01-10 12:00", object: "case:1", channel: "chat"},
	{verb: "feedback.replied", ts: "2026-01-10 18:00", object: "case:1", channel: "chat"}, // a second reply
	{verb: "feedback.replied", ts: "2026-01-12 23:30", object: "case:2", channel: "mail"},
	{verb: "feedback.replied", ts: "2026-01-12 08:00", object: "case:4", channel: "chat"},
	{verb: "feedback.resolved", ts: "2026-01-15 10:00", object: "case:1"},
	{verb: "feedback.reopened", ts: "2026-01-20 10:00", object: "case:1"},
	{verb: "feedback.closed", ts: "2026-02-03 10:00", object: "case:1"},
	{verb: "feedback.closed", ts: "2026-02-04 10:00", object: "case:1"},   // closed twice
	{verb: "feedback.resolved", ts: "2026-02-04 10:00", object: "case:9"}, // never seen open
	{verb: "stat.reported", ts: "2026-01-31 00:00", precision: "month", object: "stat:销售额", amount: 9999, currency: "CNY"},
}

type row struct {
	T, A, B string
	Value   float64 // NaN = NULL
	N, X, Y int64
}

func answer(t *testing.T, db *store.DB, q Question) []row {
	t.Helper()
	c := q.Compile()
	rows, err := db.Facts.Query(t.Context(), c.SQL, c.Args...)
	out, err := store.Collect(rows, err, func(r *sql.Rows) (row, error) {
		var v row
		var day sql.NullTime
		var a, b sql.NullString
		var value sql.NullFloat64
		var total int64
		err := r.Scan(&day, &a, &b, &value, &v.N, &v.X, &v.Y, &total)
		if day.Valid {
			v.T = day.Time.Format(time.DateOnly)
		}
		v.A, v.B, v.Value = a.String, b.String, value.Float64
		if !value.Valid {
			v.Value = math.NaN()
		}
		return v, err
	})
	if err != nil {
		t.Fatalf("%s: %v\n%s", q.Metric.Name, err, c.Text)
	}
	return out
}

func dims(t *testing.T, names ...string) (out []Dimension) {
	t.Helper()
	for _, n := range names {
		d, err := DimensionOf(n)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

func filters(t *testing.T, texts ...string) (out []Filter) {
	t.Helper()
	for _, s := range texts {
		f, err := ParseFilter(s)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

func day(s string) time.Time {
	d, err := time.ParseInLocation(time.DateOnly, s, shanghai)
	if err != nil {
		panic(err)
	}
	return d
}

func TestAnswers(t *testing.T) {
	null := math.NaN()
	tests := []struct {
		name, metric string
		by           []string
		grain        Grain
		since, until string
		where        []string
		rollup       bool
		want         []row
	}{
		{name: "all events but reported figures", metric: "events", rollup: true, want: []row{{Value: 23, N: 23}}},
		{name: "a verb's count by month", metric: "deal.won.count", grain: Month, rollup: true,
			want: []row{{T: "2026-02-01", Value: 1, N: 1}, {T: "2026-03-01", Value: 1, N: 1}}},
		{name: "half-open range", metric: "feedback.received.count", since: "2026-01-11", until: "2026-01-13", rollup: true, want: []row{{Value: 2, N: 2}}},
		{name: "by two dimensions, the heavier group first", metric: "events", by: []string{"channel", "verb"}, where: []string{"channel:in:web|phone", "verb:ne:deal.lost"}, rollup: true,
			want: []row{{A: "web", B: "deal.created", Value: 2, N: 2}, {A: "web", B: "deal.won", Value: 2, N: 2}, {A: "phone", B: "deal.created", Value: 1, N: 1}}},
		{name: "win rate", metric: "deal.win_rate", grain: Quarter, rollup: true, want: []row{{T: "2026-01-01", Value: 2. / 3, N: 3}}},
		{name: "money of one currency, a rolled-back one forgotten", metric: "deal.won.amount", rollup: true, want: []row{{Value: 400.5, N: 2, X: 1}}},
		{name: "mean money", metric: "deal.won.amount.mean", rollup: true, want: []row{{Value: 200.25, N: 2, X: 1}}},
		{name: "money of two currencies has no sum", metric: "payment.received.amount", grain: Month, rollup: true,
			want: []row{{T: "2026-03-01", Value: null, N: 2, X: 2}, {T: "2026-04-01", Value: 30, N: 1, X: 1}}},
		{name: "split by currency it has", metric: "payment.received.amount", by: []string{"currency"}, rollup: true,
			want: []row{{A: "EUR", Value: 100, N: 2, X: 1}, {A: "CNY", Value: 50, N: 1, X: 1}}},
		{name: "an attribute", metric: "deal.created.count", by: []string{"attr:区域"}, where: []string{"attr:区域:notnull"}, want: []row{{A: "华东", Value: 1, N: 1}}},
		{name: "the team of that day", metric: "events", by: []string{"team"}, where: []string{"staff:eq:" + id(51)}, rollup: true,
			want: []row{{A: "华东", Value: 3, N: 3}, {A: "华北", Value: 1, N: 1}}},
		{name: "median of money", metric: "deal.won.amount.median", want: []row{{Value: 200.25, N: 2, X: 1}}},
		{name: "distinct accounts", metric: "accounts.distinct", where: []string{"verb:eq:feedback.received"}, want: []row{{Value: 3, N: 5}}},
		{name: "distinct objects, of two systems", metric: "objects.distinct", where: []string{"object_kind:eq:case", "object:eq:1"}, want: []row{{Value: 2, N: 8}}},
		{name: "hours to the first reply; a day is no time, the unanswered are told", metric: "feedback.first_reply.median", want: []row{{Value: 25, N: 2, X: 1, Y: 2}}},
		{name: "by channel of the first event", metric: "feedback.first_reply.median", by: []string{"channel"},
			want: []row{{A: "chat", Value: 2, N: 1, X: 1, Y: 2}, {A: "mail", Value: 48, N: 1}}},
		{name: "answered within a day; two were never", metric: "feedback.within_24h", want: []row{{Value: .25, N: 4, X: 1}}},
		{name: "open deals: changes", metric: "deal.open", grain: Month,
			want: []row{{T: "2026-01-01", Value: 2, N: 2}, {T: "2026-02-01"}, {T: "2026-03-01", Value: -2, N: -2}}},
		{name: "open cases: reopened once, closed twice, one never opened, another system's stays", metric: "feedback.open", grain: Month, by: []string{"source"},
			want: []row{{T: "2026-01-01", A: "crm", Value: 4, N: 4}, {T: "2026-01-01", A: "tickets", Value: 1, N: 1}, {T: "2026-02-01", A: "crm", Value: -1, N: -1}}},
		{name: "what was open before the range stands at its start", metric: "deal.open", grain: Month, since: "2026-02-15",
			want: []row{{T: "2026-02-01", Value: 2, N: 2}, {T: "2026-03-01", Value: -2, N: -2}}},
		{name: "reported figures only where asked for", metric: "stat.reported.amount", rollup: true, want: []row{{Value: 9999, N: 1, X: 1}}},
		{name: "and never as events", metric: "events", where: []string{"verb:eq:stat.reported"}, rollup: true},
		{name: "amounts compare as numbers", metric: "events", where: []string{"amount:gte:100"}, want: []row{{Value: 2, N: 2}}},
		{name: "a text that looks like SQL is a text", metric: "events", where: []string{"channel:eq:' OR 1=1 --"}, rollup: true},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		fill(t, db, company)
		for _, tt := range tests {
			m, ok := Get(tt.metric)
			if !ok {
				t.Fatalf("no metric %q", tt.metric)
			}
			q := Question{Metric: m, By: dims(t, tt.by...), Grain: tt.grain, Where: filters(t, tt.where...), Zone: shanghai, Now: day("2026-06-01")}
			if tt.since != "" {
				q.Since = day(tt.since)
			}
			if tt.until != "" {
				q.Until = day(tt.until)
			}
			if tt.grain == "" {
				q.Grain = None
			}
			if q.UsesRollup() != tt.rollup {
				t.Errorf("%s: from the rollup = %v, want %v", tt.name, q.UsesRollup(), tt.rollup)
			}
			if diff := cmp.Diff(tt.want, answer(t, db, q), cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.name, diff)
			}
		}
	})
}

// TestEveryMetric runs each metric with each dimension, compares the rollup's
// answer with the events', and counts the events behind each point.
func TestEveryMetric(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		fill(t, db, company)
		all := append(dims(t, "attr:区域"), Dimensions...)
		for i, m := range Catalogue {
			d := all[i%len(all)]
			for d.Filter {
				i++
				d = all[i%len(all)]
			}
			grain := []Grain{None, Day, Week, Month, Quarter, Year}[i%6]
			q := Question{Metric: m, By: []Dimension{d, all[0]}, Grain: grain, Zone: shanghai, Since: day("2026-01-08"), Until: day("2026-04-01"), Now: day("2026-06-01")}
			answer(t, db, q)
			q.By = []Dimension{d}
			got := answer(t, db, q)
			if q.UsesRollup() {
				compareWithEvents(t, db, q, got)
			}
			if m.Kind != Stock && m.Kind != Duration && m.Kind != Within && m.Kind != Ratio {
				countBehind(t, db, q, got)
			}
		}
	})
}

// compareWithEvents asks the same with a filter that only events can answer.
func compareWithEvents(t *testing.T, db *store.DB, q Question, want []row) {
	t.Helper()
	q.Where = filters(t, "batch:notnull")
	if q.UsesRollup() {
		t.Fatalf("%s: still from the rollup", q.Metric.Name)
	}
	if diff := cmp.Diff(want, answer(t, db, q), cmpopts.EquateNaNs(), cmpopts.EquateApprox(0, 1e-9)); diff != "" {
		t.Errorf("%s by %s per %s: rollup and events differ (-rollup +events):\n%s", q.Metric.Name, q.By[0].Name, q.Grain, diff)
	}
}

func countBehind(t *testing.T, db *store.DB, q Question, got []row) {
	t.Helper()
	for _, r := range got {
		p := Place{A: r.A}
		if r.A == "" {
			p.A = Null
		}
		if r.T != "" {
			p.T = day(r.T)
		}
		c := q.Behind(p)
		var n int64
		if err := db.Facts.QueryRow(t.Context(), store.Text("test", "SELECT count(*) FROM ("+c.Text+") AS e"), c.Args...).Scan(&n); err != nil {
			t.Fatalf("%s: %v\n%s", q.Metric.Name, err, c.Text)
		}
		if n != r.N {
			t.Errorf("%s by %s per %s: %d events behind %+v, want %d", q.Metric.Name, q.By[0].Name, q.Grain, n, r, r.N)
		}
	}
}

func TestBehindDurationAndStock(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		fill(t, db, company)
		for _, tt := range []struct {
			metric string
			by     string
			place  Place
			want   []string
		}{
			{"feedback.first_reply.median", "channel", Place{T: day("2026-01-01"), A: "mail"}, []string{"crm/2"}},
			{"feedback.open", "source", Place{T: day("2026-01-01"), A: "crm"}, []string{"crm/1", "crm/2", "crm/3", "crm/4"}},
			{"feedback.open", "source", Place{T: day("2026-02-01"), A: "crm"}, []string{"crm/2", "crm/3", "crm/4"}},
			{"deal.open", "channel", Place{T: day("2026-02-01"), A: "web"}, []string{"crm/c"}},
		} {
			m, _ := Get(tt.metric)
			c := Question{Metric: m, By: dims(t, tt.by), Grain: Month, Zone: shanghai}.Behind(tt.place)
			rows, err := db.Facts.Query(t.Context(), store.Text("test", "SELECT source || '/' || object_key FROM ("+c.Text+") AS e ORDER BY 1"), c.Args...)
			got, err := store.Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Behind(%s, %+v) (-want +got):\n%s", tt.metric, tt.place, diff)
			}
		}
	})
}

func TestOtherZone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		fill(t, db, company)
		m, _ := Get("feedback.received.count")
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		q := Question{Metric: m, Grain: Day, Zone: berlin, Company: shanghai, Where: filters(t, "object:eq:2")}
		// 2026-01-10 23:30 in Shanghai is 16:30 in Berlin
		q.Since, q.Until = time.Date(2026, 1, 10, 0, 0, 0, 0, berlin), time.Date(2026, 1, 11, 0, 0, 0, 0, berlin)
		if diff := cmp.Diff([]row{{T: "2026-01-10", Value: 1, N: 1}}, answer(t, db, q)); diff != "" {
			t.Errorf("in Berlin's days (-want +got):\n%s", diff)
		}
		q.Since, q.Until = time.Date(2026, 1, 10, 16, 30, 0, 0, berlin), time.Date(2026, 1, 10, 16, 30, 1, 0, berlin)
		if got := answer(t, db, q); len(got) != 1 || q.UsesRollup() {
			t.Errorf("within a second: %+v, from the rollup %v, want one point from events", got, q.UsesRollup())
		}
	})
}

func TestGroupsAreCut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		fill(t, db, company)
		m, _ := Get("events")
		q := Question{Metric: m, By: dims(t, "channel"), Grain: Year, Zone: shanghai, Limit: 2, Where: filters(t, "channel:notnull")}
		want := []row{{T: "2026-01-01", A: "chat", Value: 7, N: 7}, {T: "2026-01-01", A: "web", Value: 4, N: 4}}
		if diff := cmp.Diff(want, answer(t, db, q)); diff != "" {
			t.Errorf("the two groups with most events (-want +got):\n%s", diff)
		}
	})
}

func TestParseFilterRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"nothing:eq:1":          "dimension.unknown",
		"verb; DROP TABLE x:eq": "dimension.unknown",
		"verb:like:a":           "filter.operator",
		"verb":                  "filter.operator",
		"account:eq:me":         "filter.value",
		"account:gt:" + id(1):   "filter.value",
		"amount:eq:much":        "filter.value",
		"amount:has:1":          "filter.value",
		"attr::eq:1":            "dimension.unknown",
		"attr:$.a:eq:1":         "dimension.unknown",
		"verb:eq:a\x00":         "filter.value",
	} {
		_, err := ParseFilter(in)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != want {
			t.Errorf("ParseFilter(%q) = %v, want %s", in, err, want)
		}
	}
}

// FuzzParseFilter checks that what gets through compiles to the same text
// whatever its values: they are parameters, never SQL.
func FuzzParseFilter(f *testing.F) {
	f.Add("verb:eq:deal.won")
	f.Add("attr:a'b:has:'; DROP TABLE event; --")
	f.Add("amount:gt:1e9")
	f.Fuzz(func(t *testing.T, s string) {
		x, err := ParseFilter(s)
		if err != nil {
			return
		}
		text := x.sql(&builder{})
		for i := range x.Values {
			x.Values[i] = "0"
		}
		if again := x.sql(&builder{}); again != text {
			t.Errorf("ParseFilter(%q) compiles to %q, with other values to %q", s, text, again)
		}
	})
}

func TestCatalogue(t *testing.T) {
	for _, m := range Catalogue {
		if m.Title == "" || m.ZH == "" || m.About == "" || m.AboutZH == "" || m.Unit == "" || m.UnitZH == "" || m.Kind == "" {
			t.Errorf("%s has an empty text: %+v", m.Name, m)
		}
	}
}
