package api

import (
	"math"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

const (
	customersA = "编号,名称,电话,城市\nA1,杭州鼎盛精密机械有限公司,0571-88001234,杭州\nA2,苏州远航电子科技有限公司,0512-66005678,苏州\nA3,宁波康湖服饰有限公司,13812345678,宁波\n"
	customersB = "编号,名称,电话,城市\nB1,杭州市鼎盛精密机械有限责任公司,0571-88001234,杭州\nB2,远航电子科技,,\nB3,宁波康湖服饰有限公司上海分公司,13812345678,上海\n"
)

func customerMapping(source string) string {
	return "source: " + source + "\ntables:\n  - name: customer\n    match: {file: \"*.csv\"}\n    key: [编号]\n    parties:\n" +
		"      - {ref: customer, kind: account, namespace: " + source + ".customer, key: 编号, name: 名称, phone: phone(电话), city: 城市}\n    events: []\n"
}

// TestWhoIsWho goes through identity as its pages do: link, review, merge,
// split, undo, look at the model, be warned on entry.
func TestWhoIsWho(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := serve(t, db)
		ana, wang, sales := s.user("ana", "analyst"), s.user("wang", "analyst"), s.user("sam", "sales")
		party := map[string]string{}
		for source, text := range map[string]string{"crm": customersA, "erp": customersB} {
			up := get[upload](ana, "POST", "/uploads?name="+source+".csv", strings.NewReader(text))
			finish[importResult](t, ana, get[runView](ana, "POST", "/imports", map[string]any{"uploads": []uploadRef{{up.ID, up.Name}}, "source": source, "mapping": customerMapping(source)}))
			for _, line := range strings.Split(strings.TrimSpace(text), "\n")[1:] {
				key, _, _ := strings.Cut(line, ",")
				party[key] = db.ID("party", source, "account", source+".customer", key).String()
			}
		}
		runs := finish[list[linkageRun]](t, ana, get[runView](ana, "POST", "/identity/run", map[string]any{}))
		if len(runs) != 3 || runs[0].Parties != 6 || runs[0].Entities != 5 {
			t.Fatalf("POST /identity/run = %+v, want 6 accounts as 5 entities", runs)
		}
		e := get[entityView](sales, "GET", "/entities/"+party["B1"], nil)
		if len(e.Parties) != 2 || !e.Masked || !strings.Contains(e.Parties[0].Phone, "*") {
			t.Errorf("GET /entities of B1 = %+v, want A1 and B1, masked for sales", e)
		}
		if branch := get[entityView](ana, "GET", "/entities/"+party["B3"], nil); len(branch.Parties) != 1 {
			t.Errorf("the branch is together with %d parties, want itself alone", len(branch.Parties))
		}
		s.review(t, ana, wang, party)
		s.changes(t, ana, sales, party)
		s.warning(t, sales)
		model := get[linkageModel](ana, "GET", "/identity/model/account", nil)
		if model.Parties != 6 || len(model.Comparisons) == 0 || len(model.Thresholds) == 0 || len(model.Unlinkable) == 0 || len(model.Weights) == 0 {
			t.Errorf("GET /identity/model/account = %+v", model)
		}
		for _, path := range []string{"/identity/review", "/identity/model/account", "/identity/settings/account"} {
			if r := sales.do("GET", path, nil); r.StatusCode != http.StatusForbidden {
				t.Errorf("GET %s by sales = %s, want it refused", path, r.Status)
			}
		}
	})
}

