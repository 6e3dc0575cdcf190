package api

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
)

// What one request of events may cost.
const (
	maxIngest = 64 << 20 // bytes, as sent and as unpacked
	maxEvents = 100_000
	maxEvent  = 1 << 20 // bytes of one line
)

func (s *server) ingest(ctx context.Context, r *ingestIn) (*out[ingested], error) {
	if s.Door == nil {
		return nil, problem(http.StatusServiceUnavailable, "")
	}
	from, err := ingestSource(whoIs(ctx), r.Source)
	if err != nil {
		return nil, reply(err)
	}
	body := r.body
	if strings.EqualFold(r.Encoding, "gzip") {
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, reply(badEvents("the body is not gzip", "请求体不是 gzip 格式"))
		}
		body = io.NopCloser(&limited{z, maxIngest})
	}
	b := &eventReader{}
	if strings.Contains(r.Type, "ndjson") {
		err = b.lines(body)
	} else {
		err = b.document(body)
	}
	if err != nil {
		return nil, reply(err)
	}
	n, refused, err := s.Door.Take(ctx, from, b.events)
	if err != nil {
		return nil, reply(err)
	}
	w := ingested{Accepted: n, Rejected: b.refused}
	for _, f := range refused {
		w.Rejected = append(w.Rejected, ingestRejected{b.index[f.Index], f.EN, f.ZH})
	}
	s.gauges.ingested.WithLabelValues("accepted").Add(float64(n))
	s.gauges.ingested.WithLabelValues("rejected").Add(float64(len(w.Rejected)))
	return &out[ingested]{w}, nil
}

// ingestSource is where the events come from: what a token is bound to, and
// nothing else, or what is asked for.
func ingestSource(who access.Who, asked string) (string, error) {
	if who.Source != "" && asked != "" && asked != who.Source {
		return "", fault.New(fault.ErrDenied, "token.source", fmt.Sprintf("This token is bound to the source %q and can't hand in events for %q.", who.Source, asked),
			fmt.Sprintf("该令牌绑定数据源 %q，不能为 %q 提交事件。", who.Source, asked))
	}
	if who.Source != "" {
		return who.Source, nil
	}
	return asked, nil
}

// An eventReader takes events apart; one that can't be read is refused and the
// others go on.
type eventReader struct {
	events  []source.Incoming
	index   []int // place of each event in the request
	refused list[ingestRejected]
	n       int
}

func (b *eventReader) add(raw []byte) error {
	i := b.n
	if b.n++; b.n > maxEvents {
		return badEvents(fmt.Sprintf("there are more than %d events; send them in several requests", maxEvents), fmt.Sprintf("事件超过 %d 条，请分多次提交", maxEvents))
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	var e source.Incoming
	if err := dec.Decode(&e); err != nil {
		why := strings.TrimPrefix(err.Error(), "json: ")
		b.refused = append(b.refused, ingestRejected{i, "It is not an event: " + why + ".", "不是合法的事件：" + why + "。"})
		return nil
	}
	b.events, b.index = append(b.events, e), append(b.index, i)
	return nil
}

// lines reads one event per line.
func (b *eventReader) lines(r io.Reader) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), maxEvent)
	for sc.Scan() {
		if len(bytes.TrimSpace(sc.Bytes())) == 0 {
			continue
		}
		if err := b.add(sc.Bytes()); err != nil {
			return err
		}
	}
	if errors.Is(sc.Err(), bufio.ErrTooLong) {
		return badEvents("a line is longer than 1 MiB", "有一行超过 1 MiB")
	}
	return sc.Err()
}

// document reads an array of events, or an object that holds one.
func (b *eventReader) document(r io.Reader) error {
	dec := json.NewDecoder(r)
	first, err := dec.Token()
	if err == nil && first == json.Delim('{') {
		var name json.Token
		if name, err = dec.Token(); err == nil && name != "events" {
			return badEvents("the object has no field \"events\"", "对象中没有 events 字段")
		}
		if err == nil {
			first, err = dec.Token()
		}
	}
	if err == nil && first != json.Delim('[') {
		return badEvents("it should be an array of events, or {\"events\": […]}", "应为事件数组，或 {\"events\": […]}")
	}
	for err == nil && dec.More() {
		var raw json.RawMessage
		if err = dec.Decode(&raw); err == nil {
			if err := b.add(raw); err != nil {
				return err
			}
		}
	}
	if err == nil {
		_, err = dec.Token() // the closing bracket
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return badEvents("it is not JSON: "+err.Error(), "不是合法的 JSON："+err.Error())
	}
	return err
}

func badEvents(en, zh string) error {
	return fault.New(fault.ErrInvalid, "events.body", "The events can't be read: "+en+". Nothing was taken.", "事件无法读取："+zh+"。未接收任何事件。")
}

// limited refuses more than its bytes, where io.LimitReader would cut them off.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, &http.MaxBytesError{Limit: maxIngest}
	}
	return n, err
}
