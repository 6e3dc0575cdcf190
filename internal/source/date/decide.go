package date

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones must be there on machines without their files
)

// A Shape is what a column's values look like with digits turned to 9 and
// letters to a, and what the numbers in it reach.
type Shape struct {
	Shape    string
	N        int64
	Max1     int64 // largest first, second and third number, where three stand at the front
	Max2     int64
	Max3     int64
	Min1     int64 // the smallest first number; where the value is one number, Max1 and Min1 are its range
	Midnight int64 // values whose time is 00:00
	Example  string
}

// Shapes is the query over table stage that counts the shapes of a text
// expression, the most frequent 500 first, its columns in the order of Shape.
// Missing values are left out.
func Shapes(expr string) string {
	// The four usual shapes are told by a small number, and a text is made for
	// the others alone.
	return `SELECT coalesce(shape, ['9999-99-99', '9999-99-99 99:99', '9999-99-99 99:99:99', '9999-99-99a99:99:99'][k]) AS shape, sum(n)::BIGINT AS n,
  max(max1) AS max1, max(max2) AS max2, max(max3) AS max3, max(min1) AS min1, sum(midnight)::BIGINT AS midnight, min(example) AS example
FROM (SELECT k, shape, count(*) AS n,
  coalesce(max(CASE WHEN front THEN TRY_CAST(p[1] AS BIGINT) WHEN whole THEN trunc(TRY_CAST(x AS DOUBLE)) END), 0)::BIGINT AS max1,
  coalesce(max(CASE WHEN front THEN TRY_CAST(p[2] AS BIGINT) END), 0)::BIGINT AS max2,
  coalesce(max(CASE WHEN front THEN TRY_CAST(p[3] AS BIGINT) END), 0)::BIGINT AS max3,
  coalesce(min(CASE WHEN front THEN TRY_CAST(p[1] AS BIGINT) WHEN whole THEN trunc(TRY_CAST(x AS DOUBLE)) END), 0)::BIGINT AS min1,
  count(*) FILTER (WHERE CASE WHEN ends_with(x, '00:00') THEN regexp_matches(x, '[ T]0?0:00(:00)?$') END) AS midnight,
  left(min(x), 200) AS example
FROM (SELECT k, x, shape, front, whole,
        CASE WHEN front THEN string_split(translate(left(x, 10), '-. ', '///'), '/') END AS p
      FROM (SELECT k, x, shape,
              CASE WHEN k > 0 THEN false WHEN x[5] IN ('-', '/', '.', '年') AND x[2] BETWEEN '0' AND '9' AND x[3] BETWEEN '0' AND '9' THEN false ELSE regexp_matches(shape, '^9{1,2}[-/.]9{1,2}[-/.]9{2}') END AS front,
              CASE WHEN k > 0 OR contains(x, '-') OR contains(x, ':') OR contains(x, '/') THEN false ELSE regexp_full_match(shape, '9{5,16}([.]9{1,12})?') END AS whole
            FROM (SELECT k, x,
                CASE WHEN k > 0 THEN NULL
                     WHEN x[5] = '-' AND x[11] = 'T' AND length(x) BETWEEN 20 AND 30 THEN translate(x, '012345678TZ', '999999999aa')
                     WHEN lower(x) <> upper(x)
                     THEN left(regexp_replace(translate(x, '012345678', '999999999'), '[A-Za-z]+', 'a', 'g'), 80)
                     ELSE left(translate(x, '012345678', '999999999'), 80) END AS shape
                  FROM (SELECT x, CASE WHEN x[5] = '-' AND length(x) IN (10, 16, 19) AND TRY_CAST(x AS TIMESTAMP) IS NOT NULL
                               THEN CASE length(x) WHEN 10 THEN 1 WHEN 16 THEN 2 ELSE CASE x[11] WHEN 'T' THEN 4 ELSE 3 END END ELSE 0 END AS k
                        FROM (SELECT trim(` + expr + `) AS x FROM stage) WHERE x IS NOT NULL))))
GROUP BY k, shape) GROUP BY 1 ORDER BY n DESC, shape LIMIT 500`
}

