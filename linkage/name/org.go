package name

import "strings"

// An Org is an organisation's name as words, its legal form set apart.
type Org struct {
	Tokens []Token
	Form   string // the class of the form: limited, partnership …; empty if none
}

// HasLegalForm reports whether an organisation's name ends in a legal form.
func HasLegalForm(s string) bool {
	w := orgWords(s)
	if len(w) < 2 {
		return false
	}
	_, ok := legalForms[w[len(w)-1]]
	return ok
}

// ParseOrg splits an organisation's name. Forms of several words (open joint
// stock company) and of letters with points (G.m.b.H.) are read as one.
func ParseOrg(s string) Org {
	var o Org
	words := orgWords(s)
	kept := words[:0:0]
	for i := 0; i < len(words); {
		n, form := legalForm(words[i:])
		if n > 0 && !(i == 0 && n == len(words)) {
			if o.Form == "" {
				o.Form = form
			}
			i += n
			continue
		}
		kept = append(kept, words[i])
		i++
	}
	if len(kept) == 0 {
		kept = words
	}
	for _, w := range kept {
		if stops[w] && len(kept) > 1 {
			continue
		}
		if c, ok := orgSynonyms[w]; ok {
			w = c
		}
		o.Tokens = append(o.Tokens, NewToken(w))
	}
	return o
}

// orgWords are the folded words; single letters in a row are one word: l l c.
func orgWords(s string) []string {
	s = strings.ReplaceAll(s, "&", " and ")
	words := strings.Fields(Latin(s))
	out := words[:0:0]
	for i := 0; i < len(words); {
		j := i
		for j < len(words) && len(words[j]) == 1 {
			j++
		}
		if j-i >= 2 {
			out = append(out, strings.Join(words[i:j], ""))
			i = j
			continue
		}
		out = append(out, words[i])
		i++
	}
	return out
}

func legalForm(words []string) (n int, form string) {
	for k := min(6, len(words)); k >= 1; k-- {
		if f, ok := legalForms[strings.Join(words[:k], " ")]; ok {
			return k, f
		}
	}
	return 0, ""
}

// legalForms classes forms of many countries: what matters is that they say
// nothing of who the company is.
var legalForms = func() map[string]string {
	m := map[string]string{}
	for class, forms := range map[string]string{
		"limited":     "ltd|limited|ltda|llc|limited liability company|gmbh|gesellschaft mit beschrankter haftung|mbh|srl|s r l|sarl|sas|sasu|bv|besloten vennootschap|bvba|sprl|pty|pty ltd|pty limited|pte|pte ltd|private limited|pvt|pvt ltd|co ltd|company limited|ooo|tov|too|doo|d o o|oou|ou|uab|sia|as|aps|oy|kft|sp z o o|spzoo|zoo|spolka z ograniczona odpowiedzialnoscia|eurl|lda|limitada|sdn bhd|sdn|bhd|kk|yk|gk|kabushiki kaisha|godo kaisha|societatea cu raspundere limitata|societate cu raspundere limitata|societa a responsabilita limitata|societe a responsabilite limitee|sociedad de responsabilidad limitada|sl|srl de cv|obshchestvo s ogranichennoi otvetstvennostiu|wll|fze|fzco|dmcc|fz llc|jsc ltd|tnhh|cong ty tnhh",
		"stock":       "inc|incorporated|corp|corporation|plc|public limited company|ag|aktiengesellschaft|sa|s a|societe anonyme|sociedad anonima|sociedade anonima|nv|n v|naamloze vennootschap|spa|s p a|societa per azioni|se|ab|aktiebolag|asa|a s|oyj|nyrt|zrt|rt|oao|ao|pao|zao|ojsc|cjsc|pjsc|jsc|joint stock company|open joint stock company|closed joint stock company|public joint stock company|aktsionernoe obshchestvo|otkrytoe aktsionernoe obshchestvo|tbk|pt|a o|sa de cv|s a de c v|sab de cv|saoc|psc|pjsc|kgaa|ad|a d|dd|d d|ead|eood|ood|tas|anonim sirketi",
		"partnership": "lp|l p|llp|l l p|lllp|limited partnership|kg|kommanditgesellschaft|ohg|gbr|gmbh and co kg|gmbh and co|ag and co|snc|cv|partnership|gp|ug",
		"company":     "co|company|cie|compagnie|and co|and company",
		"trust":       "ev|e v|eg|e g|ggmbh",
	} {
		for _, f := range strings.Split(forms, "|") {
			m[f] = class
		}
	}
	return m
}()

var stops = words(`the of and for de del der die das du la le les et und y e von van in`)

// orgSynonyms are words of names written in two ways.
var orgSynonyms = map[string]string{
	"intl": "international", "int": "international", "bros": "brothers", "mfg": "manufacturing", "tech": "technology", "technologies": "technology",
	"svcs": "services", "svc": "services", "service": "services", "natl": "national", "assn": "association", "assoc": "association", "univ": "university",
	"dept": "department", "govt": "government", "mgmt": "management", "hldgs": "holdings", "holding": "holdings", "grp": "group", "sys": "systems", "system": "systems",
	"organisation": "organization", "centre": "center", "labs": "laboratories", "pharma": "pharmaceuticals", "ind": "industries", "industry": "industries", "eng": "engineering", "ctr": "center",
	"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
	"first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th",
	"solution": "solutions", "product": "products", "banking": "banking",
}
