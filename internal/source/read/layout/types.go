package layout

// A Pivot says which columns of a wide sheet are values of a dimension.
type Pivot struct {
	Off     bool     `yaml:"off,omitempty" json:"off,omitempty"`
	Keep    []string `yaml:"keep,omitempty" json:"keep,omitempty"`       // columns that stay (地区, 产品线)
	Columns []string `yaml:"columns,omitempty" json:"columns,omitempty"` // columns that become rows (1月, 2月 …)
	Names   []string `yaml:"names,omitempty" json:"names,omitempty"`     // one per header level: ["月份"] or ["区域","月份"]
	Value   string   `yaml:"value,omitempty" json:"value,omitempty"`     // name of the value column, "数值" by default
}

// Evidence says why Detect decided as it did, for a person to check.
type Evidence struct {
	What string  `json:"what"` // "encoding", "delimiter", "header", "sheet", "pivot", "date_system"
	Got  string  `json:"got"`
	Why  string  `json:"why"` // English
	WhyZ string  `json:"why_zh"`
	Sure float64 `json:"sure"` // share, 0 to 1
}

// A Shape makes a record of an original as wide as its table.
type Shape struct {
	Width int  `json:"width"`
	Pad   bool `json:"pad,omitempty"`  // short records are filled with empty cells
	Drop  bool `json:"drop,omitempty"` // one empty field behind the last delimiter is no column
}

// A SetAside is a subtotal or total row, kept out of the rows and used to check the sums.
type SetAside struct {
	Line   int64   `json:"line"`
	Label  string  `json:"label"`  // 小计, 合计, Total
	Column string  `json:"column"` // the value column checked
	Stated float64 `json:"stated"`
	Summed float64 `json:"summed"` // over the rows that it covers
	Agrees bool    `json:"agrees"`
}

// Hints override what would be found.
type Hints struct {
	Header  *int // 1-based record of the last header row; 0 = there is none
	Columns []string
	Pivot   *Pivot
}
