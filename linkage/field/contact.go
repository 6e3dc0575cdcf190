package field

import (
	"strings"

	"github.com/chanzipu/outfitter/linkage/compare"
)

type phone struct {
	plain
	numbers []string // without extension
	exts    []string
}

func (*phone) labels() []string { return []string{"differs", "typo", "number", "equal"} }

func (*phone) normal(raw string) string {
	n, ext := compare.PhoneKey(raw)
	if n != "" && ext != "" {
		return n + "x" + ext
	}
	return n
}

func (p *phone) prepare(n string) {
	number, ext, _ := strings.Cut(n, "x")
	p.numbers, p.exts = append(p.numbers, number), append(p.exts, ext)
}

func (*phone) tfWeight(level uint8) float64 {
	if level == 3 {
		return 1
	}
	return 0
}

// compare: a switchboard reached without its extension is the number; two
// different extensions of it are not.
func (p *phone) compare(a, b uint32) Result {
	x, y := p.numbers[a], p.numbers[b]
	if x == y {
		if p.exts[a] == "" || p.exts[b] == "" {
			return Result{Level: 2}
		}
		return Result{Level: 1}
	}
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) >= 7 && strings.HasSuffix(y, x) {
		return Result{Level: 2} // one was written without its area code
	}
	if len(x) >= 7 && compare.Damerau([]byte(x), []byte(y), 1) == 1 {
		return Result{Level: 1}
	}
	return Result{}
}

type email struct {
	plain
	users, hosts []word
}

func (*email) labels() []string { return []string{"differs", "similar user", "user", "typo", "equal"} }

func (*email) normal(raw string) string {
	if compare.IsMissing(raw) {
		return ""
	}
	user, host, ok := compare.Email(raw)
	if !ok {
		return compare.Compact(user)
	}
	return user + "@" + host
}

func (e *email) prepare(n string) {
	user, host, _ := strings.Cut(n, "@")
	e.users, e.hosts = append(e.users, newWord(user)), append(e.hosts, newWord(host))
}

func (*email) tfWeight(level uint8) float64 {
	if level == 4 {
		return 1
	}
	return 0
}

func (e *email) compare(a, b uint32) Result {
	d := damerau(e.users[a], e.users[b], 2)
	short := min(e.users[a].len(), e.users[b].len())
	h := damerau(e.hosts[a], e.hosts[b], 2)
	switch {
	case d+h <= 2 && short >= 5:
		return Result{Level: 3}
	case d == 0 && short >= 4:
		return Result{Level: 2}
	case short >= 4 && (d <= 1 || jaroWinkler(e.users[a], e.users[b]) >= 0.9):
		return Result{Level: 1}
	}
	return Result{}
}

type list struct {
	items [][]string
	bits  map[string]float32
}

func (*list) labels() []string { return []string{"nothing shared", "some", "half", "same"} }
func (*list) normal(raw string) string {
	if compare.IsMissing(raw) {
		return ""
	}
	return strings.Join(compare.Items(raw), "|")
}
func (l *list) prepare(n string) {
	if n == "" {
		l.items = append(l.items, nil)
		return
	}
	l.items = append(l.items, strings.Split(n, "|"))
}
func (l *list) reweigh(counts []uint32) { l.bits = shareBits(l.items, counts) }
func (*list) tfWeight(level uint8) float64 {
	if level > 0 {
		return 0.7
	}
	return 0
}

func (l *list) compare(a, b uint32) Result {
	x, y := l.items[a], l.items[b]
	var best float32
	for _, s := range x {
		for _, t := range y {
			if s == t {
				best = max(best, l.bits[s])
			}
		}
	}
	n := compare.Overlap(x, y)
	switch {
	case n == 0:
		return Result{}
	case n == len(x) && n == len(y):
		return Result{3, best}
	case 2*n >= min(len(x), len(y)):
		return Result{2, best}
	}
	return Result{1, best}
}
