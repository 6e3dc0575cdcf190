package run

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func runner(t *testing.T, db *store.DB) *Runner {
	t.Helper()
	r, err := Open(t.Context(), db, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

var damaged = fault.New(fault.ErrInvalid, "file.damaged", "It is damaged.", "已损坏。")

func TestRunEnds(t *testing.T) {
	tests := []struct {
		name string
		do   Func
		want Run
	}{
		{"with a result", func(_ context.Context, p *Progress, params json.RawMessage) (any, error) {
			p.Say("Reading", "读取中")
			p.Set(3, 4, "rows")
			return params, nil
		}, Run{State: Done, Done: 3, Total: 4, Unit: "rows", What: "Reading", WhatZH: "读取中", Result: json.RawMessage(`{"a":1}`)}},
		{"with a fault", func(context.Context, *Progress, json.RawMessage) (any, error) { return nil, damaged },
			Run{State: Failed, Error: &fault.Error{Code: "file.damaged", EN: "It is damaged.", ZH: "已损坏。"}, Resumable: true}},
		{"with an error of ours, whose text stays inside", func(context.Context, *Progress, json.RawMessage) (any, error) {
			return nil, errors.New("password=1234")
		}, Run{State: Failed, Error: &fault.Error{Code: "ours", EN: "Something went wrong on our side; the log has the details under this run's id.", ZH: "服务器内部出错，日志中可按任务编号查到原因。"}, Resumable: true}},
		{"with a panic", func(context.Context, *Progress, json.RawMessage) (any, error) { panic("oh") },
			Run{State: Failed, Error: &fault.Error{Code: "ours", EN: "Something went wrong on our side; the log has the details under this run's id.", ZH: "服务器内部出错，日志中可按任务编号查到原因。"}, Resumable: true}},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := runner(t, db)
		for _, tt := range tests {
			r.Register(tt.name, 1, tt.do)
			v, err := r.Start(t.Context(), New{Kind: tt.name, Title: "T", TitleZH: "标题", Actor: "user:li", Params: map[string]int{"a": 1}})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Wait(t.Context(), v.ID); err != nil {
				t.Fatal(err)
			}
			got, err := r.Get(t.Context(), v.ID)
			if err != nil {
				t.Fatal(err)
			}
			tt.want.Kind, tt.want.Title, tt.want.TitleZH, tt.want.Actor = tt.name, "T", "标题", "user:li"
			opts := cmp.Options{cmpopts.IgnoreUnexported(Run{}), cmpopts.IgnoreFields(Run{}, "ID", "Started", "Ended"), cmpopts.IgnoreFields(fault.Error{}, "Kind")}
			if diff := cmp.Diff(tt.want, got, opts); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.name, diff)
			}
			if got.Ended.Before(got.Started) || got.Ended.IsZero() {
				t.Errorf("%s: ended %v, started %v", tt.name, got.Ended, got.Started)
			}
		}
	})
}

func TestCancelAndResume(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, r := t.Context(), runner(t, db)
		tries := 0
		r.Register("wait", 1, func(ctx context.Context, p *Progress, _ json.RawMessage) (any, error) {
			if tries++; tries > 1 {
				return "done", nil
			}
			p.Say("Waiting", "等待中")
			<-ctx.Done()
			return nil, ctx.Err()
		})
		v, err := r.Start(ctx, New{Kind: "wait", Params: 1})
		if err != nil {
			t.Fatal(err)
		}
		second, err := r.Start(ctx, New{Kind: "wait"})
		if err != nil {
			t.Fatal(err)
		}
		var states []State
		err = r.Follow(ctx, v.ID, time.Minute, func(v Run) error {
			states = append(states, v.State)
			if v.State == Running {
				if other, err := r.Get(ctx, second.ID); err != nil || other.State != Queued {
					t.Errorf("the second of one slot is %s, %v, want queued", other.State, err)
				}
				if _, err := r.Resume(ctx, v.ID); !errors.Is(err, fault.ErrConflict) {
					t.Errorf("Resume(running) = %v, want conflict", err)
				}
				_, err := r.Cancel(ctx, v.ID)
				return err
			}
			return nil
		})
		if err != nil || states[len(states)-1] != Cancelled {
			t.Fatalf("Follow() = %v, saw %v, want cancelled last", err, states)
		}
		if got, err := r.Wait(ctx, second.ID); err != nil || got.State != Done {
			t.Errorf("the queued run = %s, %v, want done once the slot was free", got.State, err)
		}
		if _, err := r.Resume(ctx, second.ID); !errors.Is(err, fault.ErrConflict) {
			t.Errorf("Resume(done) = %v, want conflict", err)
		}
		if _, err := r.Resume(ctx, v.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := r.Wait(ctx, v.ID); err != nil || got.State != Done || string(got.Result) != `"done"` {
			t.Errorf("resumed = %+v, %v, want done", got, err)
		}
	})
}

func TestInterrupted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		first, err := Open(ctx, db, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		first.Register("wait", 0, func(ctx context.Context, _ *Progress, _ json.RawMessage) (any, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		})
		v, err := first.Start(ctx, New{Kind: "wait", Params: 1})
		if err != nil {
			t.Fatal(err)
		}
		second := runner(t, db) // as after a kill: nobody told the first
		got, err := second.Get(ctx, v.ID)
		if err != nil || got.State != Failed || got.Error == nil || got.Error.Code != "run.interrupted" || got.Resumable {
			t.Errorf("after a kill = %+v, %v, want interrupted, and not resumable by who does not know its kind", got, err)
		}
		second.Register("wait", 0, func(context.Context, *Progress, json.RawMessage) (any, error) { return 2, nil })
		if _, err := second.Resume(ctx, v.ID); err != nil {
			t.Fatal(err)
		}
		if got, err := second.Wait(ctx, v.ID); err != nil || got.State != Done {
			t.Errorf("resumed after a kill = %+v, %v, want done", got, err)
		}
		w, err := first.Start(ctx, New{Kind: "wait", Params: 1})
		if err != nil {
			t.Fatal(err)
		}
		first.Close()
		if got, err := second.Get(ctx, w.ID); err != nil || got.State != Failed || got.Error.Code != "run.interrupted" {
			t.Errorf("after Close = %+v, %v, want interrupted", got, err)
		}
		if _, err := first.Start(ctx, New{Kind: "wait"}); !errors.Is(err, fault.ErrConflict) {
			t.Errorf("Start(after Close) = %v, want conflict", err)
		}
	})
}

func TestList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx, r := t.Context(), runner(t, db)
		var want []string
		for range 5 {
			v, err := r.Do(ctx, New{Kind: "quick"}, func(context.Context, *Progress) (any, error) { return 1, nil })
			if err != nil {
				t.Fatal(err)
			}
			if _, err := r.Wait(ctx, v.ID); err != nil {
				t.Fatal(err)
			}
			want = append([]string{v.ID}, want...)
		}
		var got []string
		f := Filter{Kind: "quick", State: Done, Limit: 2}
		for {
			page, err := r.List(ctx, f)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, v := range page {
				got = append(got, v.ID)
			}
			last := page[len(page)-1]
			f.Before, f.BeforeID = last.Started, last.ID
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("List() by pages of two (-want +got):\n%s", diff)
		}
		if n, err := r.Count(ctx); err != nil || n[Done] != 5 {
			t.Errorf("Count() = %v, %v, want 5 done", n, err)
		}
		if _, err := r.Get(ctx, "none"); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("Get(none) = %v, want not found", err)
		}
	})
}
