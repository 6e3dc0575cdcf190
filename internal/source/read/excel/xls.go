package excel

// OpenXLS opens a workbook of Excel 5 to 2003.
func OpenXLS(file string, l Limits) (Book, error) { return nil, ErrTooOld }
