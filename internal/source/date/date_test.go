package date

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/google/go-cmp/cmp"
)

func open(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("duckdb", "")
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	tb.Cleanup(func() { db.Close() })
	if _, err := db.Exec(Macros + "; CREATE TEMP TABLE stage(x VARCHAR)"); err != nil {
		tb.Fatal(err)
	}
	return db
}

// decide loads values and decides on them.
func decide(tb testing.TB, db *sql.DB, values []string, hint string) Decision {
	tb.Helper()
	return Decide(shapes(tb, db, values), hint)
}

func shapes(tb testing.TB, db *sql.DB, values []string) []Shape {
	tb.Helper()
	if _, err := db.Exec("DELETE FROM stage"); err != nil {
		tb.Fatal(err)
	}
	for _, v := range values {
		if _, err := db.Exec("INSERT INTO stage VALUES ($1)", v); err != nil {
			tb.Fatal(err)
		}
	}
	rows, err := db.Query(Shapes("x"))
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	out, err := Scan(rows)
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

// read gives each value in UTC, the zone being Shanghai's.
func read(tb testing.TB, db *sql.DB, d Decision) []string {
	tb.Helper()
	u, err := d.UTC("x", "Asia/Shanghai")
	if err != nil {
		tb.Fatal(err)
	}
	rows, err := db.Query("SELECT coalesce(strftime(" + u + ", '%Y-%m-%d %H:%M:%S'), '-') || ' ' || " + d.PrecisionSQL("x") + " FROM stage")
	if err != nil {
		tb.Fatalf("%s: %v", u, err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			tb.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		tb.Fatalf("%s: %v", u, err)
	}
	return out
}

func TestDecide(t *testing.T) {
	db := open(t)
	tests := []struct {
		name, hint string
		values     []string
		formats    string
		want       []string // UTC and precision; local times are Shanghai's
		ambiguous  bool
		unknown    int64
	}{
		{"iso day", "", []string{"2026-05-12", "2026-05-13"}, "YYYY-MM-DD", []string{"2026-05-11 16:00:00 day", "2026-05-12 16:00:00 day"}, false, 0},
		{"iso second", "", []string{"2018-02-26 19:58:54"}, "YYYY-MM-DD HH:mm:ss", []string{"2018-02-26 11:58:54 second"}, false, 0},
		{"iso T and offsets", "", []string{"2010-03-31T16:59:42+02:00", "2010-03-31T16:59:42+01:00", "2010-03-31T16:59:42Z"}, "YYYY-MM-DDTHH:mm:ssZ", []string{"2010-03-31 14:59:42 second", "2010-03-31 15:59:42 second", "2010-03-31 16:59:42 second"}, false, 0},
		{"offset after a blank", "", []string{"2026-05-12 08:00:00 +0800", "2026-05-12 08:00:00 +0100"}, "YYYY-MM-DD HH:mm:ss Z", []string{"2026-05-12 00:00:00 second", "2026-05-12 07:00:00 second"}, false, 0},
		{"some with an offset", "", []string{"2026-05-12 08:00:00", "2026-05-12 08:00:00+00:00"}, "YYYY-MM-DD HH:mm:ss,YYYY-MM-DD HH:mm:ssZ", []string{"2026-05-12 00:00:00 second", "2026-05-12 08:00:00 second"}, false, 0},
		{"milliseconds", "", []string{"2026-05-12 08:00:00.123"}, "YYYY-MM-DD HH:mm:ss.SSS", []string{"2026-05-12 00:00:00 ms"}, false, 0},
		{"dots", "", []string{"2018.02.01", "2018.02.26 19:58"}, "YYYY.MM.DD,YYYY.MM.DD HH:mm", []string{"2018-01-31 16:00:00 day", "2018-02-26 11:58:00 minute"}, false, 0},
		{"slashes unpadded", "", []string{"2026/3/5 9:07", "2026/11/15 19:07"}, "YYYY/M/D H:mm,YYYY/MM/DD HH:mm", []string{"2026-03-05 01:07:00 minute", "2026-11-15 11:07:00 minute"}, false, 0},
		{"day first", "", []string{"29/2/2016 01:16", "5/3/2016 12:00"}, "D/M/YYYY HH:mm,DD/M/YYYY HH:mm", []string{"2016-02-28 17:16:00 minute", "2016-03-05 04:00:00 minute"}, false, 0},
		{"month first", "", []string{"2/29/2016", "5/3/2016", "12/1/2016"}, "M/D/YYYY,M/DD/YYYY,MM/D/YYYY", []string{"2016-02-28 16:00:00 day", "2016-05-02 16:00:00 day", "2016-11-30 16:00:00 day"}, false, 0},
		{"either", "", []string{"5/3/2016", "4/2/2016"}, "M/D/YYYY", []string{"2016-05-02 16:00:00 day", "2016-04-01 16:00:00 day"}, true, 0},
		{"either, declared", "D/M/YYYY", []string{"5/3/2016", "4/2/2016"}, "D/M/YYYY", []string{"2016-03-04 16:00:00 day", "2016-02-03 16:00:00 day"}, false, 0},
		{"either, as its neighbours", "?DMY", []string{"5/3/2016", "4/2/2016"}, "D/M/YYYY", []string{"2016-03-04 16:00:00 day", "2016-02-03 16:00:00 day"}, true, 0},
		{"both orders", "", []string{"13/2/2016", "2/13/2016"}, "M/DD/YYYY,MM/D/YYYY", []string{"- day", "2016-02-12 16:00:00 day"}, true, 0},
		{"day first with AM and PM", "", []string{"13/05/2026 3:04 PM", "12/05/2026 03:04:05 am"}, "DD/MM/YYYY h:mm A,DD/MM/YYYY hh:mm:ss A", []string{"2026-05-13 07:04:00 second", "2026-05-11 19:04:05 second"}, false, 0},
		{"dotted German", "", []string{"31.12.2025", "01.02.2026"}, "DD.MM.YYYY", []string{"2025-12-30 16:00:00 day", "2026-01-31 16:00:00 day"}, false, 0},
		{"two-digit year last", "", []string{"31/12/25", "01/02/26"}, "DD/MM/YY", []string{"2025-12-30 16:00:00 day", "2026-01-31 16:00:00 day"}, false, 0},
		{"two-digit year first", "", []string{"24/5/1", "24/12/31"}, "YY/M/D,YY/MM/DD", []string{"2024-04-30 16:00:00 day", "2024-12-30 16:00:00 day"}, false, 0},
		{"Chinese", "", []string{"2026年5月12日 下午3:04", "2026年12月1日 上午10:30"}, "YYYY年MM月D日 Ahh:mm,YYYY年M月DD日 Ah:mm", []string{"2026-05-12 07:04:00 minute", "2026-12-01 02:30:00 minute"}, false, 0},
		{"Chinese clock", "", []string{"2026年5月12日 15时4分"}, "YYYY年M月DD日 HH时m分", []string{"2026-05-12 07:04:00 minute"}, false, 0},
		{"month names", "", []string{"12-May-26", "3-Jun-26"}, "D-MMM-YY,DD-MMM-YY", []string{"2026-05-11 16:00:00 day", "2026-06-02 16:00:00 day"}, false, 0},
		{"Jira", "", []string{"30/Sep/21 17:20", "02/Mar/26 9:15 AM"}, "DD/MMM/YY HH:mm,DD/MMM/YY h:mm A", []string{"2021-09-30 09:20:00 minute", "2026-03-02 01:15:00 minute"}, false, 0},
		{"English", "", []string{"Apr 01, 2017", "Mar 31, 2017"}, "MMM DD, YYYY", []string{"2017-03-31 16:00:00 day", "2017-03-30 16:00:00 day"}, false, 0},
		{"compact", "", []string{"20260512", "20261231"}, "YYYYMMDD", []string{"2026-05-11 16:00:00 day", "2026-12-30 16:00:00 day"}, false, 0},
		{"compact with time", "", []string{"20260512150405"}, "YYYYMMDDHHmmss", []string{"2026-05-12 07:04:05 second"}, false, 0},
		{"serials", "", []string{"46154", "46154.5"}, "excel", []string{"2026-05-11 16:00:00 second", "2026-05-12 04:00:00 second"}, false, 0},
		{"serials 1904", "excel1904", []string{"44692"}, "excel1904", []string{"2026-05-11 16:00:00 second"}, false, 0},
		{"serials among dates", "", []string{"2026-05-12", "46155"}, "YYYY-MM-DD,excel", []string{"2026-05-11 16:00:00 day", "2026-05-12 16:00:00 day"}, false, 0},
		{"unix", "", []string{"1778544000"}, "unix", []string{"2026-05-12 00:00:00 second"}, false, 0},
		{"unix ms", "", []string{"1778544000123"}, "unix_ms", []string{"2026-05-12 00:00:00 ms"}, false, 0},
		{"months", "", []string{"2026-05", "2026-12"}, "YYYY-MM", []string{"2026-04-30 16:00:00 month", "2026-11-30 16:00:00 month"}, false, 0},
		{"Chinese months", "", []string{"2026年5月"}, "YYYY年M月", []string{"2026-04-30 16:00:00 month"}, false, 0},
		{"months without a year", "2026", []string{"5月", "12月"}, "{2026}MM月,{2026}M月", []string{"2026-04-30 16:00:00 month", "2026-11-30 16:00:00 month"}, false, 0},
		{"months and days", "", []string{"2026-05", "2026-05-12"}, "YYYY-MM,YYYY-MM-DD", []string{"2026-04-30 16:00:00 month", "2026-05-11 16:00:00 day"}, false, 0},
		{"impossible", "", []string{"2016-12-02", "0002-12-02", "2026-02-30"}, "YYYY-MM-DD", []string{"2016-12-01 16:00:00 day", "- day", "- day"}, false, 0},
		{"midnight is no time", "", []string{"2026-05-12 00:00:00", "2026-05-13 00:00:00"}, "YYYY-MM-DD HH:mm:ss", []string{"2026-05-11 16:00:00 day", "2026-05-12 16:00:00 day"}, false, 0},
		{"some are words", "", []string{"2026-05-12", "2026-05-13", "待定"}, "YYYY-MM-DD", []string{"2026-05-11 16:00:00 day", "2026-05-12 16:00:00 day", "- day"}, false, 1},
		{"none are dates", "", []string{"a1", "b2", "12"}, "", nil, false, 3},
		{"numbers that are no dates", "", []string{"10001", "99999"}, "", nil, false, 2},
		{"blanks around", "", []string{" 12/31/2026 ", "1/2/2026"}, "M/D/YYYY,MM/DD/YYYY", []string{"2026-12-30 16:00:00 day", "2026-01-01 16:00:00 day"}, false, 0},
	}
	for _, tt := range tests {
		d := decide(t, db, tt.values, tt.hint)
		formats := d.Formats
		if got := strings.Join(sortedText(formats), ","); got != tt.formats {
			t.Errorf("%s: Decide(%q) formats = %s, want %s", tt.name, tt.values, got, tt.formats)
		}
		if d.Ambiguous != tt.ambiguous || d.Unknown != tt.unknown {
			t.Errorf("%s: Decide(%q) ambiguous = %v, unknown = %d, want %v, %d", tt.name, tt.values, d.Ambiguous, d.Unknown, tt.ambiguous, tt.unknown)
		}
		if d.Why == "" || d.WhyZh == "" {
			t.Errorf("%s: Decide(%q) gives no reason", tt.name, tt.values)
		}
		if !d.OK() {
			continue
		}
		if diff := cmp.Diff(tt.want, read(t, db, d)); diff != "" {
			t.Errorf("%s: read %q as %v (-want +got):\n%s", tt.name, tt.values, d.Formats, diff)
		}
	}
}

func sortedText(s []string) []string {
	m := map[string]int64{}
	for _, f := range s {
		m[f] = 1
	}
	return sorted(m)
}

func TestDecideAll(t *testing.T) {
	db := open(t)
	stats := map[string][]Shape{
		"sure":    shapes(t, db, []string{"29/2/2016", "5/3/2016"}),
		"unsure":  shapes(t, db, []string{"5/3/2016"}),
		"unclear": shapes(t, db, []string{"hello"}),
	}
	got := DecideAll(stats, nil)
	if d := got["unsure"]; d.Order != "DMY" || !d.Ambiguous {
		t.Errorf("DecideAll: unsure = %+v, want the neighbour's order, still marked ambiguous", d)
	}
	if got["unclear"].OK() {
		t.Errorf("DecideAll: unclear = %+v, want no dates", got["unclear"])
	}
}

func TestToUTC(t *testing.T) {
	db := open(t)
	tests := []struct{ zone, local, want string }{
		{"Asia/Shanghai", "2026-05-12 08:00:00", "2026-05-12 00:00:00"},
		{"Asia/Shanghai", "1988-07-01 09:00:00", "1988-07-01 00:00:00"}, // summer time
		{"Europe/Berlin", "2026-01-01 01:00:00", "2026-01-01 00:00:00"},
		{"Europe/Berlin", "2026-07-01 02:00:00", "2026-07-01 00:00:00"},
		{"UTC", "2026-07-01 02:00:00", "2026-07-01 02:00:00"},
		{"Asia/Tokyo", "2026-07-01 09:00:00", "2026-07-01 00:00:00"},
		{"America/Sao_Paulo", "2018-01-01 00:00:00", "2018-01-01 02:00:00"},
	}
	for _, tt := range tests {
		expr, err := ToUTC("TIMESTAMP '"+tt.local+"'", tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if err := db.QueryRow("SELECT strftime(" + expr + ", '%Y-%m-%d %H:%M:%S')").Scan(&got); err != nil || got != tt.want {
			t.Errorf("ToUTC(%s, %s) = %s, %v, want %s", tt.local, tt.zone, got, err, tt.want)
		}
	}
	for _, zone := range []string{"Peking", "Local", "x' OR '"} {
		if _, err := ToUTC("x", zone); err == nil {
			t.Errorf("ToUTC(%q): want an error", zone)
		}
	}
}

func TestParse(t *testing.T) {
	db := open(t)
	tests := []struct{ format, in, want string }{
		{"YYYY-MM-DD", "2026-05-12", "2026-05-12 00:00:00"}, {"D/M/YYYY H:MM", "5/9/2016 3:04", "2016-09-05 03:04:00"}, {"M/D/YYYY h:mm A", "5/9/2016 3:04 PM", "2016-05-09 15:04:00"},
		{"YYYY年M月D日 A h:mm", "2026年5月12日 下午3:04", "2026-05-12 15:04:00"}, {"D-MMM-YY", "12-May-26", "2026-05-12 00:00:00"}, {"YYYY-MM-DD HH:mm:ss Z", "2026-05-12 08:00:00 +0800", "2026-05-12 00:00:00"},
		{"{2026}M月D日", "5月12日", "2026-05-12 00:00:00"}, {"excel", "46154", "2026-05-12 00:00:00"}, {"unix_ms", "1778544000000", "2026-05-12 00:00:00"}, {"YYYY-MM-DD", "x", "-"}, {"excel", "x", "-"}, {"D/M/YYYY", "31/2/2026", "-"},
	}
	for _, tt := range tests {
		expr, err := Parse("'"+tt.in+"'", tt.format)
		if err != nil {
			t.Error(err)
			continue
		}
		var got string
		if err := db.QueryRow("SELECT coalesce(strftime(" + expr + ", '%Y-%m-%d %H:%M:%S'), '-')").Scan(&got); err != nil || got != tt.want {
			t.Errorf("Parse(%q, %q) = %s, %v, want %s", tt.in, tt.format, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", "hello", "YYYY", "YYYY-MM-DD'", "YYYY-YYYY-MM", "HH:mm", "YYYY-MM HH:mm", "D/M", "%Y", "YYYY-MM-DD\n"} {
		if _, err := Parse("x", bad); err == nil {
			t.Errorf("Parse(%q): want an error", bad)
		}
	}
}

// FuzzDecide checks that no column, however odd, makes SQL that fails.
func FuzzDecide(f *testing.F) {
	for _, s := range []string{"2026-05-12|29/2/2016", "5月12日|2026年5月12日 下午3:04", "46154.5|1778544000", "infinity|epoch", "99/99/9999|1-1-01", "12-May-26 99:99", "9999999999999999|0.5"} {
		f.Add(s, "")
	}
	f.Add("5/3/2016", "D/M/YYYY")
	f.Add("5/3", "2026")
	db := open(f)
	f.Fuzz(func(t *testing.T, joined, hint string) {
		if strings.ContainsRune(joined, 0) || strings.ToValidUTF8(joined, "") != joined {
			return
		}
		if hint != "" && !isYear(hint) && Check(hint) != nil {
			return
		}
		values := strings.Split(joined, "|")
		if d := decide(t, db, values, hint); d.OK() {
			if got := read(t, db, d); len(got) != len(values) {
				t.Errorf("%q gives %d rows", values, len(got))
			}
		}
	})
}

func ExampleDecide() {
	d := Decide([]Shape{{Shape: "9/9/9999", N: 8, Max1: 9, Max2: 7, Example: "5/3/2016"}, {Shape: "99/9/9999", N: 2, Max1: 29, Max2: 2, Example: "29/2/2016"}}, "")
	fmt.Println(d.Formats, d.Order, d.Ambiguous)
	fmt.Println(d.Why)
	// Output:
	// [D/M/YYYY DD/M/YYYY] DMY false
	// over 10 values the first number reaches 29, the second 7: the day comes first
}