// review judges the doubtful pair: blind, by two who disagree, until it is settled.
func (s *site) review(t *testing.T, ana, wang *caller, party map[string]string) {
	t.Helper()
	get[identitySetting](ana, "PUT", "/identity/settings/review", map[string]any{"twice": 1})
	pairs := get[list[ReviewPair]](ana, "GET", "/identity/review?kind=account", nil)
	want := identity.PairOf(party["A2"], party["B2"])
	if len(pairs) == 0 || pairs[0].A != want.A || pairs[0].B != want.B || pairs[0].Why != "doubtful" {
		t.Fatalf("GET /identity/review = %+v, want A2 and B2 first", pairs)
	}
	at := "/identity/pair?blind=true&a=" + url.QueryEscape(want.A) + "&b=" + url.QueryEscape(want.B)
	ev := get[pairEvidence](ana, "GET", at, nil)
	sum := 0.0
	for _, b := range ev.Waterfall {
		sum += b.Bits + b.Rare
	}
	if math.Abs(sum-ev.Weight) > 1e-9 || len(ev.Parties) != 2 {
		t.Errorf("the waterfall sums to %v, the pair weighs %v", sum, ev.Weight)
	}
	judge := func(c *caller, verdict string, more map[string]any) identityChangeView {
		t.Helper()
		body := map[string]any{"a": want.B, "b": want.A, "verdict": verdict}
		for k, v := range more {
			body[k] = v
		}
		return get[identityChangeView](c, "POST", "/identity/judge", body)
	}
	together := func() bool {
		return get[entityView](ana, "GET", "/entities/"+want.A, nil).ID == get[entityView](ana, "GET", "/entities/"+want.B, nil).ID
	}
	if judge(ana, "same", map[string]any{"blind": true}); !together() {
		t.Error("after the judgement same the two are apart")
	}
	if again := get[list[ReviewPair]](ana, "GET", "/identity/review?kind=account", nil); len(again) > 0 && again[0].A == want.A {
		t.Error("who judged a pair is asked again")
	}
	second := get[list[ReviewPair]](wang, "GET", "/identity/review?kind=account", nil)
	if len(second) == 0 || second[0].A != want.A || second[0].Why != "second" {
		t.Fatalf("the second reviewer's queue = %+v, want the pair that the first judged", second)
	}
	if blind := get[pairEvidence](wang, "GET", at, nil); len(blind.Judgements) != 0 {
		t.Errorf("a blind review shows %+v", blind.Judgements)
	}
	if judge(wang, "different", map[string]any{"blind": true}); together() {
		t.Error("a disputed pair binds")
	}
	if st := get[identityStatus](ana, "GET", "/identity", nil); st.Kinds[0].Disputed != 1 {
		t.Errorf("GET /identity = %+v, want one dispute", st.Kinds)
	}
	if judge(ana, "same", map[string]any{"settle": true}); !together() {
		t.Error("a settled pair does not bind")
	}
	if runs := finish[list[linkageRun]](t, ana, get[runView](ana, "POST", "/identity/run", map[string]any{"kinds": []string{"account"}})); runs[0].Moved != 0 || !together() {
		t.Errorf("a run after judgements moved %d", runs[0].Moved)
	}
}

// changes merges, splits and undoes.
func (s *site) changes(t *testing.T, ana, sales *caller, party map[string]string) {
	t.Helper()
	merged := get[identityChangeView](ana, "POST", "/identity/merge", map[string]any{"entities": []string{party["A3"], party["B3"]}, "reason": "同一家"})
	if len(merged.Moves) != 2 || len(merged.Effects) == 0 || merged.Effects[0].Of != "events" {
		t.Errorf("POST /identity/merge = %+v", merged)
	}
	split := get[identityChangeView](ana, "POST", "/identity/split", map[string]any{"entity": party["A3"], "parties": []string{party["B3"]}})
	if r := ana.do("POST", "/identity/undo", map[string]any{"change": merged.Seq}); r.StatusCode != http.StatusConflict || r.problem() != "identity.later" {
		t.Errorf("undoing the merge under a later split = %s %s, want identity.later", r.Status, r.problem())
	}
	get[identityChangeView](ana, "POST", "/identity/undo", map[string]any{"change": split.Seq})
	get[identityChangeView](ana, "POST", "/identity/undo", map[string]any{"change": merged.Seq})
	history := get[page[IdentityChange]](sales, "GET", "/entities/"+party["A3"]+"/history?limit=10", nil)
	if len(history.Items) != 4 || history.Items[0].Act != "undo" || history.Items[3].Seq != merged.Seq || history.Items[3].Undone == 0 {
		t.Errorf("history of A3 = %+v", history.Items)
	}
	if r := sales.do("POST", "/identity/merge", map[string]any{"entities": []string{party["A3"], party["B3"]}}); r.StatusCode != http.StatusForbidden {
		t.Errorf("merge by sales = %s, want it refused", r.Status)
	}
}

// warning asks before entering a customer twice.
func (s *site) warning(t *testing.T, sales *caller) {
	t.Helper()
	known := get[checkAnswer](sales, "POST", "/identity/check", map[string]any{"kind": "account", "name": "杭州鼎盛精密机械（老客户）", "phone": "0571 8800 1234"})
	if !known.Exists || len(known.Matches) == 0 || known.Matches[0].Probability < .9 || !strings.Contains(known.Matches[0].Phone, "*") {
		t.Errorf("POST /identity/check of a known one = %+v", known)
	}
	fresh := get[checkAnswer](sales, "POST", "/identity/check", map[string]any{"kind": "account", "name": "拉萨雪山旅行社有限公司", "phone": "0891-6001000"})
	if fresh.Exists || len(fresh.Matches) != 0 {
		t.Errorf("POST /identity/check of an unknown one = %+v", fresh)
	}
	if r := sales.do("POST", "/identity/check", map[string]any{"kind": "account"}); r.problem() != "identity.check-empty" {
		t.Errorf("POST /identity/check of nothing = %s", r.problem())
	}
}
