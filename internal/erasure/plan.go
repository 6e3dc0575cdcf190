package erasure

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/fact/forget"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Plan is who is to be erased, and where they were found. It names them.
type Plan struct {
	Parties []forget.Party     `json:"parties"`
	Needles []string           `json:"needles"` // phones, mails and numbers that nobody else has
	Words   []string           `json:"words"`   // names and keys
	Rows    map[string][]int64 `json:"rows"`    // by batch
}

// Find plans the erasure of the person that a party or entity id names, or that
// alone has exactly the name, key, phone, mail or number search.
func Find(ctx context.Context, db *store.DB, id, search string) (Plan, error) {
	if id == "" {
		groups, err := forget.Search(ctx, db, strings.TrimSpace(search))
		if err != nil {
			return Plan{}, err
		}
		switch len(groups) {
		case 0:
			return Plan{}, none(search)
		case 1:
			id = groups[0][0].ID
		default:
			return Plan{}, several(groups)
		}
	}
	if _, err := uuid.Parse(id); err != nil {
		return Plan{}, fault.New(fault.ErrInvalid, "erasure.id",
			fmt.Sprintf("%q is not a party's id. Give the whole id, or find the person with --search.", id),
			fmt.Sprintf("%q 不是身份记录编号。请填写完整编号，或用 --search 查找。", id))
	}
	parties, err := forget.Same(ctx, db, id)
	if err != nil {
		return Plan{}, err
	}
	if len(parties) == 0 {
		return Plan{}, none(id)
	}
	return planOf(ctx, db, parties)
}

func none(what string) error {
	return fault.New(fault.ErrNotFound, "erasure.nobody",
		fmt.Sprintf("Nobody is known by %q: neither by id nor exactly by name, key, phone, mail or number.", what),
		fmt.Sprintf("找不到 %q：编号、姓名、主键、电话、邮箱、证件号均无完全一致的记录。", what))
}

func several(groups [][]forget.Party) error {
	var en, zh []string
	for i, g := range groups {
		if i == 10 {
			en, zh = append(en, "…"), append(zh, "…")
			break
		}
		one := fmt.Sprintf("%s (%s, %s:%s)", g[0].ID, g[0].Source, g[0].Kind, g[0].Namespace)
		en, zh = append(en, one), append(zh, one)
	}
	return fault.New(fault.ErrConflict, "erasure.several",
		fmt.Sprintf("%d people match. Name the one by its id: %s", len(groups), strings.Join(en, "; ")),
		fmt.Sprintf("有 %d 个人符合。请用编号指明：%s", len(groups), strings.Join(zh, "；")))
}

// planOf traces a person's parties.
func planOf(ctx context.Context, db *store.DB, parties []forget.Party) (Plan, error) {
	p := Plan{Parties: parties, Rows: map[string][]int64{}}
	t, err := forget.Find(ctx, db, p.ids())
	if err != nil {
		return p, err
	}
	for _, v := range t.Values {
		text := strings.TrimSpace(v.Text)
		switch {
		case v.Field == "name" && utf8.RuneCountInString(text) >= 2, v.Field == "key" && len(text) >= 4:
			p.Words = append(p.Words, text)
		case v.Field == "name" || v.Field == "key" || len(text) < 6 || t.Shared[v.Text]:
		default:
			p.Needles = append(p.Needles, text)
			if digits := onlyDigits(text); v.Field == "phone" && digits != text && len(digits) >= 7 {
				p.Needles = append(p.Needles, digits)
			}
		}
	}
	slices.Sort(p.Needles)
	slices.Sort(p.Words)
	p.Needles, p.Words = slices.Compact(p.Needles), slices.Compact(p.Words)
	for _, r := range t.Rows {
		p.Rows[r.Batch] = append(p.Rows[r.Batch], r.Row)
	}
	return p, nil
}

func (p Plan) ids() []string {
	out := make([]string, len(p.Parties))
	for i, q := range p.Parties {
		out[i] = q.ID
	}
	return out
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// A Summary is what an erasure would touch.
type Summary struct {
	Parties []forget.Party `json:"parties"`
	Batches int            `json:"batches"`
	Rows    int            `json:"rows"`
}

// Summary says what the plan would touch.
func (p Plan) Summary() Summary {
	s := Summary{Parties: p.Parties, Batches: len(p.Rows)}
	for _, r := range p.Rows {
		s.Rows += len(r)
	}
	return s
}