// Scan reads the rows of a Shapes query.
func Scan(rows *sql.Rows) ([]Shape, error) {
	var out []Shape
	for rows.Next() {
		var s Shape
		if err := rows.Scan(&s.Shape, &s.N, &s.Max1, &s.Max2, &s.Max3, &s.Min1, &s.Midnight, &s.Example); err != nil {
			return nil, fmt.Errorf("date: read shapes: %w", err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("date: read shapes: %w", err)
	}
	return out, nil
}

// A Decision is how a column's dates are read. Formats says it all: the rest
// is for people, and for who wonders.
type Decision struct {
	Formats   []string `json:"formats"`         // most frequent first; none = the column holds no dates
	Precision string   `json:"precision"`       // the finest: "month", "day", "minute", "second", "ms"
	Mixed     bool     `json:"mixed"`           // some values are less precise: see PrecisionSQL
	HasZone   bool     `json:"has_zone"`        // some values carry an offset or are unix times
	Ambiguous bool     `json:"ambiguous"`       // D/M or M/D could not be told from the values
	Order     string   `json:"order,omitempty"` // "DMY", "MDY" or "YMD", where numbers alone stand
	Why       string   `json:"why"`
	WhyZh     string   `json:"why_zh"`
	Known     int64    `json:"known"`   // values that a format fits
	Unknown   int64    `json:"unknown"` // values that none fits; they come out as NULL
}

// OK reports whether the column is read as dates at all.
func (d Decision) OK() bool { return len(d.Formats) > 0 }

// orderOf tells the order of day and month in a hint: "D/M/YYYY", "DMY".
func orderOf(hint string) string {
	var b strings.Builder
	for _, r := range strings.ToUpper(hint) {
		if strings.ContainsRune("DMY", r) && !strings.ContainsRune(b.String(), r) {
			b.WriteRune(r)
		}
	}
	if o := b.String(); o == "DMY" || o == "MDY" || o == "YMD" {
		return o
	}
	return ""
}

// Decide decides how a column is written. The hint is a format that a person
// declared, whose order of day and month is believed; "?DMY" or "?MDY" is
// evidence from elsewhere, believed where the column can't tell, which stays
// ambiguous. A hint of a year, "2026", completes dates that lack theirs.
func Decide(stats []Shape, hint string) Decision {
	weak := strings.HasPrefix(hint, "?")
	hint = strings.TrimPrefix(hint, "?")
	var d Decision
	if number("x", hint) != "" && !weak {
		return declared(stats, hint)
	}
	reads := readings(stats, hint)
	order, why, whyZh, ambiguous := order(reads, orderOf(hint), weak)
	d.Order, d.Ambiguous = order, ambiguous
	count := map[string]int64{}
	var timed, midnight int64
	for _, r := range reads {
		f, ok := r.finish(order, hint)
		if !ok {
			d.Unknown += r.N
			continue
		}
		d.Known += r.N
		count[f] += r.N
		if strings.ContainsAny(f, "Hh") {
			timed, midnight = timed+r.N, midnight+r.Midnight
		}
	}
	if !weak && hint != "" && !isYear(hint) && Check(hint) == nil && strings.ContainsAny(hint, "YD") && count[hint] == 0 && d.Known == 0 {
		return declared(stats, hint)
	}
	if d.Known == 0 || d.Known*2 < d.Unknown {
		return Decision{Unknown: d.Known + d.Unknown, Why: "most values do not look like dates", WhyZh: "多数值不像日期"}
	}
	d.Formats = sorted(count)
	d.settle(timed > 0 && timed == midnight)
	d.Why, d.WhyZh = why, whyZh
	if why == "" {
		d.Why = fmt.Sprintf("%d of %d values are written %s", d.Known, d.Known+d.Unknown, strings.Join(d.Formats[:min(3, len(d.Formats))], ", "))
		d.WhyZh = fmt.Sprintf("%d 个值中有 %d 个写作 %s", d.Known+d.Unknown, d.Known, strings.Join(d.Formats[:min(3, len(d.Formats))], "、"))
	}
	return d
}

// declared believes a person's format for the whole column.
func declared(stats []Shape, hint string) Decision {
	d := Decision{Formats: []string{hint}, Why: "the mapping declares " + hint, WhyZh: "映射中声明为 " + hint}
	for _, s := range stats {
		d.Known += s.N
	}
	d.settle(false)
	return d
}

// settle fills what follows from the formats.
func (d *Decision) settle(midnight bool) {
	ranks := []string{"month", "day", "minute", "second", "ms"}
	finest, coarsest := 0, len(ranks)
	for _, f := range d.Formats {
		p, zone := precision(f)
		i := slices.Index(ranks, p)
		if midnight && i > 1 {
			i = 1
		}
		finest, coarsest = max(finest, i), min(coarsest, i)
		d.HasZone = d.HasZone || zone
	}
	d.Precision, d.Mixed = ranks[finest], finest != coarsest
}

func precision(format string) (string, bool) {
	switch format {
	case Excel1900, "excel1900", Excel1904:
		return "second", false
	case Unix:
		return "second", true
	case UnixMS, UnixUS:
		return "ms", true
	}
	l, err := compile(format)
	if err != nil {
		return "day", false
	}
	return l.times, l.zone
}

func isYear(s string) bool {
	return len(s) == 4 && strings.Trim(s, "0123456789") == ""
}

type shaped struct {
	Shape
	reading
	ok bool
}

func readings(stats []Shape, hint string) []shaped {
	out := make([]shaped, len(stats))
	for i, s := range stats {
		r, ok := recognise(s.Example)
		out[i] = shaped{s, r, ok}
	}
	return out
}

// spans are what a number must lie within to be taken for a date: from 1954,
// 1979 on, to the 2100s.
var spans = map[string][2]int64{Excel1900: {20000, 80000}, Unix: {3e8, 7.3e9}, UnixMS: {3e11, 7.3e12}, UnixUS: {3e14, 7.3e15}}

// finish gives the format of a shape once the order is known.
func (r shaped) finish(order, hint string) (string, bool) {
	if !r.ok {
		return "", false
	}
	if r.number != "" {
		return r.number, r.Min1 >= spans[r.number][0] && r.Max1 < spans[r.number][1]
	}
	f := r.format
	if !strings.Contains(f, "Y") {
		if !isYear(hint) {
			return "", false
		}
		return "{" + hint + "}" + f, true
	}
	if r.either {
		f = reorder(f, order)
	}
	return f, true
}

// reorder turns a D/M/YY format into the column's order.
func reorder(f, order string) string {
	switch order {
	case "MDY":
		f = strings.NewReplacer("D", "M", "M", "D").Replace(f)
	case "YMD":
		if strings.HasPrefix(f, "DD") && strings.Contains(f, "YY") && !strings.Contains(f, "YYYY") {
			clock := ""
			if i := strings.IndexAny(f, " T"); i >= 0 {
				f, clock = f[:i], f[i:]
			}
			f = strings.NewReplacer("DD", "YY", "YY", "DD").Replace(f) + clock
		}
	}
	return f
}

// order decides between D/M and M/D from all shapes that leave it open.
func order(reads []shaped, hint string, weak bool) (order, why, whyZh string, ambiguous bool) {
	var m1, m2, m3, n int64
	sep, last2, short := "", true, false
	lo := int64(99)
	for _, r := range reads {
		if r.ok && r.either {
			m1, m2, m3, n = max(m1, r.Max1), max(m2, r.Max2), max(m3, r.Max3), n+r.N
			last2, lo = last2 && r.yearAny, min(lo, r.Min1)
			sep = strings.TrimLeft(r.format, "DM")[:1]
		}
		short = short || r.ok && r.yearFirst
	}
	if n == 0 {
		return "", "", "", false
	}
	reach := fmt.Sprintf("over %d values the first number reaches %d, the second %d", n, m1, m2)
	reachZh := fmt.Sprintf("%d 个值中第一个数最大 %d，第二个最大 %d", n, m1, m2)
	if hint != "" && !weak {
		return hint, "the mapping declares the order " + hint + "; " + reach, "映射中声明顺序 " + hint + "；" + reachZh, false
	}
	switch {
	case last2 && m2 <= 12 && m3 <= 31 && (m1 > 31 || short || n >= 8 && m1-lo <= 5 && m3 > 12):
		return "YMD", reach + ", the third " + fmt.Sprint(m3) + ": the year comes first", reachZh + "，第三个最大 " + fmt.Sprint(m3) + "：年份在前", false
	case m1 > 12 && m2 <= 12:
		return "DMY", reach + ": the day comes first", reachZh + "：日在前", false
	case m2 > 12 && m1 <= 12:
		return "MDY", reach + ": the month comes first", reachZh + "：月在前", false
	}
	guess := "MDY"
	if sep != "/" {
		guess = "DMY"
	}
	from, fromZh := "by custom for this sign", "按此分隔符的惯例"
	if hint != "" {
		guess, from, fromZh = hint, "as other columns of the table are", "与同表其他列一致"
	}
	if m1 > 12 && m2 > 12 {
		return guess, reach + ": both orders occur; read as " + guess + " " + from + ", the rest is rejected; declare the order under `dates`",
			reachZh + "：两种顺序都有；" + fromZh + "读作 " + guess + "，其余拒收；请在 dates 中声明", true
	}
	return guess, reach + ": it can't be told; read as " + guess + " " + from + "; declare the order under `dates`",
		reachZh + "：无法判断；" + fromZh + "读作 " + guess + "；请在 dates 中声明", true
}

func sorted(count map[string]int64) []string {
	out := make([]string, 0, len(count))
	for f := range count {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b string) int {
		if count[a] != count[b] {
			return int(count[b] - count[a])
		}
		return strings.Compare(a, b)
	})
	return out
}

// DecideAll decides the columns of one table together: where some are certain
// of D/M or M/D and agree, the others take that as evidence. hints are those
// that a person declared.
func DecideAll(stats map[string][]Shape, hints map[string]string) map[string]Decision {
	out := make(map[string]Decision, len(stats))
	sure := map[string]bool{}
	for col, s := range stats {
		d := Decide(s, hints[col])
		out[col] = d
		if d.OK() && !d.Ambiguous && d.Order != "" {
			sure[d.Order] = true
		}
	}
	if len(sure) != 1 {
		return out
	}
	for col, d := range out {
		if d.OK() && d.Ambiguous && hints[col] == "" {
			for o := range sure {
				out[col] = Decide(stats[col], "?"+o)
			}
		}
	}
	return out
}

// SQL reads the text expr: local gives the wall clock of values without an
// offset, utc the UTC of values with one; each is NULL for the other's values
// and for what can't be read. It needs Macros.
func (d Decision) SQL(expr string) (local, utc string) {
	var here, there []string
	cast, castZone := false, false
	strp := map[string][]string{} // text expression → formats
	zoned := map[string][]string{}
	for _, f := range d.Formats {
		if n := number(expr, f); n != "" {
			if _, zone := precision(f); zone {
				there = append(there, n)
			} else {
				here = append(here, n)
			}
			continue
		}
		l, err := compile(f)
		if err != nil {
			continue // Decide makes none such; a declared one was checked
		}
		switch {
		case l.iso && l.zone:
			castZone = true
		case l.iso:
			cast = true
		default:
			text, format := "trim("+expr+")", l.strp
			if l.ampm {
				text = "mapping_ampm(" + text + ")"
			}
			if l.year != "" {
				text, format = "'"+l.year+"-' || "+text, "%Y-"+format
			}
			into := strp
			if l.zone {
				into = zoned
			}
			if !slices.Contains(into[text], "'"+format+"'") {
				into[text] = append(into[text], "'"+format+"'")
			}
		}
	}
	if cast {
		c := "TRY_CAST(" + expr + " AS TIMESTAMP)"
		if castZone {
			c = "CASE WHEN NOT regexp_matches(" + expr + ", '" + offset + "') THEN " + c + " END"
		}
		here = append([]string{c}, here...)
	}
	if castZone {
		c := "make_timestamp(epoch_us(TRY_CAST(" + expr + " AS TIMESTAMPTZ)))"
		if cast || len(here)+len(strp) > 0 {
			c = "CASE WHEN regexp_matches(" + expr + ", '" + offset + "') THEN " + c + " END"
		}
		there = append(there, c)
	}
	here = append(here, parses(strp, "try_strptime(%s, [%s])")...)
	there = append(there, parses(zoned, "make_timestamp(epoch_us(try_strptime(%s, [%s])))")...)
	return first(here), first(there)
}

// offset finds an offset from UTC at the end of a time.
const offset = `[0-9]:[0-9.,:]+ ?(Z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)\s*$`

func parses(by map[string][]string, form string) []string {
	var out []string
	keys := make([]string, 0, len(by))
	for k := range by {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fs := by[k]
		// %Y also takes two digits, so %y goes first
		slices.SortStableFunc(fs, func(a, b string) int { return strings.Count(a, "%Y") - strings.Count(b, "%Y") })
		out = append(out, fmt.Sprintf(form, k, strings.Join(fs, ", ")))
	}
	return out
}

func first(parts []string) string {
	switch len(parts) {
	case 0:
		return "NULL::TIMESTAMP"
	case 1:
		return "mapping_within(" + parts[0] + ")"
	}
	return "mapping_within(coalesce(" + strings.Join(parts, ", ") + "))"
}

// UTC reads the text expr and gives UTC: local times are taken to be in the
// IANA zone, values with an offset are left at theirs.
func (d Decision) UTC(expr, zone string) (string, error) {
	local, utc := d.SQL(expr)
	if local == "NULL::TIMESTAMP" {
		return utc, nil
	}
	l, err := ToUTC(local, zone)
	if err != nil || utc == "NULL::TIMESTAMP" {
		return l, err
	}
	return "coalesce(" + utc + ", " + l + ")", nil
}

// ToUTC turns a local TIMESTAMP expression of an IANA zone into UTC. Where the
// zone has had one offset ever since a date, as China since 1991, that is a
// subtraction; else the engine's calendar decides, far slower.
func ToUTC(local, zone string) (string, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" || strings.ContainsAny(zone, "'\\") {
		return "", fmt.Errorf("date: zone %q is not known; write it like Asia/Shanghai", zone)
	}
	if zone == "" || loc == time.UTC {
		return local, nil
	}
	slow := "((" + local + ") AT TIME ZONE '" + zone + "' AT TIME ZONE 'UTC')"
	_, now := time.Date(2199, 12, 31, 0, 0, 0, 0, time.UTC).In(loc).Zone()
	since := time.Date(2199, 1, 1, 0, 0, 0, 0, time.UTC)
	for since.Year() >= 1900 {
		prev := since.AddDate(0, -1, 0)
		if _, off := prev.In(loc).Zone(); off != now {
			break
		}
		since = prev
	}
	if since.Year() > 2020 {
		return slow, nil
	}
	fast := fmt.Sprintf("(%s - to_seconds(%d))", local, now)
	if since.Year() < 1900 {
		return fast, nil
	}
	return fmt.Sprintf("CASE WHEN %s >= TIMESTAMP '%s' THEN %s ELSE %s END", local, since.AddDate(0, 1, 0).Format("2006-01-02"), fast, slow), nil
}

// PrecisionSQL gives each value's own precision as text.
func (d Decision) PrecisionSQL(expr string) string {
	if !d.Mixed {
		return "'" + d.Precision + "'"
	}
	coarse := "day"
	for _, f := range d.Formats {
		if p, _ := precision(f); p == "month" {
			coarse = "month"
		}
	}
	timed := "regexp_matches(" + expr + ", '[0-9][:时点][0-9]')"
	if coarse == "month" {
		return "CASE WHEN " + timed + " THEN '" + d.Precision + "' WHEN regexp_matches(trim(" + expr + "), '^([0-9]{4}[-/.年][0-9]{1,2}月?|[0-9]{6}|[A-Za-z]{3,9}[- /]+[0-9]{2,4})$') THEN 'month' ELSE 'day' END"
	}
	return "CASE WHEN " + timed + " THEN '" + d.Precision + "' ELSE 'day' END"
}
