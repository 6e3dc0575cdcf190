package segment

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/customer/customertest"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

var li = access.Who{Actor: "user:li", Role: role("growth")}

func role(name string) access.Role {
	r, _ := access.RoleOf(name)
	return r
}

func won() Rule { return Rule{Event: &Event{Verbs: []string{"deal.won"}}} }

// people is forty people who bought, of whom some may not be contacted.
func people(t *testing.T, db *store.DB) {
	t.Helper()
	var parties []customertest.Party
	var events []customertest.Event
	for i := range 40 {
		key := fmt.Sprintf("P%02d", i)
		p := customertest.Party{Kind: "person", Key: key, Name: "=王" + key, Phone: fmt.Sprintf("138001380%02d", i), Email: key + "@example.com"}
		if i == 7 {
			p.Attrs = `{"免打扰": "是"}`
		}
		parties = append(parties, p)
		events = append(events, customertest.Event{Verb: "deal.won", Day: "2026-03-01", Person: key})
	}
	events = append(events,
		customertest.Event{Verb: "contact.blocked", Day: "2026-02-01", Person: "P01"},
		customertest.Event{Verb: "consent.given", Day: "2026-01-01", Person: "P02"},
		customertest.Event{Verb: "consent.withdrawn", Day: "2026-02-01", Person: "P02"},
		customertest.Event{Verb: "consent.withdrawn", Day: "2026-01-01", Person: "P03"},
		customertest.Event{Verb: "consent.given", Day: "2026-02-01", Person: "P03"},
		customertest.Event{Verb: "consent.withdrawn", Day: "2026-02-01", Person: "P04", Channel: "短信"},
		customertest.Event{Verb: "site.visited", Day: "2026-03-01", Person: "P05"})
	customertest.Fill(t, db, "crm", parties, events)
}

func add(t *testing.T, db *store.DB, n New) Segment {
	t.Helper()
	if n.Kind == "" {
		n.Kind = "person"
	}
	if n.Mode == "" {
		n.Mode = Dynamic
	}
	s, err := Add(t.Context(), db, li.Actor, n)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestVersions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		people(t, db)
		s := add(t, db, New{Title: "won", Rule: won()})
		user := add(t, db, New{Title: "uses it", Rule: Rule{Segment: s.ID}})
		if err := Remove(t.Context(), db, li, s.ID); fault.Status(err) != 409 {
			t.Errorf("Remove(used) = %v, want a conflict", err)
		}
		if _, err := Change(t.Context(), db, li, s.ID, New{Title: "won", Mode: Dynamic, Rule: Rule{Not: &Rule{Segment: user.ID}}}); fault.Status(err) != 422 {
			t.Errorf("Change(a circle) = %v, want invalid", err)
		}
		if _, err := Change(t.Context(), db, li, s.ID, New{Title: "won", Mode: Dynamic, Rule: Rule{Segment: s.ID}}); fault.Status(err) != 422 {
			t.Errorf("Change(names itself) = %v, want invalid", err)
		}
		other := access.Who{Actor: "user:wu", Role: role("growth")}
		if _, err := Change(t.Context(), db, other, s.ID, New{Title: "x", Mode: Dynamic, Rule: won()}); fault.Status(err) != 403 {
			t.Errorf("Change(somebody else's) = %v, want denied", err)
		}
		changed := Rule{Event: &Event{Verbs: []string{"site.visited"}}}
		if _, err := Change(t.Context(), db, li, s.ID, New{Title: "visited", Mode: Dynamic, Rule: changed}); err != nil {
			t.Fatal(err)
		}
		back, err := Restore(t.Context(), db, li, s.ID, 1)
		if err != nil || back.Version != 3 || back.Title != "won" {
			t.Errorf("Restore(version 1) = %+v, %v, want version 3 of that title", back, err)
		}
		all, err := Versions(t.Context(), db, s.ID)
		if err != nil {
			t.Fatal(err)
		}
		var titles []string
		for _, v := range all {
			titles = append(titles, v.Title)
		}
		if diff := cmp.Diff([]string{"won", "visited", "won"}, titles); diff != "" {
			t.Errorf("Versions() (-want +got):\n%s", diff)
		}
		if err := Remove(t.Context(), db, li, user.ID); err != nil {
			t.Fatal(err)
		}
		bin, err := List(t.Context(), db, true)
		if err != nil || len(bin) != 1 {
			t.Errorf("List(recycle bin) = %d, %v, want 1", len(bin), err)
		}
		if _, err := Restore(t.Context(), db, li, user.ID, 0); err != nil {
			t.Fatal(err)
		}
		if bin, err = List(t.Context(), db, true); err != nil || len(bin) != 0 {
			t.Errorf("List(recycle bin) after Restore = %d, %v, want none", len(bin), err)
		}
	})
}

