package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
)

// prefix is where every operation of the API lives.
const prefix = "/api/v1"

// rightKey is where an operation keeps the right it needs.
const rightKey = "right"

// op describes one operation: "GET /batches/{id}", its id, what it is for, and
// the right it needs. An operation without a right can't be written.
func op(route, id, summary string, right access.Right, more ...func(*huma.Operation)) huma.Operation {
	method, path, _ := strings.Cut(route, " ")
	o := huma.Operation{
		OperationID: id, Method: method, Path: prefix + path, Summary: summary,
		Description: "Right: " + string(right) + ".",
		Tags:        []string{strings.Split(strings.Trim(path, "/"), "/")[0]},
		Metadata:    map[string]any{rightKey: right},
	}
	if right != access.Public {
		o.Security = []map[string][]string{{"session": {}}, {"token": {}}}
		o.Errors = []int{http.StatusUnauthorized, http.StatusForbidden}
	}
	o.MaxBodyBytes = 4 << 20
	for _, m := range more {
		m(&o)
	}
	return o
}

// status sets the status of a success.
func status(code int) func(*huma.Operation) {
	return func(o *huma.Operation) { o.DefaultStatus = code }
}

// streamIn documents a body that the handler reads as it comes.
func streamIn(about string, types ...string) func(*huma.Operation) {
	return func(o *huma.Operation) {
		o.RequestBody = &huma.RequestBody{Description: about, Required: true, Content: map[string]*huma.MediaType{}}
		for _, t := range types {
			s := &huma.Schema{Type: huma.TypeString}
			if strings.HasPrefix(t, "application/json") {
				s = &huma.Schema{}
			} else if t == "application/octet-stream" {
				s.Format = "binary"
			}
			o.RequestBody.Content[t] = &huma.MediaType{Schema: s}
		}
	}
}

// fileOut documents an answer that is a file.
func fileOut(types ...string) func(*huma.Operation) {
	return func(o *huma.Operation) {
		content := map[string]*huma.MediaType{}
		for _, t := range types {
			content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
		}
		o.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: content}}
	}
}

// The types of file that answers come in.
const (
	typeCSV  = "text/csv"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// An out is an answer with a body.
type out[T any] struct{ Body T }

// in is a request with a body.
type in[T any] struct{ Body T }

// A nothing is a request without parameters or an answer without a body.
type nothing struct{}

// A list is never null in JSON.
type list[T any] []T

// MarshalJSON writes [] for nil.
func (l list[T]) MarshalJSON() ([]byte, error) {
	if l == nil {
		return []byte("[]"), nil
	}
	return json.Marshal([]T(l))
}

// A page is part of a list; next is empty on the last.
type page[T any] struct {
	Items list[T] `json:"items"`
	Next  string  `json:"next" doc:"Give it as cursor for the next page; empty = this was the last"`
}

// A Paging asks for a page.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"400"`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

// each maps a slice; nil stays empty.
func each[A, B any](in []A, f func(A) B) list[B] {
	outs := make(list[B], 0, len(in))
	for _, v := range in {
		outs = append(outs, f(v))
	}
	return outs
}

// file answers with a file that is written as it goes. Once its first byte is
// out an error can only cut it short.
func (s *server) file(name, kind string, write func(io.Writer) error) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", kind)
		ctx.SetHeader("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
		if err := write(ctx.BodyWriter()); err != nil {
			requestOf(ctx.Context()).cause = err
			panic(http.ErrAbortHandler)
		}
	}}
}

// zone is the company's.
func (s *server) zone(ctx context.Context) (*time.Location, error) {
	name, err := source.Zone(ctx, s.DB)
	if err != nil {
		return nil, err
	}
	return time.LoadLocation(name)
}

func badCursor() error {
	return fault.New(fault.ErrInvalid, "cursor.bad", "The cursor is not one of ours: start again from the first page.", "翻页游标无效：请从第一页重新开始。")
}
