// Package stage is what is there before anything happens: the calendar, the
// staff and how they come, go and change teams, the customers and their
// records, and who got which shovel when. Package company plays on it.
//
// Two facts that surprise: accounts belong to seats, not to people, so a
// hand-over moves no account; and every random number is drawn from a stream
// named by what it is for, so adding one thing changes no other.
package stage

import (
	"fmt"
	"math/rand/v2"
	"sort"
)

// A Stage is immutable once built.
type Stage struct {
	Params
	Teams     []Team
	Staff     []Staff
	Handovers []Handover
	Companies []Company
	Accounts  []Account
	Rollouts  []Rollout
	Seats     []Seat
	Handed    [][]int      // seat → numbers of its hand-overs, by day
	Access    []Exposure   // by shovel
	Lost      map[int]bool // teams from which the weekly lead list was taken

	ServiceOrgs    []int32 // companies with an organisation in 工单系统
	ServiceWeights Sampler // over ServiceOrgs

	logins      map[string]int
	contactFrom []int32 // company → number of its first contact; one longer
	memberOf    []int32 // members who are contacts
	teamMates   [][]int // team and month → staff
	seatIn      map[int]int
}

// New builds the stage.
func New(p Params) *Stage {
	w := &Stage{Params: p, logins: map[string]int{}, seatIn: map[int]int{}}
	w.hireAll()
	w.Handed = make([][]int, len(w.Seats))
	for i, h := range w.Handovers {
		w.Handed[h.Seat] = append(w.Handed[h.Seat], i)
	}
	w.teamMates = make([][]int, len(w.Teams)*Months)
	for m := range Months {
		for i := range w.Staff {
			if t := w.Staff[i].TeamIn(m); t >= 0 {
				w.teamMates[t*Months+m] = append(w.teamMates[t*Months+m], i)
			}
		}
		for i := range w.Seats {
			w.seatIn[w.Seats[i].Occupants[m]*Months+m] = i
		}
	}
	w.foundCompanies()
	w.rollOut()
	return w
}

// SortBy sorts numbers by a key, keeping the order of equals.
func SortBy(order []int, key func(int) float64) {
	sort.SliceStable(order, func(a, b int) bool { return key(order[a]) < key(order[b]) })
}

// Occupant is who holds the seat on day d.
func (w *Stage) Occupant(seat, d int) int {
	return w.Seats[seat].Occupants[MonthOf(d)]
}

// SeatOf gives the seat that owns an account.
func (w *Stage) SeatOf(account int) int { return int(w.Accounts[account].Seat) }

// SeatOfStaff is the seat that a salesperson holds in month m, -1 for none.
func (w *Stage) SeatOfStaff(s, m int) int {
	if i, ok := w.seatIn[s*Months+m]; ok {
		return i
	}
	return -1
}

// SeatAccounts lists the accounts of a seat.
func (w *Stage) SeatAccounts(seat int) []int32 { return w.Seats[seat].Accounts }

// TeamName names the person's team in month m, or the last one.
func (w *Stage) TeamName(s, m int) string {
	st := w.Staff[s]
	if t := st.TeamIn(m); t >= 0 {
		return w.Teams[t].Name
	}
	return w.Teams[st.Stints[len(st.Stints)-1].Team].Name
}

// TeamsOf lists the teams of a role.
func (w *Stage) TeamsOf(role string) (ids []int) {
	for _, t := range w.Teams {
		if t.Role == role {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// OnDuty lists the members of a team in month m.
func (w *Stage) OnDuty(team, m int) []int { return w.teamMates[team*Months+m] }

// MiddleHand is one of the middle office's people at work in month m.
func (w *Stage) MiddleHand(label string, id, m int) int {
	teams := w.TeamsOf(Middle)
	r := w.Rand("hand-"+label, id)
	mates := w.OnDuty(teams[r.IntN(len(teams))], m)
	if len(mates) == 0 {
		panic(fmt.Sprintf("stage: nobody in the middle office in %s", MonthName(m)))
	}
	return mates[r.IntN(len(mates))]
}

// CountOf draws a Poisson count.
func CountOf(r *rand.Rand, mean float64) int { return Poisson(r.Float64(), mean) }