func TestUpdate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		people(t, db)
		rule := Rule{All: []Rule{won(), {Not: &Rule{Event: &Event{Verbs: []string{"site.visited"}}}}}}
		dynamic, static := add(t, db, New{Title: "d", Rule: rule}), add(t, db, New{Title: "s", Mode: Static, Rule: rule})
		if _, err := Update(t.Context(), db, static.ID, false); fault.Status(err) != 409 {
			t.Errorf("Update(static, not taken) = %v, want a conflict", err)
		}
		for _, s := range []Segment{dynamic, static} {
			r, err := Update(t.Context(), db, s.ID, s.Mode == Static)
			if err != nil || r.Members != 39 || r.Came != 39 || r.Went != 0 {
				t.Errorf("Update(%s) = %+v, %v, want 39 came", s.Title, r, err)
			}
		}
		customertest.Fill(t, db, "more", []customertest.Party{{Kind: "person", Key: "P99"}}, []customertest.Event{
			{Verb: "site.visited", Day: "2026-03-02", Person: "P06"}, {Verb: "site.visited", Day: "2026-03-02", Person: "P08"}, {Verb: "deal.won", Day: "2026-03-02", Person: "P99"}})
		before := time.Now()
		if r, err := Update(t.Context(), db, dynamic.ID, false); err != nil || r.Members != 38 || r.Came != 1 || r.Went != 2 {
			t.Errorf("Update(dynamic) = %+v, %v, want one came and two went", r, err)
		}
		if r, err := Update(t.Context(), db, static.ID, false); err != nil || r.Members != 39 || r.Came+r.Went != 0 {
			t.Errorf("Update(static) = %+v, %v, want no change", r, err)
		}
		if _, err := db.Facts.Exec(t.Context(), store.Text("test", "DELETE FROM segment_member WHERE segment = $1"), static.ID); err != nil {
			t.Fatal(err)
		}
		if r, err := Update(t.Context(), db, static.ID, false); err != nil || r.Members != 39 {
			t.Errorf("Update(static whose facts were lost) = %+v, %v, want its list again", r, err)
		}
		if _, err := db.Facts.Exec(t.Context(), store.Text("test", "DELETE FROM party WHERE id = $1::UUID"), customertest.ID("person", "P09")); err != nil {
			t.Fatal(err)
		}
		if r, err := Update(t.Context(), db, static.ID, false); err != nil || r.Members != 38 || r.Went != 1 {
			t.Errorf("Update(static, one erased) = %+v, %v, want 38", r, err)
		}
		changes, err := Members(t.Context(), db, dynamic.ID, before, "", 100)
		if err != nil || len(changes) != 3 {
			t.Errorf("Members(changed) = %d, %v, want 3", len(changes), err)
		}
		in, err := Members(t.Context(), db, dynamic.ID, time.Time{}, "", 10)
		if err != nil || len(in) != 10 {
			t.Fatalf("Members() = %d, %v, want 10", len(in), err)
		}
		rest, err := Members(t.Context(), db, dynamic.ID, time.Time{}, in[9].Entity, 100)
		if err != nil || len(rest) != 28 {
			t.Errorf("Members(after the tenth) = %d, %v, want 28", len(rest), err)
		}
		past, err := Refreshes(t.Context(), db, dynamic.ID)
		if err != nil || len(past) != 2 || past[0].Came != 1 || past[0].Went != 2 {
			t.Errorf("Refreshes() = %+v, %v", past, err)
		}
		if err := UpdateAll(t.Context(), db); err != nil {
			t.Errorf("UpdateAll() = %v", err)
		}
	})
}

func TestWhy(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		people(t, db)
		inner := add(t, db, New{Title: "inner", Rule: won()})
		rule := Rule{All: []Rule{{Segment: inner.ID}, {Any: []Rule{{Event: &Event{Verbs: []string{"site.visited"}, Count: &Compare{"gte", 1}}}, {Field: &Field{Name: "name", Op: "has", Text: "p06"}}}}}}
		for key, want := range map[string]bool{"P05": true, "P06": true, "P08": false} {
			w, err := Why(t.Context(), db, "person", rule, customertest.ID("person", key))
			if err != nil {
				t.Fatal(err)
			}
			if w.In != want || len(w.Inside) != 2 || len(w.Inside[1].Inside) != 2 {
				t.Errorf("Why(%s) = %+v, want in %v", key, w, want)
			}
			bought := w.Inside[0].Inside[0]
			if !bought.In || *bought.Number != 1 || len(bought.Events) != 1 || bought.Events[0].Row == 0 {
				t.Errorf("Why(%s): the inner segment's clause = %+v, want its one event", key, bought)
			}
			if visited := w.Inside[1].Inside[0]; visited.In != (key == "P05") {
				t.Errorf("Why(%s): visited = %v", key, visited.In)
			}
		}
		if _, err := Why(t.Context(), db, "account", won(), customertest.ID("person", "P05")); fault.Status(err) != 422 {
			t.Errorf("Why(another kind) = %v, want invalid", err)
		}
	})
}

