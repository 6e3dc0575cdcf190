package read

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCompany reads the company's exports; the counts are those that each
// folder's SOURCE.txt states.
func TestCompany(t *testing.T) {
	tests := []struct {
		file    string
		rows    []int64
		columns int // of the first table
	}{
		{"bank_marketing/bank-additional-full.csv", []int64{41188}, 21},
		{"bank_marketing/bank-full.csv", []int64{45211}, 17},
		{"bpic2013/bpic2013_closed_problems.csv", []int64{6660}, 12},
		{"bpic2013/bpic2013_incidents.csv", []int64{65533}, 12},
		{"cn_admin_divisions/provinces.csv", []int64{31}, 2},
		{"cn_admin_divisions/cities.csv", []int64{342}, 3},
		{"cn_admin_divisions/areas.csv", []int64{2978}, 4},
		{"cn_admin_divisions/streets.csv", []int64{41352}, 5},
		{"cn_admin_divisions/pca-code.json", []int64{31}, 3},
		{"cn_company_registry/SmoothNLP工商数据集样本10K.xlsx", []int64{10000}, 11},
		{"cn_company_registry/SmoothNLP投资事件数据集样本2k.xlsx", []int64{2000}, 6},
		{"cn_company_registry/SmoothNLP投资结构数据集样本1k.xlsx", []int64{1000}, 5},
		{"cn_holidays/holiday_days.csv", []int64{216}, 3},
		{"dunnhumby_journey/campaign_descriptions.csv", []int64{27}, 4},
		{"dunnhumby_journey/campaigns.csv", []int64{6589}, 2},
		{"dunnhumby_journey/coupon_redemptions.csv", []int64{2102}, 4},
		{"dunnhumby_journey/demographics.csv", []int64{801}, 8},
		{"dunnhumby_journey/products.csv", []int64{52291}, 7},
		{"dunnhumby_journey/coupons.csv", []int64{116204}, 3},
		{"dunnhumby_journey/transactions_sample.csv", []int64{75000}, 11},
		{"helpdesk_italy/Helpdesk.csv", []int64{21348}, 10},
		{"hillstrom/hillstrom_email_data.csv", []int64{64000}, 12},
		{"ifood_marketing/marketing_campaign.csv", []int64{2240}, 29},
		{"issue_dumps/hadoop_bugs.csv", []int64{2503}, 9},
		{"issue_dumps/SeaMonkey_bugs.csv", []int64{1076}, 8},
		{"market_news_tidewire/tidewire-2026-08-22.jsonl.gz", []int64{2989, 687, 516, 35, 37}, 19},
		{"maven_crm/sales_pipeline.csv", []int64{8800}, 8},
		{"maven_crm/accounts.csv", []int64{85}, 7},
		{"maven_crm/products.csv", []int64{7}, 3},
		{"maven_crm/sales_teams.csv", []int64{35}, 3},
		{"maven_crm/data_dictionary.csv", []int64{21}, 3},
		{"olist_funnel/olist_marketing_qualified_leads_dataset.csv", []int64{8000}, 4},
		{"olist_funnel/olist_closed_deals_dataset.csv", []int64{842}, 14},
		{"olist_funnel/olist_sellers_dataset.csv", []int64{3095}, 4},
		{"olist_funnel/second_export_hifly/olist_marketing_qualified_leads_dataset.csv", []int64{8000}, 4},
		{"olist_funnel/second_export_hifly/olist_marketing_closed_deals_dataset.csv", []int64{842}, 14},
		{"olist_funnel/second_export_hifly/olist_sellers_dataset.csv", []int64{3095}, 4},
		{"uci_incidents/incident_event_log_main.csv", []int64{70660}, 36},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			_, tables, err := Extract(t.Context(), data(t, "company/"+tt.file), tt.file, t.TempDir(), Hints{}, Limits{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			var rows []int64
			for _, tb := range tables {
				rows = append(rows, tb.Rows)
			}
			if got := len(tables[0].Header); got != tt.columns {
				t.Errorf("%s has %d columns, want %d", tt.file, got, tt.columns)
			}
			if diff := cmp.Diff(tt.rows, rows); diff != "" {
				t.Errorf("rows of %s (-want +got):\n%s", tt.file, diff)
			}
		})
	}
}
