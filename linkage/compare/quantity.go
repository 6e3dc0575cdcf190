package compare

import (
	"math"
	"strconv"
	"strings"
)

// ParseNumber reads a number written with thousands commas, a currency sign,
// a percent sign or a full-width form.
func ParseNumber(s string) (float64, bool) {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '．':
			return '.'
		case r == ',' || r == '，' || r == ' ' || r == '$' || r == '¥' || r == '￥' || r == '€' || r == '£' || r == '%':
			return -1
		}
		return r
	}, strings.TrimSpace(s))
	if s == "" || len(s) > 40 {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, false
	}
	return v, true
}

// Numbers is 1 for equal numbers and falls linearly to 0 where the difference
// reaches the larger of the two.
func Numbers(a, b float64) float64 {
	if a == b {
		return 1
	}
	return max(0, 1-math.Abs(a-b)/max(math.Abs(a), math.Abs(b)))
}

// A Place is a point on the earth, in degrees.
type Place struct{ Lat, Lon float64 }

// ParsePlace reads "lat lon" or "lat,lon", in degrees.
func ParsePlace(s string) (Place, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == ';' || r == '\x1f' || r == '，' })
	if len(parts) != 2 {
		return Place{}, false
	}
	lat, err1 := strconv.ParseFloat(parts[0], 64)
	lon, err2 := strconv.ParseFloat(parts[1], 64)
	if err1 != nil || err2 != nil || !(math.Abs(lat) <= 90) || !(math.Abs(lon) <= 180) {
		return Place{}, false
	}
	return Place{lat, lon}, true
}

// Kilometres is the great-circle distance (haversine, mean earth radius).
func Kilometres(a, b Place) float64 {
	const radius, rad = 6371.0088, math.Pi / 180
	dLat, dLon := (b.Lat-a.Lat)*rad, (b.Lon-a.Lon)*rad
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(a.Lat*rad)*math.Cos(b.Lat*rad)*math.Pow(math.Sin(dLon/2), 2)
	return 2 * radius * math.Asin(min(1, math.Sqrt(h)))
}
