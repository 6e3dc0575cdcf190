package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// kills is how often each of the two is killed; the bench does 200.
const kills = 10

// bigCSV has n deals, each its own key.
func bigCSV(t *testing.T, n int) string {
	var b strings.Builder
	b.WriteString("id,customer,name,won,amount\n")
	for i := range n {
		fmt.Fprintf(&b, "D%d,C%d,客户 %d,2026-01-%02d,%d\n", i, i%500, i%500, 1+i%28, i)
	}
	return file(t, "big.csv", b.String())
}

// TestKilledImport kills an import at random moments and imports again: all of
// it or nothing, never twice, without repair.
func TestKilledImport(t *testing.T) {
	const rows = 20_000
	f := newFolder(t)
	mapping, big := file(t, "m.yaml", dealsYAML), bigCSV(t, rows)
	f.run(0, "import", "--mapping", mapping, file(t, "first.csv", strings.ReplaceAll(dealsCSV, "D", "F")))
	began := time.Now()
	g := newFolder(t)
	g.run(0, "import", "--mapping", mapping, big)
	took := time.Since(began)
	inTime := 0
	for i := range kills {
		ctx, cancel := context.WithCancel(t.Context())
		c := program(ctx, "import", "--data", f.dir, "--mapping", mapping, big)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(took))))
		cancel() // SIGKILL
		if err := c.Wait(); err == nil {
			inTime++
		}
		out, _ := f.run(0, "query", "--json", `SELECT (SELECT count(*) FROM event) AS events, (SELECT count(DISTINCT id) FROM event) AS ids, (SELECT coalesce(sum(n), 0)::BIGINT FROM event_day) AS days,
			(SELECT count(*) FROM batch WHERE state = 'loaded') AS batches, (SELECT coalesce(sum(events), 0)::BIGINT FROM batch WHERE state = 'loaded') AS said, (SELECT count(*) FROM party) AS parties`)
		got := parse[[]struct{ Events, IDs, Days, Batches, Said, Parties int64 }](t, out)[0]
		if got.Events != 2 && got.Events != rows+2 || got.Events != got.IDs || got.Events != got.Days || got.Events != got.Said || got.Batches != 1+got.Events/rows || got.Parties < 2 {
			t.Fatalf("after kill %d: %+v, want nothing or all of %d rows", i+1, got, rows)
		}
		if got.Batches == 2 {
			batch := parse[[]struct{ ID string }](t, first(f.run(0, "query", "--json", "SELECT CAST(id AS VARCHAR) AS id FROM batch WHERE name = 'big.csv'")))[0].ID
			f.run(0, "rollback", batch)
			out, _ = f.run(0, "query", "--json", "SELECT count(*) AS n FROM event")
			if n := parse[[]struct{ N int64 }](t, out)[0].N; n != 2 {
				t.Fatalf("after the rollback %d events stand, want 2", n)
			}
		}
	}
	res := parse[importOut](t, first(f.run(0, "import", "--json", "--mapping", mapping, big)))
	if len(res.Batches) != 1 || res.Batches[0].Events != rows {
		t.Errorf("the import after all kills = %+v, want %d events", res, rows)
	}
	if left, err := filepath.Glob(filepath.Join(f.dir, "vault", "tmp", "*")); err != nil || len(left) > 0 {
		t.Errorf("the vault keeps half written files: %v", left)
	}
	if left, err := os.ReadDir(filepath.Join(f.dir, "stage")); err != nil || len(left) > 0 {
		t.Errorf("%d stage folders of dead imports are left", len(left))
	}
	t.Logf("%d of %d imports ended before their kill (an import takes %v)", inTime, kills, took.Round(time.Millisecond))
}

