// Package export writes an order export of any length, as a CRM would leave
// it: twelve columns, Chinese and English, skewed customers, seasons and
// working hours, and a few cells that nobody can read. The same seed writes
// the same bytes.
package export

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"time"
)

// Mapping is the YAML that makes the export events.
const Mapping = `source: bench
zone: Asia/Shanghai
tables:
  - name: orders
    match: {columns: [order_no, ordered_at, customer_no, sales_no, amount]}
    key: [order_no]
    parties:
      - {ref: customer, kind: account, namespace: crm.customer, key: customer_no, name: customer_name, phone: phone, city: city}
      - {ref: rep, kind: staff, namespace: crm.sales, key: sales_no, name: sales_name}
    events:
      - verb: order.placed
        ts: ordered_at
        account: customer
        staff: rep
        object: {kind: order, key: order_no}
        channel: channel
        amount: amount
        currency: "'CNY'"
        text: remark
        attrs: {product: product}
`

// Header is the export's first line.
const Header = "order_no,ordered_at,customer_no,customer_name,phone,city,sales_no,sales_name,product,channel,amount,remark\n"

// Options say how much to write.
type Options struct {
	Rows      int64
	First     int64 // number of the first order; another file of the same company starts where the last one ended
	Customers int   // default one for every twenty rows
	Days      int   // default 730
	Seed      uint64
}

var (
	cities   = []string{"北京市", "上海市", "深圳市", "广州市", "杭州市", "成都市", "武汉市", "南京市", "苏州市", "西安市", "重庆市", "Hong Kong"}
	trades   = []string{"科技", "贸易", "医疗器械", "食品", "物流", "教育", "机械制造", "信息技术", "新能源", "文化传媒"}
	forms    = []string{"有限公司", "有限责任公司", "股份有限公司", "（中国）有限公司", " Ltd."}
	families = []rune("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗")
	given    = []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚")
	products = []string{"标准版", "专业版", "企业版", "旗舰版", "API 套餐", "上门培训", "年度维护"}
	channels = []string{"direct", "partner", "web", "企业微信", "电话", "展会"}
	remarks  = []string{"", "", "", "老客户续费", "客户要求开专票", "首单，需跟进交付", "price agreed by phone, see quote", "合同已寄出，等回传", `客户说"月底前付款"，财务已确认`}
)

// start is the first day, UTC.
var start = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

// Write writes the export to w.
func Write(w io.Writer, o Options) error {
	if o.Customers == 0 {
		o.Customers = int(max(o.Rows/20, 100))
	}
	if o.Days == 0 {
		o.Days = 730
	}
	r := rand.New(rand.NewPCG(o.Seed, 1))
	b := bufio.NewWriterSize(w, 1<<20)
	if _, err := b.WriteString(Header); err != nil {
		return err
	}
	var line []byte
	for i := range o.Rows {
		line = row(line[:0], r, o, o.First+i)
		if _, err := b.Write(line); err != nil {
			return err
		}
	}
	return b.Flush()
}

func row(b []byte, r *rand.Rand, o Options, n int64) []byte {
	// Few customers order much: the square of a uniform number, to the half.
	u := r.Float64()
	customer := int(u * u * u * float64(o.Customers))
	rep := customer % 400
	day := float64(n-o.First) / float64(o.Rows) * float64(o.Days)
	hour := 9 + 9*r.Float64() + r.NormFloat64()
	ts := start.AddDate(0, 0, int(day)).Add(time.Duration(hour*3600) * time.Second)
	b = fmt.Appendf(b, "SO%010d,", n)
	switch {
	case r.IntN(1000) == 0:
		b = append(b, "待定,"...)
	default:
		b = ts.AppendFormat(b, "2006-01-02 15:04:05,")
	}
	b = fmt.Appendf(b, "C%07d,", customer)
	b = append(b, cities[customer%len(cities)][:6]...)
	b = fmt.Appendf(b, "%s%d%s,", trades[customer%len(trades)], customer, forms[customer%len(forms)])
	b = fmt.Appendf(b, "1%010d,", 3_000_000_000+int64(customer)*7919%6_999_999_999)
	b = append(append(b, cities[customer%len(cities)]...), ',')
	b = fmt.Appendf(b, "S%04d,%c%c,", rep, families[rep%len(families)], given[rep/len(families)%len(given)])
	b = append(append(b, products[r.IntN(len(products))]...), ',')
	b = append(append(b, channels[min(r.IntN(len(channels)), r.IntN(len(channels)))]...), ',')
	if r.IntN(500) == 0 {
		b = append(b, "N/A,"...)
	} else {
		b = strconv.AppendFloat(b, math.Round(math.Exp(7+1.2*r.NormFloat64())*100)/100, 'f', 2, 64)
		b = append(b, ',')
	}
	remark := remarks[r.IntN(len(remarks))]
	if needsQuotes(remark) {
		b = append(b, '"')
		for i := range len(remark) {
			if remark[i] == '"' {
				b = append(b, '"')
			}
			b = append(b, remark[i])
		}
		b = append(b, '"')
	} else {
		b = append(b, remark...)
	}
	return append(b, '\n')
}

func needsQuotes(s string) bool {
	for i := range len(s) {
		if s[i] == ',' || s[i] == '"' {
			return true
		}
	}
	return false
}
