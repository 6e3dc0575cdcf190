// Package company is a made company: its staff, customers and calendar, what
// the middle office rolled out, and what that really did. README.md in the
// folder above tells the data-generating process in full.
//
// Two facts that surprise: a potential outcome without a shovel is computed
// for every unit beside the real one, from the same luck, so a realised
// effect is exact and not an estimate; and nothing big is kept, the streams
// of events are generated anew each time they are walked.
package company

import (
	"fmt"
	"math/rand/v2"
	"sort"
)

// A World is one company over the whole span. It is immutable once built;
// its walks (Opportunities, Tickets, Touches …) may be repeated and give the
// same each time.
type World struct {
	Params
	Teams     []Team
	Staff     []Staff
	Handovers []Handover
	Companies []Company
	Accounts  []Account
	Rollouts  []Rollout
	Ideas     []Idea
	Campaigns []Campaign

	seats       []seat
	handed      map[int][]int // seat → hand-overs, by day
	logins      map[string]int
	contactFrom []int32 // company → number of its first contact; one longer
	memberOf    []int32 // member → contact, for the members who are contacts
	serviceOrg  sampler // over companies with an organisation in 工单系统
	serviceIDs  []int32
	fate        []fate // company → what its index ticket led to
	teamMates   map[int][]int
	seatIn      map[int]int
	effects     effects
}

// New builds the company. It walks the sales and service streams once, to
// know the realised effects.
func New(p Params) *World {
	w := &World{Params: p, logins: map[string]int{}, handed: map[int][]int{}}
	w.hireAll()
	for i, h := range w.Handovers {
		w.handed[h.Seat] = append(w.handed[h.Seat], i)
	}
	w.foundCompanies()
	w.rollOut()
	w.decideFates()
	w.inventIdeas()
	return w
}

func sortBy(order []int, key func(int) float64) {
	sort.SliceStable(order, func(a, b int) bool { return key(order[a]) < key(order[b]) })
}

// Occupant is who holds the seat on day d.
func (w *World) Occupant(seat, d int) int {
	return w.seats[seat].occupants[MonthOf(d)]
}

// SeatOf gives the seat that owns an account.
func (w *World) SeatOf(account int) int { return int(w.Accounts[account].Seat) }

// TeamName names the person's team in month m, or the last one.
func (w *World) TeamName(s, m int) string {
	st := w.Staff[s]
	if t := st.TeamIn(m); t >= 0 {
		return w.Teams[t].Name
	}
	return w.Teams[st.Stints[len(st.Stints)-1].Team].Name
}

// teamsOf lists the teams of a role.
func (w *World) teamsOf(role string) (ids []int) {
	for _, t := range w.Teams {
		if t.Role == role {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// onDuty lists the members of a team in month m.
func (w *World) onDuty(team, m int) []int {
	if w.teamMates == nil {
		w.teamMates = map[int][]int{}
		for m := range Months {
			for i := range w.Staff {
				if t := w.Staff[i].TeamIn(m); t >= 0 {
					w.teamMates[t*Months+m] = append(w.teamMates[t*Months+m], i)
				}
			}
		}
	}
	return w.teamMates[team*Months+m]
}

// One of the middle office's people at work in month m.
func (w *World) middleHand(label string, id, m int) int {
	teams := w.teamsOf(Middle)
	r := w.rand("hand-"+label, id)
	mates := w.onDuty(teams[r.IntN(len(teams))], m)
	if len(mates) == 0 {
		panic(fmt.Sprintf("company: nobody in the middle office in %s", MonthName(m)))
	}
	return mates[r.IntN(len(mates))]
}

// SeatAccounts lists the accounts of a seat.
func (w *World) SeatAccounts(seat int) []int32 { return w.seats[seat].accounts }

// CountOf draws a Poisson count.
func CountOf(r *rand.Rand, mean float64) int { return poisson(r.Float64(), mean) }
