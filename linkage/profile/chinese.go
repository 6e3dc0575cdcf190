package profile

import "github.com/chanzipu/outfitter/linkage/zh"

func isZhID(v string) bool { return zh.LooksLikeID(v) }

func isUSCC(v string) bool { return zh.LooksLikeUSCC(v) }

func isZhCompany(folded string) bool { return zh.ParseCompany(folded).Form != "" }

// isZhPerson: two to four characters of which the first are a surname.
func isZhPerson(folded string, han, length int) bool {
	return han == length && han >= 2 && han <= 4 && zh.HasSurname(folded)
}
