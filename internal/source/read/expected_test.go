package read

import (
	"path/filepath"
	"strings"
	"testing"
)

// expected are messy files whose header, rows (of the first table) and
// encoding were counted by another program or by eye.
var expected = []struct {
	file     string
	rows     int64
	header   string
	encoding string
}{
	{"encodings_cn/madmen_latin.csv", 248, "rownames¦performer¦show¦show_start¦show_end¦status¦charend¦years_since¦num_lead¦num_support¦num_shows¦score¦score_div_y¦lead_notes¦support_notes¦show_notes", "macintosh"},
	{"encodings_cn/waimai_big5_lossy.csv", 999, "label¦review", "big5"},
	{"encodings_cn/waimai_gb18030_crlf.csv", 999, "label¦review", "gb18030"},
	{"encodings_cn/waimai_gbk_crlf.csv", 999, "label¦review", "gb18030"},
	{"encodings_cn/waimai_utf16le_bom_tab.csv", 999, "label¦review", "utf-16le"},
	{"messy_csv_duckdb/csv/14512.csv", 1, "ingredients¦item_tax_data", "utf-8"},
	{"messy_csv_duckdb/csv/15473_date_timestamp.csv", 5, "a", "utf-8"},
	{"messy_csv_duckdb/csv/[avalon]_daily-avg.csv", 3, "a¦b¦c", "utf-8"},
	{"messy_csv_duckdb/csv/auto/date_format_bug_linux.csv", 3, "test", "utf-8"},
	{"messy_csv_duckdb/csv/auto/int_bol.csv", 4, "i¦b", "utf-8"},
	{"messy_csv_duckdb/csv/auto/issue_1254_rn.csv", 2, "a¦b", "utf-8"},
	{"messy_csv_duckdb/csv/auto/issue_811.csv", 4494, "TestInteger¦TestDouble¦TestDate¦TestText", "utf-8"},
	{"messy_csv_duckdb/csv/auto/normalize_names_2.csv", 2, "select¦insert¦join", "utf-8"},
	{"messy_csv_duckdb/csv/auto/normalize_names_3.csv", 2, "0_a¦1_b¦9_c", "utf-8"},
	{"messy_csv_duckdb/csv/auto/single_header.csv", 1, "number¦text¦date", "utf-8"},
	{"messy_csv_duckdb/csv/auto/test_multiple_columns.csv", 300, "foo¦a¦b¦c¦d¦e¦f¦g¦h¦i¦j¦k¦l", "utf-8"},
	{"messy_csv_duckdb/csv/auto/test_single_column.csv", 5, "foo", "utf-8"},
	{"messy_csv_duckdb/csv/auto/test_single_column_rn.csv", 5, "foo", "utf-8"},
	{"messy_csv_duckdb/csv/auto/time_date_timestamp.csv", 3, "a¦b¦t¦d¦ts", "utf-8"},
	{"messy_csv_duckdb/csv/auto/utf8bom.csv", 2, "id¦name", "utf-8"},
	{"messy_csv_duckdb/csv/auto_date/date_example_2.csv", 3, "date_example", "utf-8"},
	{"messy_csv_duckdb/csv/auto_date/device_metadata_1.csv", 25, "device_id¦device_name¦device_type¦manufacturer¦model_number¦firmware_version¦installation_date¦location_id¦location_name¦facility_zone¦is_active¦expected_lifetime_months¦maintenance_interval_days¦last_maintenance_date", "utf-8"},
	{"messy_csv_duckdb/csv/aws_locations.csv", 102, "code¦city¦state¦country¦country_code¦count¦latitude¦longitude¦region¦pricing_region", "utf-8"},
	{"messy_csv_duckdb/csv/bad_date_2.csv", 5, "date¦specification_version", "utf-8"},
	{"messy_csv_duckdb/csv/bad_date_timestamp_mix.csv", 1, "date¦eventID¦subplotID¦ts¦t2_2", "utf-8"},
	{"messy_csv_duckdb/csv/blank_line.csv", 10, "col", "utf-8"},
	{"messy_csv_duckdb/csv/bool.csv", 2, "abs_file_name", "utf-8"},
	{"messy_csv_duckdb/csv/bug_7578.csv", 2, "transaction_id¦team_id¦direction¦amount¦account_id¦transaction_date¦recorded_date¦tags.transaction_id¦tags.team_id¦tags", "utf-8"},
	{"messy_csv_duckdb/csv/bug_9005/teste2.csv", 2, "id¦name¦factor", "utf-8"},
	{"messy_csv_duckdb/csv/comments/14635.csv", 1, "header1¦header2¦header3", "utf-8"},
	{"messy_csv_duckdb/csv/csv_quoted_newline_odd.csv", 2, "content", "utf-8"},
	{"messy_csv_duckdb/csv/custom_date.csv", 2, "ID¦Date_Time", "utf-8"},
	{"messy_csv_duckdb/csv/date_format_percentage.csv", 1, "test", "utf-8"},
	{"messy_csv_duckdb/csv/dateformat/not_working.csv", 2, "ACCESSION_NUMBER¦FILING_DATE", "utf-8"},
	{"messy_csv_duckdb/csv/dateformat/working.csv", 2, "ACCESSION_NUMBER¦FILING_DATE", "utf-8"},
	{"messy_csv_duckdb/csv/decimal.csv", 1, "col_a", "utf-8"},
	{"messy_csv_duckdb/csv/decimal_separators/decimal_separators_csv.csv", 1, "commas¦periods", "utf-8"},
	{"messy_csv_duckdb/csv/decimal_separators/invalid_char.csv", 1, "foo", "utf-8"},
	{"messy_csv_duckdb/csv/double_trouble.csv", 2736, "text¦number", "utf-8"},
	{"messy_csv_duckdb/csv/encodings/latin1.csv", 12, "name¦age", "windows-1252"},
	{"messy_csv_duckdb/csv/encodings/shift_jis.csv", 20, "名前¦年齢", "shift_jis"},
	{"messy_csv_duckdb/csv/error/date_multiple_file/0.csv", 1, "date", "utf-8"},
	{"messy_csv_duckdb/csv/error/date_multiple_file/1.csv", 1, "date", "utf-8"},
	{"messy_csv_duckdb/csv/error/mismatch/half1.csv", 3488, "num¦str", "utf-8"},
	{"messy_csv_duckdb/csv/error/mismatch/small1.csv", 5, "COL1¦COL2", "utf-8"},
	{"messy_csv_duckdb/csv/error/mismatch/small2.csv", 4, "COL1¦COL2", "utf-8"},
	{"messy_csv_duckdb/csv/filename_filter/a.csv", 1, "column1¦column2¦column3", "utf-8"},
	{"messy_csv_duckdb/csv/filename_filter/b.csv", 1, "column1¦column2¦column3", "utf-8"},
	{"messy_csv_duckdb/csv/filename_filter/d.csv", 3, "column1¦column2¦column3", "utf-8"},
	{"messy_csv_duckdb/csv/flights.csv", 3, "FlightDate¦UniqueCarrier¦OriginCityName¦DestCityName", "utf-8"},
	{"messy_csv_duckdb/csv/header_2.csv", 2, "line1¦line1_2¦line1_3", "utf-8"},
	{"messy_csv_duckdb/csv/header_bug.csv", 3, "a¦b", "utf-8"},
	{"messy_csv_duckdb/csv/headers/all_varchar.csv", 1, "name", "utf-8"},
	{"messy_csv_duckdb/csv/headers/borked_type.csv", 2, "Date", "utf-8"},
	{"messy_csv_duckdb/csv/headers/escaped_quote.csv", 2, "Name¦Escaped''Quote", "utf-8"},
	{"messy_csv_duckdb/csv/headers/undetected_type.csv", 1, "Value", "utf-8"},
	{"messy_csv_duckdb/csv/headers/unescaped_quote.csv", 2, "Name¦Unescaped'Quote", "utf-8"},
	{"messy_csv_duckdb/csv/integer_exponent.csv", 3, "a¦b¦c", "utf-8"},
	{"messy_csv_duckdb/csv/issue2471.csv", 2300, "isin¦value", "utf-8"},
	{"messy_csv_duckdb/csv/leading_zeros.csv", 6, "CODGEO¦NAISD14¦NAISD15¦NAISD16¦NAISD17¦NAISD18¦NAISD19¦NAISD20", "utf-8"},
	{"messy_csv_duckdb/csv/mixed_dates.csv", 5, "A¦B", "utf-8"},
	{"messy_csv_duckdb/csv/mixed_timestamps.csv", 5, "A¦B", "utf-8"},
	{"messy_csv_duckdb/csv/multiple_files/different_order/file_2.csv", 2, "c¦b¦a", "utf-8"},
	{"messy_csv_duckdb/csv/multiple_files/more_columns/file_5.csv", 2, "a¦b¦d", "utf-8"},
	{"messy_csv_duckdb/csv/null/multiple_quoted_nulls.csv", 3, "name¦age¦height", "utf-8"},
	{"messy_csv_duckdb/csv/one_r_n_two.csv", 2, "one", "utf-8"},
	{"messy_csv_duckdb/csv/pipe_delim.csv", 1, "one¦two¦three¦four", "utf-8"},
	{"messy_csv_duckdb/csv/rejects/flush.csv", 7, "number", "utf-8"},
	{"messy_csv_duckdb/csv/rejects/multiple_errors/invalid_utf_cast.csv", 2, "name¦age¦current_day¦barks", "windows-1251"},
	{"messy_csv_duckdb/csv/rejects/multiple_errors/multiple_casts_mixed.csv", 3, "name¦age¦current_day¦barks", "utf-8"},
	{"messy_csv_duckdb/csv/sample-0.csv", 3, "trade_day¦product¦exchange_time¦time¦lxoneprice¦maincode¦ftrprice¦value¦oi¦c1¦c2¦c3¦c4¦c5¦c6¦c7¦c8", "utf-8"},
	{"messy_csv_duckdb/csv/small_lineitem_strings.csv", 1, "DELIVER IN PERSON", "utf-8"},
	{"messy_csv_duckdb/csv/struct.csv", 1, "struct_col", "utf-8"},
	{"messy_csv_duckdb/csv/test_default_option.csv", 20480, "col1¦col2", "utf-8"},
	{"messy_csv_duckdb/csv/thousands_separator/multi_column_quote.csv", 5, "name¦money¦city", "utf-8"},
	{"messy_csv_duckdb/csv/union-by-name/mismatching/test.csv", 1, "id¦value", "utf-8"},
	{"messy_csv_duckdb/csv/union-by-name/type_mismatch/f_2.csv", 2, "id¦name¦age", "utf-8"},
	{"excel_readxl/extdata/deaths.xls", 14, "Name¦Profession¦Age¦Has kids¦Date of birth¦Date of death", ""},
	{"excel_readxl/extdata/datasets.xlsx", 32, "mpg¦cyl¦disp¦hp¦drat¦wt¦qsec¦vs¦am¦gear¦carb", ""},
	{"excel_readxl/iris-excel-xlsx.xlsx", 150, "Sepal.Length¦Sepal.Width¦Petal.Length¦Petal.Width¦Species", ""},
	{"excel_readxl/missing-first-column.xlsx", 3, "列1", ""},
	{"excel_readxl/names-need-repair-xls.xls", 2, "a b¦a b_2¦列3¦c%&$", ""},
	{"excel_readxl/unnamed-duplicated-columns.xls", 2, "列1¦var2¦列3¦var2_2", ""},
	{"excel_readxl/skipping.xlsx", 2, "var1¦var2", ""},
	{"excel_readxl/more-than-256-unique-strings-xls.xls", 257, "var", ""},
	{"excel_readxl/nonstandard-xml-ns-prefix.xlsx", 2, "a¦b", ""},
	{"excel_readxl/embedded-chartsheet.xlsx", 150, "Sepal.Length¦Sepal.Width¦Petal.Length¦Petal.Width¦Species", ""},
	{"excel_real/CA_Population_Data.xlsx", 58, "Rank¦County¦Population", ""},
	{"excel_real/Towny data.xlsx", 4, "QuadrantId¦QuadrantName", ""},
	{"excel_real/laucnty09.xlsx", 3217, "LAUS/Code¦State/FIPS/Code¦County/FIPS/Code¦County Name/State Abbreviation¦Year¦列6¦Labor/Force¦Employed¦Unemployed¦Unemploy-/ment Rate/(%)", ""},
	{"messy_csv_duckdb/csv/auto/no_header.csv", 2, "列1¦列2¦列3", "utf-8"},
	{"messy_csv_duckdb/csv/auto/semicolon_escape.csv", 3, "列1¦列2¦列3", "utf-8"},
	{"messy_csv_duckdb/csv/auto/skip_row.csv", 1, "number¦text¦date", "utf-8"},
	{"messy_csv_duckdb/csv/auto/multi_column_string_r.csv", 9, "列1¦列2¦列3¦列4", "utf-8"},
	{"messy_csv_duckdb/csv/comments/comment_skip.csv", 2, "x¦y¦z", "utf-8"},
	{"messy_csv_duckdb/csv/titanic.csv", 891, "PassengerId¦Survived¦Pclass¦Name¦Gender¦Age¦SibSp¦Parch¦Ticket¦Fare¦Cabin¦Embarked", "utf-8"},
}

func TestExpected(t *testing.T) {
	for _, tt := range expected {
		t.Run(tt.file, func(t *testing.T) {
			f, tables, err := Extract(t.Context(), data(t, "messy/"+tt.file), filepath.Base(tt.file), t.TempDir(), Hints{}, Limits{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			tb := tables[0]
			if got := strings.Join(tb.Header, "¦"); tb.Rows != tt.rows || got != tt.header || f.Encoding != tt.encoding {
				t.Errorf("Extract(%s) = %d rows, header %s, encoding %s; want %d, %s, %s", tt.file, tb.Rows, got, f.Encoding, tt.rows, tt.header, tt.encoding)
			}
		})
	}
}
