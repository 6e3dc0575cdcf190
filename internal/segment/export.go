package segment

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/sheet"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed export.sql
var exportFile string

var sqlOut = store.Load("segment.export", exportFile).Get("out")

// The purposes of an export.
const (
	Contact  = "contact"  // a campaign will reach them: a holdout must have been decided
	Analysis = "analysis" // nobody will be reached
)

// An Ask is what an export is for.
type Ask struct {
	Purpose  string
	Campaign string // of a contact: its key
	Channel  string // consent to it, or to any
	OptIn    bool   // leave out those who never gave consent
	Format   string // csv, xlsx, or hook
	Lang     string // zh or en
	Hook     string
}

// Counts say whom an export left out, and why.
type Counts struct {
	Members   int `json:"members"`
	Exported  int `json:"exported"`
	Blocked   int `json:"blocked"`    // do not contact
	Withdrawn int `json:"withdrawn"`  // consent withdrawn
	NoConsent int `json:"no_consent"` // never given, where it is asked for
	HeldOut   int `json:"held_out"`
}

// An Export is a list that may leave the house.
type Export struct {
	ID      string
	Segment Segment
	Ask     Ask
	Counts  Counts
	Rows    []Row
	Actor   string
	TS      time.Time
	Zone    *time.Location
}

// A Row is one customer of an export, as it is stored; the veil is laid on it
// when it is written.
type Row struct {
	Entity, Key, Name, Phone, Email, City, Title, Company string
	Since                                                 time.Time
	Consent                                               string // given, unknown
}

// Prepare refreshes the segment, leaves out who must not be in the list, draws
// the arms of a campaign, and records the export. Nothing has left yet.
func Prepare(ctx context.Context, db *store.DB, who access.Who, id string, ask Ask, zone *time.Location) (Export, error) {
	x := Export{ID: uuid.NewString(), Ask: ask, Actor: who.Actor, TS: time.Now().UTC().Truncate(time.Microsecond), Zone: zone}
	var err error
	if x.Segment, err = Get(ctx, db, id); err != nil {
		return x, err
	}
	var h *Holdout
	switch ask.Purpose {
	case Analysis:
	case Contact:
		if h, err = decided(ctx, db, who.Actor, x.Segment, ask.Campaign); err != nil {
			return x, err
		}
	default:
		return x, fault.New(fault.ErrInvalid, "export.purpose", "Say what the list is for: contact or analysis.", "请说明名单用途：contact（触达）或 analysis（分析）。")
	}
	if _, err := Update(ctx, db, id, false); err != nil {
		return x, err
	}
	if err := x.read(ctx, db); err != nil {
		return x, err
	}
	if h != nil && h.State == Approved {
		if err := x.hold(ctx, db, *h); err != nil {
			return x, err
		}
	}
	x.Counts.Exported = len(x.Rows)
	return x, x.record(ctx, db)
}

// decided is the campaign's holdout once the owner has decided; where nobody
// has proposed one yet it is proposed now.
func decided(ctx context.Context, db *store.DB, actor string, s Segment, campaign string) (*Holdout, error) {
	h, err := Propose(ctx, db, actor, s.ID, campaign, 0)
	if err != nil {
		return nil, err
	}
	if h.State == Proposed {
		return nil, fault.New(fault.ErrConflict, "holdout.undecided",
			fmt.Sprintf("Holding out %.0f %% at random is proposed for this campaign, and %s has not decided yet. Approve or decline it, then export again.", h.Share*100, s.Owner),
			fmt.Sprintf("本次活动建议随机留出 %.0f%% 作对照组，负责人 %s 尚未决定。请先同意或谢绝，再导出。", h.Share*100, s.Owner))
	}
	return &h, nil
}

// read takes the members who may be in the list.
func (x *Export) read(ctx context.Context, db *store.DB) error {
	rows, err := db.Facts.Query(ctx, sqlOut, x.Segment.ID, x.Ask.Channel, x.Segment.Kind)
	all, err := store.Collect(rows, err, func(r *sql.Rows) (m Row, err error) {
		err = r.Scan(&m.Entity, &m.Since, &m.Key, &m.Name, &m.Phone, &m.Email, &m.City, &m.Title, &m.Company, &m.Consent)
		return m, err
	})
	if err != nil {
		return fmt.Errorf("segment: export %s: %w", x.Segment.ID, err)
	}
	x.Counts.Members = len(all)
	x.Rows = slices.DeleteFunc(all, func(m Row) bool {
		switch {
		case m.Consent == "blocked":
			x.Counts.Blocked++
		case m.Consent == "withdrawn":
			x.Counts.Withdrawn++
		case x.Ask.OptIn && m.Consent != "given":
			x.Counts.NoConsent++
		default:
			return false
		}
		return true
	})
	return nil
}

