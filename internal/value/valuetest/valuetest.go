// Package valuetest fills an installation with a small company whose effects
// are known to the unit, for tests of claims on both engines.
//
// Two hundred members were drawn into a campaign: 30 in a hundred buy anyway,
// 50 with it. Twenty-four colleagues in four teams open two deals a month each;
// the first team has a shovel since March, the second since May, and then
// opens two more. The CRM knows the colleagues by a code list that it shares
// with the roster, or by a login whose mail the roster knows.
//
// It owns no tables.
package valuetest

import (
	"testing"

	_ "github.com/chanzipu/outfitter/internal/fact" // its tables
	"github.com/chanzipu/outfitter/internal/store"
)

// statements fill the facts. An event's row number is its id, too.
var statements = []string{
	`INSERT INTO party (id, source, kind, namespace, key, name, batch_id, row_no)
SELECT ('00000000-0000-0000-0001-' || lpad(g::TEXT, 12, '0'))::UUID, 'growth', 'person', 'growth.member', g::TEXT, 'm', '00000000-0000-0000-0000-000000000001'::UUID, g FROM generate_series(1, 200) AS s(g)`,
	`INSERT INTO party (id, source, kind, namespace, key, name, email, batch_id, row_no)
SELECT ('00000000-0000-0000-0002-' || lpad(g::TEXT, 12, '0'))::UUID, 'hr', 'staff', 'hr.staff', g::TEXT, 's', 's' || g::TEXT || '@x', '00000000-0000-0000-0000-000000000002'::UUID, g FROM generate_series(1, 24) AS s(g)`,
	`INSERT INTO party (id, source, kind, namespace, key, name, email, batch_id, row_no)
SELECT ('00000000-0000-0000-0003-' || lpad(g::TEXT, 12, '0'))::UUID, 'crm', 'staff', CASE WHEN g % 2 = 0 THEN 'hr.staff' ELSE 'login' END, CASE WHEN g % 2 = 0 THEN g::TEXT ELSE 's' || g::TEXT END, 's',
  CASE WHEN g % 2 = 0 THEN NULL ELSE 'S' || g::TEXT || '@x' END, '00000000-0000-0000-0000-000000000002'::UUID, g FROM generate_series(1, 24) AS s(g)`,
	`INSERT INTO membership (id, source, tbl, batch_id, row_no, loaded_at, staff, team, since, until)
SELECT ('00000000-0000-0000-0004-' || lpad(g::TEXT, 12, '0'))::UUID, 'hr', 't', '00000000-0000-0000-0000-000000000002'::UUID, g, TIMESTAMP '2026-09-01 00:00:00',
  ('00000000-0000-0000-0002-' || lpad(g::TEXT, 12, '0'))::UUID, 'T' || (1 + g % 4)::TEXT, TIMESTAMP '2025-01-01 00:00:00', CASE WHEN g = 24 THEN TIMESTAMP '2026-04-01 00:00:00' END FROM generate_series(1, 24) AS s(g)`,
	event + `'growth', 'arm.assigned', TIMESTAMP '2026-03-01 02:00:00', 'second', DATE '2026-03-01', ('00000000-0000-0000-0001-' || lpad(g::TEXT, 12, '0'))::UUID, NULL::UUID, 'campaign', 'C1', NULL::DECIMAL(18,4), ('{"arm":"' || CASE WHEN g % 2 = 0 THEN '实验' ELSE '对照' END || '"}')::JSON,
  '00000000-0000-0000-0000-000000000003'::UUID, 1000 + g FROM generate_series(1, 200) AS s(g)`,
	event + `'growth', 'order.placed', TIMESTAMP '2026-03-02 02:00:00' + (g % 5) * INTERVAL '1 day', 'second', DATE '2026-03-02' + (g % 5)::INTEGER, ('00000000-0000-0000-0001-' || lpad(g::TEXT, 12, '0'))::UUID, NULL::UUID, 'order', g::TEXT, 100 + g % 7, NULL::JSON,
  '00000000-0000-0000-0000-000000000003'::UUID, 2000 + g FROM generate_series(1, 200) AS s(g) WHERE ((g - g % 2) / 2) % 10 < 3 + 2 * (1 - g % 2)`,
	// an order too late to count
	event + `'growth', 'order.placed', TIMESTAMP '2026-04-20 02:00:00', 'second', DATE '2026-04-20', ('00000000-0000-0000-0001-' || lpad(g::TEXT, 12, '0'))::UUID, NULL::UUID, 'order', 'late' || g::TEXT, 100, NULL::JSON,
  '00000000-0000-0000-0000-000000000003'::UUID, 3000 + g FROM generate_series(1, 200) AS s(g) WHERE ((g - g % 2) / 2) % 10 = 9`,
	event + `'portal', 'shovel.enabled', TIMESTAMP '2026-03-02 00:00:00' + (g - 1) * INTERVAL '63 days', 'day', DATE '2026-03-02' + 63 * (g - 1)::INTEGER, NULL::UUID, NULL::UUID, 'shovel', 'S1', NULL::DECIMAL(18,4), ('{"scope":"team","team":"T' || g::TEXT || '"}')::JSON,
  '00000000-0000-0000-0000-000000000004'::UUID, g FROM generate_series(1, 2) AS s(g)`,
	// n deals of colleague g in month m: two, and two more with the shovel
	event + `'crm', 'deal.created', TIMESTAMP '2026-01-05 02:00:00' + m * INTERVAL '1 month' + n * INTERVAL '1 day', 'second', CAST(TIMESTAMP '2026-01-05 02:00:00' + m * INTERVAL '1 month' + n * INTERVAL '1 day' AS DATE), NULL::UUID, ('00000000-0000-0000-0003-' || lpad(g::TEXT, 12, '0'))::UUID,
  'deal', (g * 100 + m * 10 + n)::TEXT, 1000, NULL::JSON, '00000000-0000-0000-0000-000000000005'::UUID, 100000 + g * 100 + m * 10 + n
FROM generate_series(1, 24) AS s(g), generate_series(0, 7) AS t(m), generate_series(0, 3) AS u(n)
WHERE (n < 2 OR g % 4 = 0 AND m >= 2 OR g % 4 = 1 AND m >= 4) AND (g <> 24 OR m < 3) AND NOT (g % 7 = 3 AND m = 6 AND n = 0)`,
	`INSERT INTO event_day SELECT day, verb, source, tbl, channel, object_kind, staff, currency, unit, count(*), coalesce(sum(amount), 0), count(amount), 0 FROM event GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`,
}

