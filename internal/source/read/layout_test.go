package read

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPivot(t *testing.T) {
	tests := []struct {
		name, in string
		h        Hints
		header   string
		rows     []string
		set      []SetAside
	}{
		{name: "months with subtotals and totals",
			in:     "2024年销售\n\n区域,城市,1月,2月,3月,合计\n华东,上海,1,2,3,6\n华东,杭州,4,5,6,15\n华东小计,,5,7,9,21\n华北,北京,7,8,9,24\n华北小计,,7,8,9,24\n总计,,12,15,18,45\n",
			header: "区域¦城市¦月份¦数值",
			rows:   []string{"华东¦上海¦1月¦1", "华东¦上海¦2月¦2", "华东¦上海¦3月¦3", "华东¦杭州¦1月¦4", "华东¦杭州¦2月¦5", "华东¦杭州¦3月¦6", "华北¦北京¦1月¦7", "华北¦北京¦2月¦8", "华北¦北京¦3月¦9"},
			set: []SetAside{
				{Line: 4, Label: "合计", Column: "合计", Stated: 6, Summed: 6, Agrees: true},
				{Line: 5, Label: "合计", Column: "合计", Stated: 15, Summed: 15, Agrees: true},
				{Line: 6, Label: "华东小计", Column: "1月", Stated: 5, Summed: 5, Agrees: true},
				{Line: 6, Label: "华东小计", Column: "2月", Stated: 7, Summed: 7, Agrees: true},
				{Line: 6, Label: "华东小计", Column: "3月", Stated: 9, Summed: 9, Agrees: true},
				{Line: 6, Label: "华东小计", Column: "合计", Stated: 21, Summed: 21, Agrees: true},
				{Line: 7, Label: "合计", Column: "合计", Stated: 24, Summed: 24, Agrees: true},
				{Line: 8, Label: "华北小计", Column: "1月", Stated: 7, Summed: 7, Agrees: true},
				{Line: 8, Label: "华北小计", Column: "2月", Stated: 8, Summed: 8, Agrees: true},
				{Line: 8, Label: "华北小计", Column: "3月", Stated: 9, Summed: 9, Agrees: true},
				{Line: 8, Label: "华北小计", Column: "合计", Stated: 24, Summed: 24, Agrees: true},
				{Line: 9, Label: "总计", Column: "1月", Stated: 12, Summed: 12, Agrees: true},
				{Line: 9, Label: "总计", Column: "2月", Stated: 15, Summed: 15, Agrees: true},
				{Line: 9, Label: "总计", Column: "3月", Stated: 18, Summed: 18, Agrees: true},
				{Line: 9, Label: "总计", Column: "合计", Stated: 45, Summed: 45, Agrees: true},
			}},
		{name: "a total that is wrong", in: "name,amount\na,1.5\nb,2.25\nTotal,4\n", header: "name¦amount", rows: []string{"a¦1.5", "b¦2.25"},
			set: []SetAside{{Line: 4, Label: "Total", Column: "amount", Stated: 4, Summed: 3.75, Agrees: true}}},
		{name: "a total that is far off", in: "name,amount\na,1\nb,2\nTotal,7\n", header: "name¦amount", rows: []string{"a¦1", "b¦2"},
			set: []SetAside{{Line: 4, Label: "Total", Column: "amount", Stated: 7, Summed: 3}}},
		{name: "a total above", in: "name,amount\n合计,3\na,1\nb,2\n", header: "name¦amount", rows: []string{"a¦1", "b¦2"},
			set: []SetAside{{Line: 2, Label: "合计", Column: "amount", Stated: 3, Summed: 3, Agrees: true}}},
		{name: "a name that is no total", in: "name,city,amount\nTotal Energies,Paris,1\n小计算机,上海,2\n", header: "name¦city¦amount", rows: []string{"Total Energies¦Paris¦1", "小计算机¦上海¦2"}},
		{name: "regions", in: "product,华东,华北,华南\nx,1,2,3\ny,4,,6\n", header: "product¦地区¦数值", rows: []string{"x¦华东¦1", "x¦华北¦2", "x¦华南¦3", "y¦华东¦4", "y¦华南¦6"}},
		{name: "two levels", in: "地区,2024年,,2025年,\n,收入,成本,收入,成本\n华东,1,2,3,4\n华北,5,6,7,8\n", header: "地区¦年份¦指标¦数值",
			rows: []string{"华东¦2024年¦收入¦1", "华东¦2024年¦成本¦2", "华东¦2025年¦收入¦3", "华东¦2025年¦成本¦4", "华北¦2024年¦收入¦5", "华北¦2024年¦成本¦6", "华北¦2025年¦收入¦7", "华北¦2025年¦成本¦8"}},
		{name: "years", in: "country,1990,1991,1992\nA,1.5,2.5,3.5\n", header: "country¦年份¦数值", rows: []string{"A¦1990¦1.5", "A¦1991¦2.5", "A¦1992¦3.5"}},
		{name: "off", in: "country,1990,1991,1992\nA,1.5,2.5,3.5\n", h: Hints{Pivot: &Pivot{Off: true}}, header: "country¦1990¦1991¦1992", rows: []string{"A¦1.5¦2.5¦3.5"}},
		{name: "stated", in: "k,p,q\nA,1,2\n", h: Hints{Pivot: &Pivot{Columns: []string{"p", "q"}, Names: []string{"which"}, Value: "n"}}, header: "k¦which¦n", rows: []string{"A¦p¦1", "A¦q¦2"}},
		{name: "ordinary figures", in: "id,jan_sales,price,qty\n1,2,3,4\n", header: "id¦jan_sales¦price¦qty", rows: []string{"1¦2¦3¦4"}},
		{name: "a row without figures", in: "product,1月,2月,3月\nx,1,2,3\ny,,,\n", header: "product¦月份¦数值", rows: []string{"x¦1月¦1", "x¦2月¦2", "x¦3月¦3"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, tables, err := extract(t, tt.in, "x.csv", tt.h)
			if err != nil {
				t.Fatal(err)
			}
			tb := tables[0]
			var rows []string
			for _, r := range all(t, tb) {
				rows = append(rows, strings.Join(r, "¦"))
			}
			if diff := cmp.Diff(tt.header, strings.Join(tb.Header, "¦")); diff != "" {
				t.Errorf("header of %q (-want +got):\n%s\n%+v", tt.in, diff, tb.Evidence)
			}
			if diff := cmp.Diff(tt.rows, rows); diff != "" {
				t.Errorf("rows of %q (-want +got):\n%s", tt.in, diff)
			}
			if diff := cmp.Diff(tt.set, tb.Set); diff != "" {
				t.Errorf("set aside of %q (-want +got):\n%s", tt.in, diff)
			}
			distinct := map[int64]bool{}
			for n := range tb.Rows {
				distinct[tb.Row(n)] = true
			}
			if int64(len(distinct)+len(tb.Rejects)) != tb.Read {
				t.Errorf("%q: %d rows made records and %d were rejected, of %d read", tt.in, len(distinct), len(tb.Rejects), tb.Read)
			}
		})
	}
}
