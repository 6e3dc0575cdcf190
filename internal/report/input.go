package report

import (
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// An Input is everything that a report is made of. Build reads nothing else:
// no clock, no database.
type Input struct {
	Year    int
	Company string
	Author  string
	Consent []string // staff who agreed to be named beside figures about them
	Made    time.Time
	Head    string // of the audit chain
	BaseURL string
	Ledger  value.Ledger
	Facts   Facts
	Places  map[claim.RowRef]Place // of the rows that examples name
}

// A Place is where an original row stands.
type Place struct {
	File string
	Line int64
}

// Facts are what was done in the year.
type Facts struct {
	Since, Until time.Time // first and last day with data
	Verbs        []VerbSum
	Shovels      []Reach
	Work         []Work
	Channels     []ChannelSum
	First        FirstReply
	Files        int64
	Rows         int64
	Rejected     int64
	Staff        []string // names, to keep them out of free text
}

// A VerbSum counts one verb.
type VerbSum struct {
	Verb         string
	N            int64
	Staff        int64 // distinct colleagues, 0 = not recorded
	Accounts     int64
	Objects      int64
	Since, Until string // first and last day
}

// A Reach says how far a shovel got.
type Reach struct {
	Key, Name             string
	Offered, Opened, Used int64
	People                int64 // distinct colleagues who opened or used it
	Months                int64 // in which it was used
}

// A Work is one line of the work book.
type Work struct {
	Verb    string
	Key     string
	Name    string
	Teams   string
	Before  string // what it replaced
	Example string
	Day     string
	Batch   string
	Row     int64
}

// A ChannelSum counts feedback of one channel.
type ChannelSum struct {
	Channel string
	N       int64
}

// A FirstReply says how soon customers were answered, in wall-clock hours.
type FirstReply struct {
	Cases, Answered, Late int64 // late: later than 24 hours, or never
	MedianHours           float64
}

// least is the smallest group that a figure is shown about.
const least = 5

func (f Facts) verb(name string) VerbSum {
	for _, v := range f.Verbs {
		if v.Verb == name {
			return v
		}
	}
	return VerbSum{Verb: name}
}

func (f Facts) n(names ...string) int64 {
	var n int64
	for _, name := range names {
		n += f.verb(name).N
	}
	return n
}

// clean takes the names of staff out of free text, but for the author and
// those who consent.
func (in *Input) clean(s string) string {
	for _, name := range in.Facts.Staff {
		if len([]rune(name)) < 2 || name == in.Author || slices.Contains(in.Consent, name) {
			continue
		}
		if i := strings.Index(s, name); i >= 0 {
			other := "同事"
			if name[0] < 0x80 {
				other = "a colleague"
				if !wholeWord(s, i, len(name)) {
					continue
				}
			}
			s = strings.ReplaceAll(s, name, other)
		}
	}
	return s
}

func wholeWord(s string, i, n int) bool {
	letter := func(b byte) bool { return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' }
	return (i == 0 || !letter(s[i-1])) && (i+n >= len(s) || !letter(s[i+n]))
}

func (in *Input) cleanText(t Text) Text { return T(in.clean(t.ZH), in.clean(t.EN)) }

// few is a number of people as it may be shown.
func few(n int64) Text {
	if n > 0 && n < least {
		return T("少于 5 人", "fewer than 5")
	}
	return Count.Show(float64(n))
}
