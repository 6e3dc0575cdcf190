package compare_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/linkage/compare"
)

func TestEdits(t *testing.T) {
	tests := []struct {
		a, b         string
		limit        int
		lev, damerau int
	}{
		{"kitten", "sitting", -1, 3, 3},
		{"ca", "abc", -1, 3, 3}, // optimal string alignment, not unrestricted Damerau
		{"smith", "simth", -1, 2, 1},
		{"", "abc", -1, 3, 3},
		{"abcdef", "ghijkl", 2, 3, 3}, // given up
		{"张伟", "章伟", -1, 1, 1},
	}
	for _, tt := range tests {
		if got := compare.Levenshtein([]rune(tt.a), []rune(tt.b), tt.limit); got != tt.lev {
			t.Errorf("Levenshtein(%s, %s, %d) = %d, want %d", tt.a, tt.b, tt.limit, got, tt.lev)
		}
		if got := compare.Damerau([]rune(tt.a), []rune(tt.b), tt.limit); got != tt.damerau {
			t.Errorf("Damerau(%s, %s, %d) = %d, want %d", tt.a, tt.b, tt.limit, got, tt.damerau)
		}
	}
}

// TestJaroWinkler uses Winkler's published values (1990, table 1).
func TestJaroWinkler(t *testing.T) {
	tests := []struct {
		a, b     string
		jaro, jw float64
	}{
		{"martha", "marhta", .944, .961}, {"dixon", "dicksonx", .767, .813}, {"dwayne", "duane", .822, .840}, {"abc", "xyz", 0, 0}, {"", "", 1, 1},
	}
	for _, tt := range tests {
		if got := compare.Jaro([]byte(tt.a), []byte(tt.b)); math.Abs(got-tt.jaro) > .0006 {
			t.Errorf("Jaro(%s, %s) = %.4f, want %.3f", tt.a, tt.b, got, tt.jaro)
		}
		if got := compare.JaroWinkler([]byte(tt.a), []byte(tt.b)); math.Abs(got-tt.jw) > .0006 {
			t.Errorf("JaroWinkler(%s, %s) = %.4f, want %.3f", tt.a, tt.b, got, tt.jw)
		}
	}
}

func TestParseDate(t *testing.T) {
	tests := []struct {
		in   string
		want compare.Date
		ok   bool
	}{
		{"1971-06-24", compare.Date{Year: 1971, Month: 6, Day: 24}, true},
		{"19710624", compare.Date{Year: 1971, Month: 6, Day: 24}, true},
		{"24.6.1971", compare.Date{Year: 1971, Month: 6, Day: 24}, true},
		{"6/24/71", compare.Date{Year: 1971, Month: 6, Day: 24}, true},
		{"Mar 1 1970", compare.Date{Year: 1970, Month: 3, Day: 1}, true},
		{"1971年6月24日", compare.Date{Year: 1971, Month: 6, Day: 24}, true},
		{"1971-06-24T10:00:00", compare.Date{Year: 1971, Month: 6, Day: 24}, true},
		{"1862-24-03", compare.Date{Year: 1862, Month: 24, Day: 3}, true}, // kept: a slip is evidence
		{"hello", compare.Date{}, false},
		{"", compare.Date{}, false},
	}
	for _, tt := range tests {
		got, ok := compare.ParseDate(tt.in)
		if ok != tt.ok || ok && got != tt.want {
			t.Errorf("ParseDate(%q) = %v, %v; want %v, %v", tt.in, got, ok, tt.want, tt.ok)
		}
	}
}

func TestCompareDates(t *testing.T) {
	d := compare.Date{Year: 1971, Month: 6, Day: 4}
	tests := []struct {
		b    compare.Date
		want int
	}{
		{d, compare.DateSame},
		{compare.Date{Year: 1971, Month: 4, Day: 6}, compare.DateTypo},
		{compare.Date{Year: 1977, Month: 6, Day: 4}, compare.DateTypo},
		{compare.Date{Year: 1971, Month: 6, Day: 28}, compare.DateNear},
		{compare.Date{Year: 1971, Month: 12, Day: 25}, compare.DateSameYear},
		{compare.Date{Year: 1950, Month: 12, Day: 25}, compare.DateDiffers},
	}
	for _, tt := range tests {
		if got := compare.CompareDates(d, tt.b); got != tt.want {
			t.Errorf("CompareDates(%v, %v) = %d, want %d", d, tt.b, got, tt.want)
		}
	}
}

func TestPhoneKey(t *testing.T) {
	tests := []struct{ in, number, ext string }{
		{"+86 138-1234-5678", "13812345678", ""}, {"008613812345678", "13812345678", ""}, {"13812345678", "13812345678", ""},
		{"010-12345678转801", "1012345678", "801"}, {"010-12345678-801", "1012345678", "801"}, {"+1 (702) 919-1300", "7029191300", ""}, {"123", "", ""},
	}
	for _, tt := range tests {
		if n, e := compare.PhoneKey(tt.in); n != tt.number || e != tt.ext {
			t.Errorf("PhoneKey(%q) = %q, %q; want %q, %q", tt.in, n, e, tt.number, tt.ext)
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{"  O'Brien–Smith ": "obrien smith", "François ß": "francois ss", "ＡＢＣ１２３": "abc123", "Łódź": "lodz", "北京（海淀）": "北京 海淀"} {
		if got := compare.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestKilometres(t *testing.T) {
	// Paris to London, 343.5 km on a sphere.
	if got := compare.Kilometres(compare.Place{Lat: 48.8566, Lon: 2.3522}, compare.Place{Lat: 51.5074, Lon: -0.1278}); math.Abs(got-343.5) > 1 {
		t.Errorf("Kilometres(Paris, London) = %.1f, want 343.5", got)
	}
}

func TestItems(t *testing.T) {
	if diff := cmp.Diff([]string{"a", "b c"}, compare.Items(`["A", "b-c", ""]`)); diff != "" {
		t.Errorf("Items (-want +got):\n%s", diff)
	}
}

// FuzzFold checks that a normal form is its own normal form.
func FuzzFold(f *testing.F) {
	f.Add("François Ⅻ ǅ")
	f.Fuzz(func(t *testing.T, s string) {
		if k := compare.Fold(s); compare.Fold(k) != k {
			t.Errorf("Fold(Fold(%q)) = %q, want %q", s, compare.Fold(k), k)
		}
	})
}

// FuzzParsers checks that no text breaks a parser.
func FuzzParsers(f *testing.F) {
	f.Add("1971-06-24", "Jan 2 06")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, _ := compare.ParseDate(a)
		y, _ := compare.ParseDate(b)
		if compare.CompareDates(x, y) != compare.CompareDates(y, x) {
			t.Errorf("CompareDates(%v, %v) depends on the order", x, y)
		}
		compare.PhoneKey(a)
		compare.ParseNumber(a)
		compare.ParsePlace(a)
		compare.Soundex(a)
		if d := compare.Damerau([]rune(a), []rune(b), -1); d != compare.Damerau([]rune(b), []rune(a), -1) {
			t.Errorf("Damerau(%q, %q) = %d, the other way round differs", a, b, d)
		}
	})
}