// hold draws arms and takes out those who are held out. Only who may be
// contacted is drawn: the arms then differ in the campaign alone.
func (x *Export) hold(ctx context.Context, db *store.DB, h Holdout) error {
	ids := make([]string, len(x.Rows))
	for i, m := range x.Rows {
		ids[i] = m.Entity
	}
	arms, err := h.assign(ctx, db, x.Segment, ids)
	if err != nil {
		return err
	}
	x.Rows = slices.DeleteFunc(x.Rows, func(m Row) bool {
		if arms[m.Entity] != ArmHoldout {
			return false
		}
		x.Counts.HeldOut++
		return true
	})
	return nil
}

// record notes the export before its first byte leaves.
func (x *Export) record(ctx context.Context, db *store.DB) error {
	detail := map[string]any{"purpose": x.Ask.Purpose, "campaign": x.Ask.Campaign, "channel": x.Ask.Channel, "opt_in": x.Ask.OptIn, "format": x.Ask.Format, "hook": x.Ask.Hook, "counts": x.Counts}
	body, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("segment: export: %w", err)
	}
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlAddExport, x.ID, x.Segment.ID, x.Segment.Version, x.Actor, store.Time(x.TS), string(body)); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: x.Actor, Action: "segment.exported", Target: "segment:" + x.Segment.ID, Detail: detail})
	})
}

// A Past is an export that was.
type Past struct {
	ID      string
	Version int64
	Actor   string
	TS      time.Time
	Detail  json.RawMessage
}

// Exports lists a segment's exports, newest first.
func Exports(ctx context.Context, db *store.DB, id string) ([]Past, error) {
	rows, err := db.State.Query(ctx, sqlExports, id)
	return store.Collect(rows, err, func(r *sql.Rows) (p Past, err error) {
		var ts, body string
		if err = r.Scan(&p.ID, &p.Version, &p.Actor, &ts, &body); err != nil {
			return p, err
		}
		p.Detail = json.RawMessage(body)
		p.TS, err = store.ParseTime(ts)
		return p, err
	})
}

// Write writes the list as a file, the veil over its personal numbers, with
// who, when and how many were left out at its end.
func (x Export) Write(w io.Writer, v *access.Veil) error {
	zh := x.Ask.Lang != "en"
	out, err := x.start(w, zh)
	if err != nil {
		return err
	}
	for _, m := range x.Rows {
		if err := out.Row(m.Entity, m.Key, m.Name, v.Phone(m.Phone), v.Email(m.Email), m.City, m.Title, m.Company, m.Since.In(x.Zone).Format(time.DateOnly), m.Consent); err != nil {
			return err
		}
	}
	for _, line := range append([]string{""}, x.footer(zh)...) {
		if err := out.Row(line); err != nil {
			return err
		}
	}
	return out.Close()
}

func (x Export) start(w io.Writer, zh bool) (out sheet.Writer, err error) {
	if x.Ask.Format == "xlsx" {
		out, err = sheet.XLSX(w, pick(zh, "Segment", "人群"))
	} else {
		out, err = sheet.CSV(w)
	}
	if err != nil {
		return nil, err
	}
	return out, out.Row(pick(zh, "Entity", "实体"), pick(zh, "Key", "编号"), pick(zh, "Name", "名称"), pick(zh, "Phone", "电话"), pick(zh, "Mail", "邮箱"), pick(zh, "City", "城市"),
		pick(zh, "Title", "职务"), pick(zh, "Company", "公司"), pick(zh, "Member since", "入群日"), pick(zh, "Consent", "同意情况"))
}

func (x Export) footer(zh bool) []string {
	c := x.Counts
	return []string{
		fmt.Sprintf(pick(zh, "Segment %s, version %d", "人群：%s，第 %d 版"), x.Segment.Title, x.Segment.Version),
		fmt.Sprintf(pick(zh, "%d members, %d exported; left out: %d do not contact, %d withdrew consent, %d without consent, %d held out at random", "成员 %d 人，导出 %d 人；未导出：免打扰 %d，撤回同意 %d，未曾同意 %d，随机对照 %d"),
			c.Members, c.Exported, c.Blocked, c.Withdrawn, c.NoConsent, c.HeldOut),
		fmt.Sprintf(pick(zh, "Exported by %s at %s", "由 %s 导出于 %s"), x.Actor, x.TS.In(x.Zone).Format("2006-01-02 15:04:05 -07:00")),
	}
}

func pick(zh bool, en, cn string) string {
	if zh {
		return cn
	}
	return en
}
