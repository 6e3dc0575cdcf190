package zh

type Company struct{ Form string }

func ParseCompany(s string) Company { return Company{} }
func HasSurname(s string) bool      { return false }
