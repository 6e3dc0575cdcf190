package stage

import (
	"math/rand/v2"
	"time"
)

// Zone is the company's clock: China has one, without summer time.
var Zone = time.FixedZone("CST", 8*3600)

// Epoch is day 0, the first of 18 months; Days and Months count to the end
// of 2026.
var Epoch = time.Date(2025, 7, 1, 0, 0, 0, 0, Zone)

// The simulated span: 2025-07-01 to 2026-12-31. PreMonths of it lie before
// the year that is to be judged.
const (
	Days      = 184 + 365
	Months    = 18
	PreMonths = 6
)

// A Holiday is a run of statutory days off and the weekend days that are
// worked in exchange.
type Holiday struct {
	Name        string
	First, Last string   // YYYY-MM-DD, inclusive
	Worked      []string // make-up working days (调休上班)
}

// Holidays after the yearly notices of the General Office of the State
// Council: 国办发明电〔2024〕12号 of 2024-11-12 for 2025, 国办发明电〔2025〕7号 of
// 2025-11-04 for 2026. Only what touches the span is listed.
var Holidays = []Holiday{
	{"国庆节、中秋节", "2025-10-01", "2025-10-08", []string{"2025-09-28", "2025-10-11"}},
	{"元旦", "2026-01-01", "2026-01-03", []string{"2026-01-04"}},
	{"春节", "2026-02-15", "2026-02-23", []string{"2026-02-14", "2026-02-28"}},
	{"清明节", "2026-04-04", "2026-04-06", nil},
	{"劳动节", "2026-05-01", "2026-05-05", []string{"2026-05-09"}},
	{"端午节", "2026-06-19", "2026-06-21", nil},
	{"中秋节", "2026-09-25", "2026-09-27", nil},
	{"国庆节", "2026-10-01", "2026-10-07", []string{"2026-09-20", "2026-10-10"}},
}

// A DayKind says whether offices work.
type DayKind uint8

const (
	WorkingDay DayKind = iota
	WeekendDay
	StatutoryDay
)

// A month's share of business against the year's average: the quarter ends
// and December pull, 春节 and the October holiday push down.
var season = [12]float64{0.85, 0.62, 1.12, 1.04, 0.97, 1.14, 0.94, 0.95, 1.12, 0.88, 1.10, 1.24}

// calendar answers what kind of day a day is; all of it is constant.
type calendar struct {
	kind       [Days]DayKind
	month      [Days]int
	first      [Months + 1]int // first day of each month
	workdaysOf [Months][]int
}

var cal = newCalendar()

func newCalendar() *calendar {
	c := &calendar{}
	for d := range Days {
		t := Epoch.AddDate(0, 0, d)
		if wd := t.Weekday(); wd == time.Saturday || wd == time.Sunday {
			c.kind[d] = WeekendDay
		}
		c.month[d] = (t.Year()-2025)*12 + int(t.Month()) - 7
	}
	for _, h := range Holidays {
		for d := DayOf(h.First); d <= DayOf(h.Last); d++ {
			c.kind[d] = StatutoryDay
		}
		for _, s := range h.Worked {
			c.kind[DayOf(s)] = WorkingDay
		}
	}
	for d := Days - 1; d >= 0; d-- {
		c.first[c.month[d]] = d
	}
	c.first[Months] = Days
	for d := range Days {
		if c.kind[d] == WorkingDay {
			c.workdaysOf[c.month[d]] = append(c.workdaysOf[c.month[d]], d)
		}
	}
	return c
}

// DayOf is the number of that day (YYYY-MM-DD); it panics on anything else,
// as it is called with constants only.
func DayOf(date string) int {
	t, err := time.ParseInLocation(time.DateOnly, date, Zone)
	if err != nil {
		panic(err)
	}
	return int(t.Sub(Epoch).Hours() / 24)
}

// Date is midnight at the start of day d, which may lie outside the span.
func Date(d int) time.Time { return Epoch.AddDate(0, 0, d) }

// MonthOf is the month (0 = 2025-07) of a day within the span.
func MonthOf(d int) int { return cal.month[min(max(d, 0), Days-1)] }

// FirstDay is the first day of month m; FirstDay(Months) ends the span.
func FirstDay(m int) int { return cal.first[m] }

// MonthName is 2026-01 and so on.
func MonthName(m int) string { return Epoch.AddDate(0, m, 0).Format("2006-01") }

// KindOf says what kind of day d is.
func KindOf(d int) DayKind { return cal.kind[d] }