const event = `INSERT INTO event (source, verb, ts, ts_precision, day, person, staff, object_kind, object_key, amount, attrs, batch_id, row_no, id, tbl, loaded_at, currency)
SELECT x.*, ('00000000-0000-0000-0009-' || lpad(x.row_no::TEXT, 12, '0'))::UUID, 't', TIMESTAMP '2026-09-01 00:00:00', CASE WHEN x.amount IS NULL THEN NULL ELSE 'CNY' END FROM (SELECT `

// Fill inserts the company.
func Fill(t testing.TB, db *store.DB) {
	t.Helper()
	for i, q := range statements {
		if len(q) > len(event) && q[:len(event)] == event {
			q += ") AS x (source, verb, ts, ts_precision, day, person, staff, object_kind, object_key, amount, attrs, batch_id, row_no)"
		}
		if _, err := db.Facts.Exec(t.Context(), store.Text("valuetest", q)); err != nil {
			t.Fatalf("statement %d: %v\n%s", i, err, q)
		}
	}
}

// Campaign asks what the campaign did.
const Campaign = `
id: campaign
title: {zh: 活动, en: Campaign}
question: {zh: 多买多少？, en: How many more buy?}
face: campaign
unit: member
window: {since: 2026-01-01, until: 2026-09-01}
population: {entry: {verbs: [arm.assigned]}}
outcome: {verbs: [order.placed], measure: any, within: 14, unit: {zh: 占比, en: share}}
exposure: {kind: arm, treated: [实验], control: [对照], design: random-people, shares: {实验: 0.5, 对照: 0.5}}
money: {definition: contract, verb: order.placed}
costs: {wages: 100, external: 50}
year: "2026"
`

// RollOut asks what the shovel did to deals.
const RollOut = `
id: rollout
title: {zh: 铲子, en: Shovel}
question: {zh: 多开多少？, en: How many more deals?}
face: constant
shovel: S1
unit: staff
period: month
cluster: team
window: {since: 2026-01-01, until: 2026-09-01}
population: {teams: ["T*"]}
outcome: {metric: deal.created.count}
exposure: {kind: access, shovel: S1, design: random-teams}
year: "2026"
`
