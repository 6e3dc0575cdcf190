package name

import "strings"

// HasLegalForm reports whether an organisation's name ends in a legal form.
func HasLegalForm(s string) bool {
	w := strings.Fields(Latin(s))
	if len(w) < 2 {
		return false
	}
	_, ok := legalForms[w[len(w)-1]]
	return ok
}

var legalForms = map[string]string{"inc": "inc"}
