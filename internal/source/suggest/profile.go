package suggest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chanzipu/outfitter/internal/source/date"
	"github.com/chanzipu/outfitter/internal/source/read"
)

// sampled is how many values of a column are looked at closely; all are counted and sketched.
const sampled = 600

// A profile is what a column's values look like. Shares are of the sampled
// values that are there.
type profile struct {
	header  string
	place   int
	rows    int64
	missing int64
	sketch  *sketch
	values  []string       // sampled, not missing
	often   map[string]int // of the sampled

	date, number, whole, money, phone, email, tax, truth, web, code, hex, person, company, address, html, verb float64
	length                                                                                                     float64 // characters, mean
	han                                                                                                        float64 // share of characters that are Chinese
}

var (
	rePhone   = regexp.MustCompile(`^(\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}$|^0\d{2,3}-\d{7,8}(-\d{1,5}|转\d{1,5})?$|^\+\d{1,3}[- (]+\d[\d ()-]{6,16}$|^\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}$`)
	reEmail   = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$`)
	reTax     = regexp.MustCompile(`^[159Y][0-9A-HJ-NPQRTUWXY]\d{6}[0-9A-HJ-NPQRTUWXY]{10}$`)
	reNumber  = regexp.MustCompile(`^[-+(]?[¥￥$€£]?\s?\d[\d,]*(\.\d+)?\s?[%)元万亿]*$`)
	reMoney   = regexp.MustCompile(`^[-+(]?([¥￥$€£]|RMB|USD|CNY).*\d|\d(元|万元|亿元|万|亿|万人民币|亿人民币|美元)+$|^\d+\.\d\d$`)
	reWeb     = regexp.MustCompile(`^(https?://|www\.)\S+$`)
	reCode    = regexp.MustCompile(`^[A-Za-z0-9]*\d[A-Za-z0-9]*([-_][A-Za-z0-9]+)*$`)
	reHex     = regexp.MustCompile(`^([0-9a-f]{16,64}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$`)
	rePerson  = regexp.MustCompile(`^\p{Han}{2,3}(先生|女士|经理|总)?;?$`)
	reEnglish = regexp.MustCompile(`^[A-Z][a-z'-]+( [A-Z]\.?)? [A-Z][A-Za-z'-]+$`)
	reCompany = regexp.MustCompile(`(公司|集团|厂|商行|合作社|事务所|研究院|医院|学校|大学|银行|酒店|中心|工作室|经营部)([（(].*[)）])?$|(?i)\b(inc|ltd|llc|corp|corporation|gmbh|company|co|plc|group|holdings)\.?$`)
	reAddress = regexp.MustCompile(`(省|市|区|县|镇|乡).*(路|街|道|巷|号|村|园|大厦|栋|室)|(路|街|道|巷)\d+号|(?i)^\d+ .*\b(street|st|avenue|ave|road|rd|lane|drive|blvd)\b`)
	reHTML    = regexp.MustCompile(`(?i)<(p|div|br|span|table|ul|li|a)\b`)
	truths    = map[string]bool{"是": true, "否": true, "true": true, "false": true, "yes": true, "no": true, "y": true, "n": true, "1": true, "0": true, "t": true, "f": true, "有": true, "无": true}
)

// look reads a clean table and profiles its columns.
func look(ctx context.Context, t read.Table) ([]*profile, error) {
	cols := make([]*profile, len(t.Header))
	for i, h := range t.Header {
		cols[i] = &profile{header: h, place: i, sketch: newSketch(), often: map[string]int{}}
	}
	f, err := os.Open(t.Path)
	if err != nil {
		return nil, fmt.Errorf("suggest: table %q: %w", t.Name, err)
	}
	defer f.Close()
	if _, err := f.Seek(t.Skip, io.SeekStart); err != nil {
		return nil, fmt.Errorf("suggest: table %q: %w", t.Name, err)
	}
	every := max(1, t.Rows/sampled)
	row := int64(0)
	err = records(f, t.Delim, t.Quote, func(fields [][]byte) error {
		if row&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for i, v := range fields {
			if i < len(cols) {
				cols[i].add(v, row%every == 0)
			}
		}
		row++
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("suggest: table %q: row %d: %w", t.Name, row+1, err)
	}
	for _, c := range cols {
		c.settle()
	}
	return cols, nil
}

// blank are the texts that mean "no value" wherever they stand.
var blank = map[string]bool{"": true, "?": true, "-": true, "--": true, "NULL": true, "null": true, "NA": true, "N/A": true, "n/a": true, "None": true, "nan": true, "NaN": true, "\\N": true, "无": true, "/": true, "未知": true}

func (p *profile) add(v []byte, sample bool) {
	p.rows++
	v = bytes.TrimSpace(v)
	if len(v) < 8 && blank[string(v)] {
		p.missing++
		return
	}
	p.sketch.add(hash(v))
	if sample && len(p.values) < 2*sampled {
		s := string(v)
		p.values = append(p.values, s)
		p.often[s]++
	}
}

// settle works out the shares.
func (p *profile) settle() {
	p.sketch.shrink()
	if len(p.values) == 0 {
		return
	}
	n := float64(len(p.values))
	var chars, han float64
	for _, v := range p.values {
		u := utf8.RuneCountInString(v)
		chars += float64(u)
		for _, r := range v {
			if unicode.Is(unicode.Han, r) {
				han++
			}
		}
		short := v
		if u > 200 {
			short = string([]rune(v)[:200])
		}
		inc := func(share *float64, yes bool) {
			if yes {
				*share += 1 / n
			}
		}
		number := reNumber.MatchString(short)
		inc(&p.date, date.Looks(short))
		inc(&p.number, number)
		inc(&p.whole, number && strings.Trim(short, "0123456789") == "")
		inc(&p.money, reMoney.MatchString(short))
		inc(&p.phone, rePhone.MatchString(short))
		inc(&p.email, reEmail.MatchString(short))
		inc(&p.tax, reTax.MatchString(short))
		inc(&p.truth, truths[strings.ToLower(short)])
		inc(&p.web, reWeb.MatchString(short))
		inc(&p.hex, reHex.MatchString(short))
		inc(&p.code, u <= 40 && reCode.MatchString(short))
		inc(&p.person, rePerson.MatchString(short) || reEnglish.MatchString(short))
		inc(&p.company, u > 3 && reCompany.MatchString(short))
		inc(&p.address, u > 5 && reAddress.MatchString(short))
		inc(&p.html, reHTML.MatchString(short))
		inc(&p.verb, knownVerb[short])
	}
	p.length, p.han = chars/n, han/max(chars, 1)
}

func (p *profile) present() int64        { return p.rows - p.missing }
func (p *profile) distinct() float64     { return p.sketch.distinct() }
func (p *profile) missingShare() float64 { return float64(p.missing) / max(1, float64(p.rows)) }

// unique reports whether the column could be the key of its rows.
func (p *profile) unique() bool {
	return p.rows > 1 && p.missing == 0 && p.sketch.unique() > 0.999
}

// listed reports whether the values come from a short list.
func (p *profile) listed() bool {
	d := p.distinct()
	return len(p.values) > 0 && d <= 60 && float64(p.present()) >= 2*d
}

// prose reports whether the values are free text.
func (p *profile) prose() bool {
	spaces := 0
	for _, v := range p.values {
		if strings.ContainsAny(v, " ，。,.!！?？\n") {
			spaces++
		}
	}
	return len(p.values) > 0 && p.date < 0.2 && p.code < 0.5 && p.number < 0.5 && (p.html > 0.3 || (p.length > 20 || p.han > 0.4 && p.length > 10) && float64(spaces) > 0.3*float64(len(p.values)))
}

// records reads a clean file's records; fields are valid during the call only.
func records(r io.Reader, delim, quote byte, each func(fields [][]byte) error) error {
	buf := make([]byte, 0, 1<<20)
	var fields [][]byte
	for eof := false; !eof; {
		if len(buf) == cap(buf) {
			buf = append(make([]byte, 0, 2*cap(buf)), buf...)
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			eof = true
		} else if err != nil {
			return err
		}
		at := 0
		for at < len(buf) {
			next, ok := record(buf, at, delim, quote, eof, &fields)
			if !ok {
				break
			}
			at = next
			if len(fields) == 1 && len(fields[0]) == 0 {
				continue
			}
			if err := each(fields); err != nil {
				return err
			}
		}
		buf = append(buf[:0], buf[at:]...)
	}
	return nil
}

// record cuts the record that begins at buf[at]; ok is false where it is not whole yet.
func record(buf []byte, at int, delim, quote byte, eof bool, fields *[][]byte) (next int, ok bool) {
	fs := (*fields)[:0]
	i := at
	for {
		if quote != 0 && i < len(buf) && buf[i] == quote {
			var field []byte
			doubled := false
			start := i + 1
			j := start
			for {
				k := bytes.IndexByte(buf[j:], quote)
				if k < 0 {
					if !eof {
						return at, false
					}
					j = len(buf)
					break
				}
				j += k
				if j+1 == len(buf) && !eof {
					return at, false
				}
				if j+1 < len(buf) && buf[j+1] == quote {
					doubled = true
					j += 2
					continue
				}
				break
			}
			field = buf[start:min(j, len(buf))]
			if doubled {
				field = bytes.ReplaceAll(field, []byte{quote, quote}, []byte{quote})
			}
			fs = append(fs, field)
			i = min(j+1, len(buf))
			for i < len(buf) && buf[i] != delim && buf[i] != '\n' {
				i++
			}
		} else {
			start := i
			for i < len(buf) && buf[i] != delim && buf[i] != '\n' {
				i++
			}
			if i == len(buf) && !eof {
				return at, false
			}
			fs = append(fs, bytes.TrimSuffix(buf[start:i], []byte("\r")))
		}
		if i >= len(buf) {
			*fields = fs
			return len(buf), eof
		}
		i++
		if buf[i-1] == '\n' {
			*fields = fs
			return i, true
		}
	}
}
