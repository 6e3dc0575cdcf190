package estimate

import "testing"

func TestNumber(t *testing.T) {
	tests := []struct {
		text string
		by   rune
		want float64
		ok   bool
	}{
		{"1.5", ',', 1.5, true}, {"1,234.5", ',', 1234.5, true}, {"1,234,567", ',', 1234567, true}, {"1,5", ';', 1.5, true}, {"12%", ',', .12, true},
		{"¥1,200", ',', 1200, true}, {"-3e2", ',', -300, true}, {"1,23", ',', 0, false}, {"many", ',', 0, false}, {"1 2", ',', 0, false}, {"Inf", ',', 0, false},
	}
	for _, tt := range tests {
		if got, ok := number(tt.text, tt.by); ok != tt.ok || ok && got != tt.want {
			t.Errorf("number(%q, %q) = %v, %v, want %v, %v", tt.text, tt.by, got, ok, tt.want, tt.ok)
		}
	}
	for _, s := range []string{"", "NA", "NaN", "null", "."} {
		if got, ok := number(s, ','); !ok || got == got {
			t.Errorf("number(%q) = %v, %v, want NaN", s, got, ok)
		}
	}
}