func TestExport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		people(t, db)
		s := add(t, db, New{Title: "won", Rule: won()})
		for _, tt := range []struct {
			name string
			ask  Ask
			want Counts
		}{
			{"every channel", Ask{Purpose: Analysis}, Counts{Members: 40, Exported: 36, Blocked: 2, Withdrawn: 2}},
			{"mail", Ask{Purpose: Analysis, Channel: "邮件"}, Counts{Members: 40, Exported: 37, Blocked: 2, Withdrawn: 1}},
			{"opt in", Ask{Purpose: Analysis, Channel: "邮件", OptIn: true}, Counts{Members: 40, Exported: 1, Blocked: 2, Withdrawn: 1, NoConsent: 36}},
		} {
			x, err := Prepare(t.Context(), db, li, s.ID, tt.ask, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, x.Counts); diff != "" {
				t.Errorf("Prepare(%s) (-want +got):\n%s", tt.name, diff)
			}
			var b bytes.Buffer
			if err := x.Write(&b, &access.Veil{}); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			if !strings.HasPrefix(text, "\ufeff") || !strings.Contains(text, "'=王") || strings.Contains(text, "13800138") || !strings.Contains(text, "user:li") {
				t.Errorf("Write(%s): not with BOM, escaped, masked and signed:\n%.300s", tt.name, text)
			}
		}
		var b bytes.Buffer
		x, err := Prepare(t.Context(), db, li, s.ID, Ask{Purpose: Analysis, Format: "xlsx", Lang: "en"}, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Write(&b, &access.Veil{Open: true}); err != nil || b.Len() < 1000 {
			t.Errorf("Write(xlsx) = %d bytes, %v", b.Len(), err)
		}
		past, err := Exports(t.Context(), db, s.ID)
		if err != nil || len(past) != 4 {
			t.Errorf("Exports() = %d, %v, want 4", len(past), err)
		}
		if _, err := Prepare(t.Context(), db, li, s.ID, Ask{}, time.UTC); fault.Status(err) != 422 {
			t.Errorf("Prepare(no purpose) = %v, want invalid", err)
		}
	})
}

func TestHoldout(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		people(t, db)
		s := add(t, db, New{Title: "won", Rule: won()})
		ask := Ask{Purpose: Contact, Campaign: "spring"}
		if _, err := Prepare(t.Context(), db, li, s.ID, ask, time.UTC); fault.Status(err) != 409 {
			t.Fatalf("Prepare(undecided) = %v, want a conflict", err)
		}
		hs, err := Holdouts(t.Context(), db, s.ID)
		if err != nil || len(hs) != 1 || hs[0].Share != DefaultShare || hs[0].State != Proposed {
			t.Fatalf("Holdouts() = %+v, %v, want one proposed by default", hs, err)
		}
		if _, err := Decide(t.Context(), db, access.Who{Actor: "user:wu", Role: role("growth")}, hs[0].ID, true, 0, ""); fault.Status(err) != 403 {
			t.Errorf("Decide(not the owner) = %v, want denied", err)
		}
		if _, err := Decide(t.Context(), db, li, hs[0].ID, false, 0, " "); fault.Status(err) != 422 {
			t.Errorf("Decide(declined without a reason) = %v, want invalid", err)
		}
		if _, err := Decide(t.Context(), db, li, hs[0].ID, true, 0.3, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := Decide(t.Context(), db, li, hs[0].ID, true, 0.5, ""); fault.Status(err) != 409 {
			t.Errorf("Decide(twice) = %v, want a conflict", err)
		}
		first, err := Prepare(t.Context(), db, li, s.ID, ask, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Prepare(t.Context(), db, li, s.ID, ask, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first.Rows, again.Rows); diff != "" {
			t.Errorf("a second export drew anew (-first +second):\n%s", diff)
		}
		c := first.Counts
		if c.HeldOut < 4 || c.HeldOut > 18 || c.Exported+c.HeldOut != 36 {
			t.Errorf("Counts = %+v, want about 30 %% of 36 held out", c)
		}
		var n, held int64
		if err := db.Facts.QueryRow(t.Context(), store.Text("test", "SELECT count(*), count(*) FILTER (WHERE attrs ->> 'arm' = 'holdout') FROM event WHERE verb = 'arm.assigned' AND object_key = 'spring' AND person IS NOT NULL")).Scan(&n, &held); err != nil {
			t.Fatal(err)
		}
		if n != 36 || held != int64(c.HeldOut) {
			t.Errorf("arm.assigned = %d events, %d of them held out, want 36 and %d, each once", n, held, c.HeldOut)
		}
	})
}

