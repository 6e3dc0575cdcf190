package identity

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/linkage/zh"
)

// columns are what the kernel compares parties on. account and code come from
// the key: a login that is made of a name, a number that only one person has.
var columns = []string{"name", "phone", "email", "tax_no", "address", "city", "company", "account", "code", "office"}

// valuesOfParty are a party's values by columns.
func valuesOfParty(p fact.Party) []string {
	account, code, office := "", "", ""
	switch p.Kind {
	case "staff":
		if digits.MatchString(p.Key) {
			code = p.Key
		} else if asciiOnly(p.Key) {
			account = p.Key
		}
		if account == "" {
			account, _, _ = strings.Cut(p.Email, "@")
		}
		account = strings.NewReplacer(".", "", "_", "", "-", "", " ", "").Replace(strings.ToLower(account))
		if p.Name == p.Key || p.Name == "" && !asciiOnly(p.Key) {
			p.Name = displayName(p.Key)
		}
	case "account":
		p.Name = withoutNote(p.Name)
		if p.Name != "" {
			office = "head"
			if branch.MatchString(p.Name) || zh.ParseCompany(p.Name).Branch != "" {
				office = "branch"
			}
		}
	case "person":
		if user, _, _ := strings.Cut(p.Email, "@"); p.Phone == "" && mobile.MatchString(user) {
			p.Phone = user
		}
	}
	if p.Kind != "staff" && unique(p.Key) {
		code = p.Key
	}
	return []string{p.Name, p.Phone, p.Email, p.TaxNo, p.Address, p.City, withoutNote(p.Company), account, code, office}
}

var (
	digits = regexp.MustCompile(`\d`)
	mobile = regexp.MustCompile(`^1[3-9]\d{9}$`)
	branch = regexp.MustCompile(`(?i)分公司|支公司|分行|支行|分店|分厂|分院|分校|分社|分所|办事处|营业部|代表处|\b(branch|representative) ?(office)?\b`)
	// A note of whoever keeps the list, in brackets behind the legal form: 某某有限公司（老客户）.
	note    = regexp.MustCompile(`^(.*(?:公司|集团|厂|店|中心|合作社|事务所|Ltd\.?|Inc\.?|LLC))\s*[（(【\[]([^（(【\[）)】\]]*)[）)】\]]$`)
	notNote = regexp.MustCompile(`合伙|集团|控股|原|曾用|前身|普通|特殊|中国|有限|[A-Za-z]`)
)

// withoutNote takes a list keeper's note off a company's name; a region or a
// former name in brackets is part of it.
func withoutNote(name string) string {
	m := note.FindStringSubmatch(strings.TrimSpace(name))
	if m == nil || notNote.MatchString(m[2]) || !slices.Equal(zh.ParseCompany(name).Region, zh.ParseCompany(m[1]).Region) {
		return name
	}
	return m[1]
}

// unique reports whether a key is of the kind that two systems don't give out
// by chance for different things: long, and neither a word nor a padded number.
func unique(key string) bool {
	letters, numbers, zeros := 0, 0, 0
	for _, r := range key {
		switch {
		case r >= '0' && r <= '9':
			numbers++
			zeros += flag(r == '0')
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			letters++
		case r != '-' && r != '_':
			return false
		}
	}
	all := letters + numbers
	return all >= 16 && numbers >= 4 && (letters > 0 || numbers >= 18) && 2*zeros < all
}

// aliases are attributes that hold another name of a company.
var aliases = []string{"简称", "别名", "品牌", "品牌名", "曾用名", "alias", "brand", "short_name", "former_name"}

// alias is the other name that a party's attributes give it.
func alias(attrs string) string {
	if attrs == "" {
		return ""
	}
	m := map[string]any{}
	if json.Unmarshal([]byte(attrs), &m) != nil {
		return ""
	}
	for _, k := range aliases {
		if s, ok := m[k].(string); ok && strings.TrimSpace(s) != "" {
			return strings.TrimSpace(s)
		}
	}
	return ""
}

// displayName takes a name as people type it for a key: without what stands
// behind it in brackets or after a semicolon.
func displayName(key string) string {
	key = strings.TrimRight(strings.TrimSpace(key), ";；,，")
	if i := strings.IndexAny(key, "（(@"); i > 0 {
		key = key[:i]
	}
	return strings.TrimSpace(key)
}

func asciiOnly(s string) bool {
	for _, r := range s {
		if r > 127 {
			return false
		}
	}
	return s != ""
}
