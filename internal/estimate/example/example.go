// Package example makes the small files that the help of `outfitter estimate`
// refers to. Each holds a known effect, written where it is made, and is the
// same on every machine.
package example

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/chanzipu/outfitter/measure"
)

// files are the makers by name.
var files = map[string]func(*rand.Rand) [][]string{
	"mail.csv": mail, "rollout.csv": rollout, "training.csv": training, "moves.csv": moves,
	"tickets.csv": tickets, "newcomers.csv": newcomers, "paths.csv": journeys,
}

// Write writes the file of that name.
func Write(w io.Writer, name string) error {
	of, ok := files[name]
	if !ok {
		return fmt.Errorf("example: there is no file %q", name)
	}
	return csv.NewWriter(w).WriteAll(of(measure.Rand(1)))
}

func row(v ...any) []string {
	out := make([]string, len(v))
	for i, x := range v {
		switch x := x.(type) {
		case float64:
			out[i] = strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64)
		case bool:
			if out[i] = "0"; x {
				out[i] = "1"
			}
		default:
			out[i] = fmt.Sprint(x)
		}
	}
	return out
}

// mail: half of 2,000 customers, at random, were sent a mail. It adds 6 points
// to the chance of a visit, more to those with a high score.
func mail(rng *rand.Rand) [][]string {
	out := [][]string{row("customer", "arm", "history", "score", "visit", "spend")}
	for i := range 2000 {
		treated := rng.IntN(2) == 1
		history, score := 50*rng.ExpFloat64(), rng.Float64()
		p := 0.10 + 0.0005*history
		arm := "no mail"
		if treated {
			arm, p = "mail", p+0.12*score
		}
		visit := rng.Float64() < p
		spend := 0.0
		if visit {
			spend = 20 * rng.ExpFloat64()
		}
		out = append(out, row(i+1, arm, history, score, visit, spend))
	}
	return out
}

// rollout: 60 teams over 12 months; the shovel came to a third of them in May,
// to a third in August, and to the rest never. It brings 3 deals a month,
// growing by half a deal each month.
func rollout(rng *rand.Rand) [][]string {
	out := [][]string{row("team", "month", "first", "shovel", "size", "deals")}
	for team := range 60 {
		base, size, start := 20+4*rng.NormFloat64(), 5+rng.IntN(20), []int{0, 5, 8}[team%3]
		first := ""
		if start > 0 {
			first = fmt.Sprintf("2025-%02d", start)
		}
		for month := 1; month <= 12; month++ {
			on := start > 0 && month >= start
			deals := base + 0.4*float64(month) + 1.5*rng.NormFloat64()
			if on {
				deals += 3 + 0.5*float64(month-start)
			}
			out = append(out, row(fmt.Sprintf("T%02d", team+1), fmt.Sprintf("2025-%02d", month), first, on, size, math.Max(0, math.Round(deals))))
		}
	}
	return out
}

// training: 800 people, of whom the schooled were likelier to be trained.
// Training brings 5 thousand a year; without the schooling it looks like more.
func training(rng *rand.Rand) [][]string {
	out := [][]string{row("person", "trained", "age", "schooling", "earnings")}
	for i := range 800 {
		age, school := 25+rng.IntN(30), 9+rng.IntN(9)
		trained := rng.Float64() < 1/(1+math.Exp(-0.4*(float64(school)-13)))
		earned := 10 + 0.2*float64(age) + 2*float64(school) + 6*rng.NormFloat64()
		if trained {
			earned += 5
		}
		out = append(out, row(i+1, trained, age, school, earned))
	}
	return out
}

// moves: 600 people in 20 teams over 6 years, a quarter of whom move each year.
func moves(rng *rand.Rand) [][]string {
	out := [][]string{row("person", "team", "year", "log_sales")}
	gives := make([]float64, 20)
	for k := range gives {
		gives[k] = 0.3 * rng.NormFloat64()
	}
	for person := range 600 {
		brings, team := 0.5*rng.NormFloat64(), rng.IntN(20)
		for year := 2019; year < 2025; year++ {
			if rng.IntN(4) == 0 {
				team = rng.IntN(20)
			}
			out = append(out, row(fmt.Sprintf("P%03d", person+1), fmt.Sprintf("team %d", team+1), year, 3+brings+gives[team]+0.2*rng.NormFloat64()))
		}
	}
	return out
}

// tickets: 48 months of tickets with a yearly season; from 2024-01 on they
// are a quarter fewer.
func tickets(rng *rand.Rand) [][]string {
	out := [][]string{row("month", "tickets", "customers")}
	for m := range 48 {
		customers := 1000 + 10*m
		rate := 0.2 * float64(customers) * math.Exp(0.2*math.Sin(2*math.Pi*float64(m)/12))
		if m >= 36 {
			rate *= 0.75
		}
		out = append(out, row(fmt.Sprintf("%d-%02d", 2021+m/12, m%12+1), math.Round(rate+math.Sqrt(rate)*rng.NormFloat64()), customers))
	}
	return out
}

// newcomers: days to the first deal of 200 newcomers, watched for up to 120
// days; with the shovel they take two thirds of the time.
func newcomers(rng *rand.Rand) [][]string {
	out := [][]string{row("person", "shovel", "days", "deal")}
	for i := range 200 {
		shovel := i%2 == 0
		days, watched := 60*rng.ExpFloat64(), 40+80*rng.Float64()
		if shovel {
			days *= 2.0 / 3
		}
		out = append(out, row(i+1, shovel, math.Ceil(math.Min(days, watched)), days <= watched))
	}
	return out
}

// journeys: paths of channels with how many people converted at their end.
func journeys(rng *rand.Rand) [][]string {
	out := [][]string{row("path", "conversions", "nulls")}
	channels := []string{"search", "mail", "fair", "partner"}
	for range 40 {
		path := channels[rng.IntN(4)]
		for rng.IntN(3) > 0 {
			path += " > " + channels[rng.IntN(4)]
		}
		out = append(out, row(path, 1+rng.IntN(20), 20+rng.IntN(100)))
	}
	return out
}
