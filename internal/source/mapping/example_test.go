package mapping

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/source/date"
	"github.com/chanzipu/outfitter/internal/source/read"
)

const data = "../../../../shared/data/"

// TestExamples runs every expression of the example mappings over the real
// files and counts what comes out. Readable: the event has a time.
func TestExamples(t *testing.T) {
	if _, err := os.Stat(data); err != nil {
		t.Skip("shared/data is not beside the project: the examples are not tried on real files")
	}
	tests := []struct {
		mapping string
		files   []string
		want    string // table, rows; per verb: events/readable
	}{
		{"olist_funnel", []string{"company/olist_funnel/olist_marketing_qualified_leads_dataset.csv", "company/olist_funnel/olist_closed_deals_dataset.csv", "company/olist_funnel/olist_sellers_dataset.csv"},
			"lead 8000: lead.created 8000/8000; deal 842: deal.won 842/842; seller 3095:"},
		{"olist_funnel_hifly", []string{"company/olist_funnel/second_export_hifly/olist_marketing_qualified_leads_dataset.csv", "company/olist_funnel/second_export_hifly/olist_marketing_closed_deals_dataset.csv", "company/olist_funnel/second_export_hifly/olist_sellers_dataset.csv"},
			"lead 8000: lead.created 8000/8000; deal 842: deal.won 842/842; seller 3095:"},
		{"maven_crm", []string{"company/maven_crm/accounts.csv", "company/maven_crm/sales_pipeline.csv", "company/maven_crm/sales_teams.csv"},
			"account 85:; pipeline 8800: deal.created 8300/8300, deal.won 4238/4238, deal.lost 2473/2473; team 35:"},
		{"hillstrom", []string{"company/hillstrom/hillstrom_email_data.csv"},
			"test 64000: arm.assigned 64000/64000, touch.sent 42694/42694, site.visited 9394/9394, goal.reached 578/578, order.placed 578/578"},
		{"dunnhumby_journey", []string{"company/dunnhumby_journey/campaign_descriptions.csv", "company/dunnhumby_journey/campaigns.csv", "company/dunnhumby_journey/coupon_redemptions.csv", "company/dunnhumby_journey/transactions_sample.csv", "company/dunnhumby_journey/demographics.csv"},
			"campaign 27: campaign.launched 27/27, campaign.ended 27/27; mailing 6589: touch.sent 6589/6589; redemption 2102: coupon.redeemed 2102/2102; transaction 75000: order.placed 75000/75000; household 801:"},
		{"uci_incidents", []string{"company/uci_incidents/incident_event_log_main.csv"},
			"audit 70660: feedback.received 12457/12457, feedback.updated 70660/70660, feedback.resolved 11671/11671, feedback.closed 12457/12457"},
		{"bpic2013", []string{"company/bpic2013/bpic2013_incidents.csv", "company/bpic2013/bpic2013_closed_problems.csv"},
			"incident 65533: request.queued 11544/11544, request.accepted 40117/40117, request.completed 13867/13867, record.updated 5/5; problem 6660: request.queued 875/875, request.accepted 4207/4207, request.completed 1568/1568, record.updated 10/10"},
		{"helpdesk_italy", []string{"company/helpdesk_italy/Helpdesk.csv"},
			"step 21348: feedback.received 5056/5056, feedback.assigned 5060/5060, feedback.paused 1463/1463, feedback.escalated 119/119, feedback.resolved 4983/4983, feedback.closed 4574/4574, feedback.updated 93/93"},
		{"cn_company_registry", []string{"company/cn_company_registry/SmoothNLP工商数据集样本10K.xlsx", "company/cn_company_registry/SmoothNLP投资事件数据集样本2k.xlsx", "company/cn_company_registry/SmoothNLP投资结构数据集样本1k.xlsx"},
			"firm 10000:; funding 2000: funding.raised 2000/1998; investor 1000:"},
		{"idea_youtube", []string{"feedback/idea_youtube/total_info.txt"}, "review 5000: feedback.received 5000/5000"},
		{"waimai_10k", []string{"feedback/waimai_10k/waimai_10k.csv"}, "review 11987: feedback.received 11987/11987"},
		{"online_shopping_10_cats", []string{"feedback/online_shopping_10_cats/online_shopping_10_cats.csv"}, "review 62774: feedback.received 62774/62774"},
		{"gitbugs", []string{"feedback/gitbugs/hadoop_bugs.csv"}, "issue 2503: feedback.received 2503/2503, feedback.resolved 1733/1733"},
	}
	db := open(t)
	for _, tt := range tests {
		t.Run(tt.mapping, func(t *testing.T) {
			text, err := os.ReadFile("../../../examples/mappings/" + tt.mapping + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			m, err := Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i, f := range tt.files {
				got = append(got, try(t, db, m, m.Tables[i], data+f))
			}
			if diff := cmp.Diff(strings.Split(tt.want, "; "), got); diff != "" {
				t.Errorf("events (-want +got):\n%s", diff)
			}
		})
	}
}

// try loads a file's first table as the importer does and counts the events
// that t's expressions give.
func try(tb testing.TB, db *sql.DB, m Mapping, t Table, path string) string {
	tb.Helper()
	_, tables, err := read.Extract(context.Background(), path, filepath.Base(path), tb.TempDir(), t.Format, read.Limits{}, nil)
	if err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
	clean := tables[0]
	if !t.Match.Matches(path, clean.Name, clean.Header) {
		tb.Fatalf("%s: table %q does not match the header %q", path, t.Name, clean.Header)
	}
	s := stage(tb, db, m, t, clean)
	var rows int64
	if err := db.QueryRow("SELECT count(*) FROM stage").Scan(&rows); err != nil {
		tb.Fatal(err)
	}
	for _, p := range t.Parties {
		exprs := []Expr{p.Key, p.Name, p.Phone, p.Email, p.TaxNo, p.Address, p.City, p.Title, p.Company}
		for _, k := range sortedKeys(p.Attrs) {
			exprs = append(exprs, p.Attrs[k])
		}
		some(tb, db, s, t.Name+" "+p.Ref, exprs)
	}
	out := fmt.Sprintf("%s %d:", t.Name, rows)
	for i, e := range t.Events {
		sep := ", "
		if i == 0 {
			sep = " "
		}
		out += sep + count(tb, db, m, t, s, e)
	}
	return out
}

// stage loads a clean table as text and gives its scope.
func stage(tb testing.TB, db *sql.DB, m Mapping, t Table, clean read.Table) Scope {
	tb.Helper()
	s := Scope{Columns: map[string]string{}, Let: t.Let, Row: "rowid", File: "'f'", Sheet: quote(clean.Name)}
	var cols, sel []string
	missing := "''"
	for _, x := range append(append([]string{}, m.Missing...), t.Format.Missing...) {
		missing += ", " + quote(x)
	}
	for i, h := range clean.Header {
		c := fmt.Sprintf("c%d", i)
		cols = append(cols, quote(c)+": 'VARCHAR'")
		sel = append(sel, fmt.Sprintf("CASE WHEN trim(%[1]s) IN (%[2]s) THEN NULL ELSE %[1]s END AS %[1]s", c, missing))
		s.Columns[h] = c
	}
	f, err := os.ReadFile(clean.Path)
	if err != nil {
		tb.Fatal(err)
	}
	body := filepath.Join(tb.TempDir(), "body.csv")
	if err := os.WriteFile(body, f[clean.Skip:], 0o600); err != nil {
		tb.Fatal(err)
	}
	quoteOpt := "''"
	if clean.Quote != 0 {
		quoteOpt = quote(string(clean.Quote))
	}
	q := fmt.Sprintf("CREATE OR REPLACE TEMP TABLE stage AS SELECT %s FROM read_csv(%s, header=false, auto_detect=false, delim=%s, quote=%s, escape=%s, columns={%s}, max_line_size=20000000, strict_mode=false, parallel=false, nullstr='\x01')",
		strings.Join(sel, ", "), quote(body), quote(string(clean.Delim)), quoteOpt, quoteOpt, strings.Join(cols, ", "))
	if _, err := db.Exec(q); err != nil {
		tb.Fatal(err)
	}
	return s
}

// some runs expressions and reports those that are NULL in every row.
func some(tb testing.TB, db *sql.DB, s Scope, where string, exprs []Expr) {
	tb.Helper()
	for _, e := range exprs {
		if e == "" {
			continue
		}
		text, _, err := Text(e, s)
		if err != nil {
			tb.Errorf("%s: %v", where, err)
			continue
		}
		var n int64
		if err := db.QueryRow("SELECT count(" + text + ") FROM stage").Scan(&n); err != nil || n == 0 {
			tb.Errorf("%s: %s gives %d values, %v", where, e, n, err)
		}
	}
}

func count(tb testing.TB, db *sql.DB, m Mapping, t Table, s Scope, e Event) string {
	tb.Helper()
	exprs := []Expr{e.Channel, e.Amount, e.Currency, e.Quantity, e.Unit, e.Text}
	if e.Object != nil {
		exprs = append(exprs, e.Object.Key)
	}
	for _, k := range sortedKeys(e.Attrs) {
		exprs = append(exprs, e.Attrs[k])
	}
	some(tb, db, s, t.Name+" "+e.Verb, exprs)
	kind, err := TypeOf(e.TS, s)
	if err != nil {
		tb.Fatal(err)
	}
	ts, cols, err := Compile(e.TS, s)
	if err != nil {
		tb.Fatal(err)
	}
	if kind == TypeText {
		rows, err := db.Query(date.Shapes(ts))
		if err != nil {
			tb.Fatal(err)
		}
		stats, err := date.Scan(rows)
		if err != nil {
			tb.Fatal(err)
		}
		hint := ""
		if len(cols) == 1 {
			hint = t.Dates[cols[0]]
		}
		d := date.Decide(stats, hint)
		if d.Ambiguous {
			tb.Errorf("%s %s: %s", t.Name, e.Verb, d.Why)
		}
		if ts, err = d.UTC(ts, "UTC"); err != nil {
			tb.Fatal(err)
		}
	}
	when := "true"
	if e.When != "" {
		if when, _, err = Truth(e.When, s); err != nil {
			tb.Fatal(err)
		}
	}
	var n, good int64
	if err := db.QueryRow("SELECT count(*), count("+ts+") FROM stage WHERE "+when).Scan(&n, &good); err != nil {
		tb.Fatal(err)
	}
	return fmt.Sprintf("%s %d/%d", e.Verb, n, good)
}
