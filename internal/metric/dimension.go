package metric

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/chanzipu/outfitter/internal/fault"
)

// A Type is what a dimension's values are compared as.
type Type string

// The types.
const (
	Text   Type = "text"
	ID     Type = "uuid"
	Number Type = "number"
)

// A Dimension is a column that a metric may be split or filtered by. Nothing
// else can be named.
type Dimension struct {
	Name      string
	Title, ZH string
	Type      Type
	Rollup    bool // in the daily rollup
	Filter    bool // for filters alone
	staff     bool // of the rollups only in the one that keeps the staff
	column    string
	key       string // of an attribute
}

// Dimensions are all that are known beforehand; attr:<key> comes on top.
var Dimensions = []Dimension{
	{Name: "verb", Title: "Verb", ZH: "动作", Type: Text, Rollup: true, column: "e.verb"},
	{Name: "source", Title: "Source", ZH: "数据源", Type: Text, Rollup: true, column: "e.source"},
	{Name: "tbl", Title: "Table", ZH: "数据表", Type: Text, Rollup: true, column: "e.tbl"},
	{Name: "channel", Title: "Channel", ZH: "渠道", Type: Text, Rollup: true, column: "e.channel"},
	{Name: "object_kind", Title: "Kind of object", ZH: "对象类型", Type: Text, Rollup: true, column: "e.object_kind"},
	{Name: "staff", Title: "Colleague", ZH: "员工", Type: ID, Rollup: true, staff: true, column: "e.staff"},
	{Name: "team", Title: "Team", ZH: "团队", Type: Text, Rollup: true, staff: true, column: teamOfDay},
	{Name: "currency", Title: "Currency", ZH: "货币", Type: Text, Rollup: true, column: "e.currency"},
	{Name: "unit", Title: "Unit", ZH: "单位", Type: Text, Rollup: true, column: "e.unit"},
	{Name: "account", Title: "Account", ZH: "客户", Type: ID, column: "e.account"},
	{Name: "person", Title: "Person", ZH: "个人", Type: ID, column: "e.person"},
	{Name: "object", Title: "Object", ZH: "对象", Type: Text, column: "e.object_key"},
	{Name: "batch", Title: "Batch", ZH: "批次", Type: ID, column: "e.batch_id"},
	{Name: "ts_precision", Title: "Precision of time", ZH: "时间精度", Type: Text, column: "e.ts_precision"},
	{Name: "amount", Title: "Amount", ZH: "金额", Type: Number, Filter: true, column: "e.amount"},
	{Name: "quantity", Title: "Quantity", ZH: "数量", Type: Number, Filter: true, column: "e.quantity"},
	{Name: "text", Title: "Text", ZH: "内容", Type: Text, Filter: true, column: "e.text"},
}

// teamOfDay is the team that the colleague was in on the event's day; of two
// at once the first by name, so that no event counts twice.
const teamOfDay = `(SELECT min(m.team) FROM membership AS m WHERE m.staff = e.staff AND (m.since IS NULL OR m.since::DATE <= e.day) AND (m.until IS NULL OR m.until::DATE > e.day))`

// DimensionOf returns the dimension of that name, attr:<key> included.
func DimensionOf(name string) (Dimension, error) {
	for _, d := range Dimensions {
		if d.Name == name {
			return d, nil
		}
	}
	key, ok := strings.CutPrefix(name, "attr:")
	if ok && key != "" && len(key) <= 200 && utf8.ValidString(key) && !strings.HasPrefix(key, "$") && !strings.HasPrefix(key, "/") && !strings.ContainsRune(key, 0) {
		return Dimension{Name: name, Title: key, ZH: key, Type: Text, key: key}, nil
	}
	return Dimension{}, fault.New(fault.ErrInvalid, "dimension.unknown",
		fmt.Sprintf("There is no dimension %q. Choose one of GET /api/v1/dimensions, or attr: and the name of an attribute.", name),
		fmt.Sprintf("没有维度 %q。请从 GET /api/v1/dimensions 中选择，或用 attr: 加属性名。", name))
}

// Parties reports whether the dimension's ids are parties'.
func (d Dimension) Parties() bool {
	return d.Name == "account" || d.Name == "person" || d.Name == "staff"
}

// expr is the dimension's SQL; a key of an attribute becomes a parameter.
func (d Dimension) expr(b *builder) string {
	if d.key != "" {
		return "(e.attrs ->> " + b.arg(d.key) + "::TEXT)"
	}
	return d.column
}

// label is the expression as it is selected: as text.
func (d Dimension) label(b *builder) string {
	if d.Type == ID {
		return "(" + d.expr(b) + ")::TEXT"
	}
	return d.expr(b)
}
