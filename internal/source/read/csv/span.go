package csv

// Spans are where the fields of a well-formed record stand in its bytes; of a
// quoted field what stands between its quotes. They are as many as its Fields.
func (d Dialect) Spans(raw []byte) [][2]int {
	r := Reader{Dialect: d}
	var out [][2]int
	for i := 0; ; {
		_, n, st := r.field(raw, i, true)
		if st != done {
			return out
		}
		from, to := i, n
		if d.Trim {
			for from < to && raw[from] == ' ' {
				from++
			}
			for to > from && raw[to-1] == ' ' {
				to--
			}
		}
		if d.Quote != 0 && to-from >= 2 && raw[from] == d.Quote && raw[to-1] == d.Quote {
			from, to = from+1, to-1
		}
		out = append(out, [2]int{from, to})
		if n >= len(raw) || r.end(raw, n, true) > 0 {
			return out
		}
		i = n + len(d.Delim)
	}
}