// TestArm wants the draw to be near its share, and not to follow the ids.
func TestArm(t *testing.T) {
	h := Holdout{Seed: "s", Share: 0.1}
	n := 0
	for i := range 20000 {
		if h.Arm(customertest.ID("person", strconv.Itoa(i))) == ArmHoldout {
			n++
		}
	}
	if n < 1850 || n > 2150 {
		t.Errorf("%d of 20000 held out, want about 2000", n)
	}
}

func TestHook(t *testing.T) {
	old := hookWait
	hookWait = func(int) time.Duration { return 0 }
	t.Cleanup(func() { hookWait = old })
	db := storetest.Embedded(t)
	people(t, db)
	s := add(t, db, New{Title: "won", Rule: won()})
	fails := 2
	var got []byte
	var secret string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if fails > 0 {
			fails--
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		body, err := io.ReadAll(r.Body)
		unix, bad := strconv.ParseInt(r.Header.Get("X-Outfitter-Timestamp"), 10, 64)
		if err != nil || bad != nil || r.Header.Get("X-Outfitter-Signature") != Sign(secret, unix, body) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		got = body
	}))
	defer srv.Close()
	for _, address := range []string{srv.URL, "ftp://x/", "https://", "nonsense", "https://user:pass@host/"} {
		if _, err := AddHook(t.Context(), db, "user:li", "x", address, false); fault.Status(err) != 422 {
			t.Errorf("AddHook(%q) = %v, want invalid", address, err)
		}
	}
	h, err := AddHook(t.Context(), db, "user:li", "营销", srv.URL, true)
	if err != nil {
		t.Fatal(err)
	}
	secret = h.Secret
	x, err := Prepare(t.Context(), db, li, s.ID, Ask{Purpose: Analysis, Format: "hook", Hook: h.ID}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Send(t.Context(), db, &access.Veil{}); err != nil {
		t.Fatal(err)
	}
	var body struct {
		Members []struct{ Phone string }
		Counts  Counts
	}
	if err := json.Unmarshal(got, &body); err != nil || len(body.Members) != 36 || body.Counts.Blocked != 2 || body.Members[0].Phone == "13800138000" {
		t.Errorf("the hook got %d members, %+v, %v", len(body.Members), body.Counts, err)
	}
	fails = 10
	if err := x.Send(t.Context(), db, &access.Veil{}); fault.Status(err) != 409 {
		t.Errorf("Send(to one that fails) = %v, want a conflict", err)
	}
	if fails != 10-hookTries {
		t.Errorf("tried %d times, want %d", 10-fails, hookTries)
	}
	if err := (Hook{}).control("tcp", "127.0.0.1:80", nil); err == nil {
		t.Error("control(loopback) = nil, want a refusal")
	}
	if err := (Hook{}).control("tcp", "93.184.216.34:443", nil); err != nil {
		t.Errorf("control(public) = %v", err)
	}
}

func TestLineage(t *testing.T) {
	r := Rule{All: []Rule{won(), {Not: &Rule{Segment: "b"}}, {Any: []Rule{{Segment: "a"}, {Trait: &Trait{Name: "stage"}}, {Field: &Field{Name: "city"}}, {Text: &Text{Verbs: []string{"feedback.received"}}},
		{Sequence: &Sequence{Steps: []Step{{Verbs: []string{"touch.sent"}}, {Verbs: []string{"deal.won"}}}}}}}}}
	want := Lineage{Traits: []string{"stage"}, Verbs: []string{"deal.won", "feedback.received", "touch.sent"}, Fields: []string{"city"}, Segments: []string{"a", "b"}}
	if diff := cmp.Diff(want, r.Uses()); diff != "" {
		t.Errorf("Uses() (-want +got):\n%s", diff)
	}
	if !slices.IsSorted(r.Uses().Verbs) {
		t.Error("verbs are not sorted")
	}
}
