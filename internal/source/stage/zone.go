package stage

import (
	"fmt"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

// zones are the two that matter: where the source's clocks stand, and where
// the company cuts its days.
type zones struct {
	source, company *time.Location
}

func newZones(company, source string) (*zones, error) {
	if company == "" {
		company = "Asia/Shanghai"
	}
	if source == "" {
		source = company
	}
	c, err := location(company)
	if err != nil {
		return nil, err
	}
	s, err := location(source)
	if err != nil {
		return nil, err
	}
	return &zones{source: s, company: c}, nil
}

func location(name string) (*time.Location, error) {
	l, err := time.LoadLocation(name)
	if err != nil {
		return nil, fault.New(fault.ErrInvalid, "zone.unknown",
			fmt.Sprintf("%q is not a time zone. Write its IANA name: Asia/Shanghai, Europe/Berlin, UTC.", name),
			fmt.Sprintf("%q 不是时区。请写 IANA 名称，如 Asia/Shanghai、Europe/Berlin、UTC。", name))
	}
	return l, nil
}

// utc is the SQL of a local time's instant, where the local times of the
// column run from min to max. A zone whose offset doesn't change in between is
// a subtraction; the engine's zone arithmetic costs six times that.
func (z *zones) utc(local string, minimum, maximum time.Time) string {
	if off, ok := constantOffset(z.source, minimum, maximum); ok {
		return shift(local, -off)
	}
	return fmt.Sprintf("timezone('UTC', timezone(%s, %s))", store.Literal(z.source.String()), local)
}

// day is the SQL of an instant's day in the company's zone. local is the local
// SQL where source and company share the zone, "" where the value was an instant.
func (z *zones) day(local, utc string, minimum, maximum time.Time) string {
	if local != "" && z.source.String() == z.company.String() {
		return "CAST(" + local + " AS DATE)"
	}
	if off, ok := constantOffset(z.company, minimum, maximum); ok {
		return "CAST(" + shift(utc, off) + " AS DATE)"
	}
	return fmt.Sprintf("CAST(timezone(%s, timezone('UTC', %s)) AS DATE)", store.Literal(z.company.String()), utc)
}

func shift(sql string, seconds int) string {
	switch {
	case seconds == 0:
		return sql
	case seconds < 0:
		return fmt.Sprintf("(%s - INTERVAL %d SECOND)", sql, -seconds)
	}
	return fmt.Sprintf("(%s + INTERVAL %d SECOND)", sql, seconds)
}

// constantOffset is the zone's offset in seconds east of UTC over a span of
// local times, false where it changes. Changes stay at least a week, so weekly
// looks find them all; a day is added on both sides for the offset itself.
func constantOffset(l *time.Location, minimum, maximum time.Time) (int, bool) {
	if minimum.IsZero() || maximum.Year()-minimum.Year() > 200 {
		return 0, false
	}
	_, off := minimum.Add(-24 * time.Hour).In(l).Zone()
	for t := minimum.Add(-24 * time.Hour); t.Before(maximum.Add(48 * time.Hour)); t = t.Add(7 * 24 * time.Hour) {
		if _, o := t.In(l).Zone(); o != off {
			return 0, false
		}
	}
	if _, o := maximum.Add(48 * time.Hour).In(l).Zone(); o != off {
		return 0, false
	}
	return off, true
}
