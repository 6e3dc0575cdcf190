package json

import "strconv"

// A Leaf is one value that is neither object nor array, where it stands.
type Leaf struct {
	Path     string // as Flatten names it; of a value in an array the array's
	Text     string
	From, To int // in the value; of a string without its quotes
}

// Leaves are all values of one value that are neither object nor array.
func Leaves(b []byte) ([]Leaf, error) {
	w := leafWalk{parser: parser{b: b, depth: 1 << 10, put: func(string, []byte) {}}}
	if err := w.check(); err != nil {
		return nil, err
	}
	w.i = 0
	w.ws()
	path := ""
	if c := b[w.i]; c != '{' && c != '[' {
		path = Self
	}
	return w.out, w.walk(path, 0, b[w.i] == '[')
}

type leafWalk struct {
	parser
	out []Leaf
}

// walk goes through a value that was checked before. places says that the
// members of an array are columns, as in a row that is an array.
func (w *leafWalk) walk(path string, depth int, places bool) error {
	start := w.i
	switch c := w.b[w.i]; {
	case c == '{':
		return w.members(path, depth)
	case c == '[':
		w.i++
		for n := 1; ; n++ {
			w.ws()
			if w.b[w.i] == ']' {
				w.i++
				return nil
			}
			inner := path
			if places {
				inner = "列" + strconv.Itoa(n)
			}
			if err := w.walk(inner, FlatDepth, false); err != nil {
				return err
			}
			w.ws()
			if w.b[w.i] == ',' {
				w.i++
			}
		}
	case c == '"':
		text, err := w.str()
		w.out = append(w.out, Leaf{path, string(text), start + 1, w.i - 1})
		return err
	}
	for w.i < len(w.b) && !sign(w.b[w.i]) {
		w.i++
	}
	w.out = append(w.out, Leaf{path, string(w.b[start:w.i]), start, w.i})
	return nil
}

func (w *leafWalk) members(path string, depth int) error {
	for w.i++; ; {
		w.ws()
		switch w.b[w.i] {
		case '}':
			w.i++
			return nil
		case ',':
			w.i++
			continue
		}
		key, err := w.str()
		if err != nil {
			return err
		}
		name := path
		if depth < FlatDepth {
			if name = string(key); path != "" {
				name = path + "." + name
			}
		}
		w.ws()
		w.i++ // the colon
		w.ws()
		if err := w.walk(name, depth+1, false); err != nil {
			return err
		}
	}
}

func sign(c byte) bool {
	switch c {
	case ',', ']', '}', ' ', '\t', '\r', '\n':
		return true
	}
	return false
}