// Workday says whether offices work on day d.
func Workday(d int) bool { return d >= 0 && d < Days && cal.kind[d] == WorkingDay }

// firstWorkday is when things are rolled out in month m.
func FirstWorkday(m int) int { return cal.workdaysOf[m][0] }

// seasonOf is the month's factor, 1 in an average month.
func SeasonOf(m int) float64 { return season[(m+6)%12] }

// nextWorkday is d, or the first working day after it; Days if none is left.
func NextWorkday(d int) int {
	for d < Days && cal.kind[max(d, 0)] != WorkingDay {
		d++
	}
	return d
}

// pickWorkday draws a working day of month m; late months' ends are busier.
func PickWorkday(r *rand.Rand, m int) int {
	days := cal.workdaysOf[m]
	u := r.Float64()
	if r.IntN(100) < 20 {
		u = 1 - u*u/3 // the last third, towards the end
	}
	return days[min(int(u*float64(len(days))), len(days)-1)]
}

// Busy minutes of an office day, per half hour from 08:00: a climb, a dip
// for lunch from 12:00 to 13:30, a second climb, a thin evening.
var officeWeights = []float64{0.3, 0.8, 1.6, 2.0, 2.1, 2.0, 1.8, 1.2, 0.35, 0.25, 0.5, 1.4, 1.9, 2.0, 1.9, 1.8, 1.6, 1.5, 1.2, 0.9, 0.5, 0.4, 0.4, 0.3, 0.25, 0.15}

// Customers write from 07:00 to midnight, with the same dip but a longer
// evening.
var customerWeights = []float64{0.2, 0.4, 0.8, 1.2, 1.8, 2.1, 2.1, 2.0, 1.8, 1.3, 0.8, 0.7, 1.0, 1.5, 1.9, 2.0, 1.9, 1.8, 1.6, 1.4, 1.1, 0.9, 1.0, 1.1, 1.1, 1.0, 0.9, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1}

var (
	officeSteps   = cumulate(officeWeights)
	customerSteps = cumulate(customerWeights)
)

func cumulate(w []float64) []float64 {
	c := make([]float64, len(w))
	sum := 0.0
	for i, x := range w {
		sum += x
		c[i] = sum
	}
	return c
}

func clock(r *rand.Rand, day, from int, steps []float64) time.Time {
	u := r.Float64() * steps[len(steps)-1]
	i := 0
	for steps[i] <= u {
		i++
	}
	return Date(day).Add(time.Duration(from)*time.Hour + time.Duration(i)*30*time.Minute + time.Duration(r.IntN(1800))*time.Second)
}

// officeTime draws a moment of an office day, customerTime of a customer's.
func OfficeTime(r *rand.Rand, day int) time.Time   { return clock(r, day, 8, officeSteps) }
func CustomerTime(r *rand.Rand, day int) time.Time { return clock(r, day, 7, customerSteps) }

// serviceHours are when the service team answers: 9 to 21 on working days,
// 10 to 18 on weekends, nobody on statutory holidays.
func serviceHours(d int) (from, to time.Duration) {
	switch {
	case d >= Days: // answers to December's tickets may fall into January
		return 9 * time.Hour, 18 * time.Hour
	case cal.kind[d] == WorkingDay:
		return 9 * time.Hour, 21 * time.Hour
	case cal.kind[d] == WeekendDay:
		return 10 * time.Hour, 18 * time.Hour
	}
	return 0, 0
}

// ServiceWithin is how much service time lies in the wall-clock time after t.
func ServiceWithin(t time.Time, wall time.Duration) (work time.Duration) {
	end := t.Add(wall)
	for d := int(t.Sub(Epoch) / (24 * time.Hour)); Date(d).Before(end); d++ {
		from, to := serviceHours(d)
		opens, closes := Date(d).Add(from), Date(d).Add(to)
		if opens.Before(t) {
			opens = t
		}
		if end.Before(closes) {
			closes = end
		}
		work += max(closes.Sub(opens), 0)
	}
	return work
}

// afterService is the wall-clock moment when work of that much service time,
// begun at t, is done.
func AfterService(t time.Time, work time.Duration) time.Time {
	for d := int(t.Sub(Epoch) / (24 * time.Hour)); ; d++ {
		from, to := serviceHours(d)
		opens, closes := Date(d).Add(from), Date(d).Add(to)
		if t.Before(opens) {
			t = opens
		}
		if !t.Before(closes) {
			continue
		}
		if left := closes.Sub(t); work <= left {
			return t.Add(work)
		} else {
			work -= left
			t = closes
		}
	}
}
