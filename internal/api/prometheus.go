package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/run"
)

// gauges are what /metrics shows.
type gauges struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	ingested *prometheus.CounterVec
	handler  http.Handler
}

func newGauges(d Deps) *gauges {
	g := &gauges{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "outfitter_http_requests_total", Help: "Requests by route and status."}, []string{"route", "code"}),
		seconds:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "outfitter_http_request_seconds", Help: "Time to answer, by route.", Buckets: []float64{.005, .01, .025, .05, .1, .2, .5, 1, 2, 5, 10, 60}}, []string{"route"}),
		ingested: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "outfitter_ingested_events_total", Help: "Events handed in by API, by outcome."}, []string{"outcome"}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{Name: "outfitter_build_info", Help: "1, with the version.", ConstLabels: prometheus.Labels{"version": d.Version}})
	build.Set(1)
	g.registry.MustRegister(g.requests, g.seconds, g.ingested, build, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), runCollector{d.Runs})
	g.handler = promhttp.HandlerFor(g.registry, promhttp.HandlerOpts{})
	return g
}

func (g *gauges) observe(route string, code int, took time.Duration) {
	g.requests.WithLabelValues(route, strconv.Itoa(code)).Inc()
	if !strings.HasSuffix(route, "/runs/{id}/events") { // open as long as the run
		g.seconds.WithLabelValues(route).Observe(took.Seconds())
	}
}

// runCollector counts runs when it is asked.
type runCollector struct{ runs *run.Runner }

var runsDesc = prometheus.NewDesc("outfitter_runs", "Runs of the last 90 days, by state.", []string{"state"}, nil)

func (c runCollector) Describe(ch chan<- *prometheus.Desc) { ch <- runsDesc }

func (c runCollector) Collect(ch chan<- prometheus.Metric) {
	if c.runs == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	n, err := c.runs.Count(ctx)
	if err != nil {
		ch <- prometheus.NewInvalidMetric(runsDesc, err)
		return
	}
	for _, s := range []run.State{run.Queued, run.Running, run.Done, run.Failed, run.Cancelled} {
		ch <- prometheus.MustNewConstMetric(runsDesc, prometheus.GaugeValue, float64(n[s]), string(s))
	}
}

// prometheus serves the machine itself, and tokens that may read.
func (s *server) prometheus(w http.ResponseWriter, r *http.Request) {
	info := requestOf(r.Context())
	local := net.ParseIP(info.address).IsLoopback() && !s.Proxied && r.Header.Get("X-Forwarded-For") == ""
	if !local {
		who, err := s.identify(r, info)
		if err != nil {
			writeProblem(w, problemOf(err))
			return
		}
		if info.who = who; !who.Can(access.Read) {
			writeProblem(w, problem(http.StatusForbidden, ""))
			return
		}
	}
	s.gauges.handler.ServeHTTP(w, r)
}

// health says whether both stores answer.
func (s *server) health(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err := errors.Join(s.DB.State.Raw().PingContext(ctx), s.DB.Facts.Raw().PingContext(ctx)); err != nil {
		requestOf(r.Context()).cause = err
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte("failing\n"))
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
