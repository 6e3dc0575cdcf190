package stage

// Params sets how big the company is. The data-generating process is the
// same for every size; only counts differ.
type Params struct {
	Seed uint64
	Size string

	SalesTeams    int // half of them in each business unit
	SeatsPerTeam  int
	GrowthTeams   int // of 4 people each
	ServiceGroups int // of 4 people each
	MiddleStaff   int
	ProductStaff  int

	Companies int // entities, before branches and sisters
	Members   int
	Campaigns int // idea number i becomes a campaign to members while there are fewer
	Audience  int // members per campaign

	TicketsPerDay  float64 // on an average day, standing themes only
	EmergingPerDay float64 // at the plateau of one emerging theme
	ChatsPerDay    float64 // conversations on an average day
	FollowupsPer   float64 // per seat and month
	OffersPer      float64 // deliveries offered per person, month and shovel
	TasksPer       float64 // timed tasks per seat, month and kind
	IdeasPer       float64 // ideas sought per growth person and month
	NeedsPerMonth  float64
	WorkPerMonth   float64 // items of the middle office's own work per tool
	ViewsPer       float64 // BI report views per person and month
}

// Small, Medium and Large are the three sizes: about 50 thousand, 5 million
// and 50 million events.
func Small(seed uint64) Params {
	return Params{
		Seed: seed, Size: "small", SalesTeams: 16, SeatsPerTeam: 7, GrowthTeams: 4, ServiceGroups: 6, MiddleStaff: 14, ProductStaff: 12,
		Companies: 1800, Members: 6000, Campaigns: 24, Audience: 220,
		TicketsPerDay: 3.2, EmergingPerDay: 1.6, ChatsPerDay: 1.3, FollowupsPer: 1.5, OffersPer: 0.2, TasksPer: 0.3, IdeasPer: 0.8,
		NeedsPerMonth: 12, WorkPerMonth: 8, ViewsPer: 0.2,
	}
}

func Medium(seed uint64) Params {
	return Params{
		Seed: seed, Size: "medium", SalesTeams: 100, SeatsPerTeam: 12, GrowthTeams: 20, ServiceGroups: 40, MiddleStaff: 60, ProductStaff: 80,
		Companies: 40_000, Members: 400_000, Campaigns: 150, Audience: 9500,
		TicketsPerDay: 250, EmergingPerDay: 14, ChatsPerDay: 260, FollowupsPer: 8, OffersPer: 1.5, TasksPer: 1, IdeasPer: 0.8,
		NeedsPerMonth: 220, WorkPerMonth: 60, ViewsPer: 4,
	}
}

func Large(seed uint64) Params {
	return Params{
		Seed: seed, Size: "large", SalesTeams: 400, SeatsPerTeam: 15, GrowthTeams: 60, ServiceGroups: 160, MiddleStaff: 200, ProductStaff: 300,
		Companies: 180_000, Members: 2_000_000, Campaigns: 420, Audience: 36_000,
		TicketsPerDay: 2600, EmergingPerDay: 70, ChatsPerDay: 3400, FollowupsPer: 12, OffersPer: 2.5, TasksPer: 1.5, IdeasPer: 0.8,
		NeedsPerMonth: 1200, WorkPerMonth: 300, ViewsPer: 8,
	}
}