// TestKilledIngest kills the server while events come in: each that was
// acknowledged is there, once.
func TestKilledIngest(t *testing.T) {
	f := newFolder(t)
	var hello struct{ Name, Password string }
	token := ""
	acked := map[string]bool{}
	var mu sync.Mutex
	sent := 0
	for i := range kills {
		s := serveProcess(t, f.dir)
		if token == "" {
			hello = parse[struct{ Name, Password string }](t, first(f.run(0, "user", "reset-password", "--json", "admin")))
			token = apiToken(t, s.url, hello.Name, hello.Password)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for w := range 4 {
			wg.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					var body strings.Builder
					var ids []string
					for k := range 20 {
						id := fmt.Sprintf("e-%d-%d-%d-%d", i, w, n, k)
						ids = append(ids, id)
						fmt.Fprintf(&body, `{"id":%q,"verb":"deal.won","ts":"2026-01-05","object":{"kind":"deal","key":%q},"amount":1}`+"\n", id, id)
					}
					mu.Lock()
					sent += len(ids)
					mu.Unlock()
					req, _ := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/api/v1/events?source=shop", strings.NewReader(body.String()))
					req.Header.Set("Content-Type", "application/x-ndjson")
					req.Header.Set("Authorization", "Bearer "+token)
					resp, err := http.DefaultClient.Do(req)
					if err != nil {
						return
					}
					var got struct{ Accepted int }
					err = json.NewDecoder(resp.Body).Decode(&got)
					_ = resp.Body.Close()
					if resp.StatusCode != http.StatusAccepted || err != nil || got.Accepted != len(ids) {
						if ctx.Err() == nil && err == nil {
							t.Errorf("POST /events = %s, %+v", resp.Status, got)
						}
						return
					}
					mu.Lock()
					for _, id := range ids {
						acked[id] = true
					}
					mu.Unlock()
				}
			})
		}
		time.Sleep(200*time.Millisecond + time.Duration(rand.Int64N(int64(time.Second))))
		s.kill()
		cancel()
		wg.Wait()
	}
	s := serveProcess(t, f.dir)
	want := len(acked)
	var out string
	for range 200 { // the loader takes about a second
		out, _ = f.run(0, "query", "--json", "SELECT count(*) AS events, count(DISTINCT object_key) AS keys, (SELECT coalesce(sum(n), 0)::BIGINT FROM event_day) AS days FROM event WHERE source = 'shop'")
		if parse[[]struct{ Keys int }](t, out)[0].Keys >= want {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	got := parse[[]struct{ Events, Keys, Days int }](t, out)[0]
	if got.Events != got.Keys || got.Days != got.Events || got.Events > sent {
		t.Errorf("%+v of %d sent, want each once", got, sent)
	}
	keys := map[string]bool{}
	for _, r := range parse[[]struct {
		K string `json:"k"`
	}](t, first(f.run(0, "query", "--json", "SELECT object_key AS k FROM event WHERE source = 'shop'"))) {
		keys[r.K] = true
	}
	lost := 0
	for id := range acked {
		if !keys[id] {
			lost++
		}
	}
	if lost > 0 || want == 0 {
		t.Errorf("%d of %d acknowledged events are lost", lost, want)
	}
	s.stop(t)
	t.Logf("%d kills, %d events acknowledged of %d sent, %d in", kills, want, sent, got.Events)
}

// apiToken signs in and makes a token for events.
func apiToken(t *testing.T, url, name, password string) string {
	t.Helper()
	var cookie *http.Cookie
	post := func(path string, body, out any) {
		t.Helper()
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/v1"+path, bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if cookie != nil {
			req.AddCookie(cookie)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode/100 != 2 {
			t.Fatalf("POST %s = %s", path, resp.Status)
		}
		if c := resp.Cookies(); len(c) > 0 {
			cookie = c[0]
		}
		if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
			t.Fatal(err)
		}
	}
	var token struct{ Token string }
	post("/session", map[string]string{"name": name, "password": password}, &struct{}{})
	post("/tokens", map[string]any{"name": "test", "role": "admin"}, &token)
	return token.Token
}
