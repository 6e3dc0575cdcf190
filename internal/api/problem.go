package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/fault"
)

// A Problem is the body of every error: RFC 9457, in both languages.
type Problem struct {
	Type     string         `json:"type" example:"about:blank"`
	Title    string         `json:"title" example:"Unprocessable Entity"`
	Status   int            `json:"status" example:"422"`
	Detail   string         `json:"detail" doc:"What, where and how to mend it, in English"`
	Code     string         `json:"code" example:"file.damaged" doc:"Stable, for programs"`
	DetailZH string         `json:"detail_zh" doc:"The same in Chinese"`
	Errors   []problemPlace `json:"errors,omitempty"`

	cause error // for the log
}

// A problemPlace is one place of the request that is at fault.
type problemPlace struct {
	Location string `json:"location" example:"body.name"`
	Message  string `json:"message"`
}

// Error makes a Problem an error.
func (p *Problem) Error() string { return p.Detail }

// Unwrap gives the log what the caller does not see.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus is what huma asks.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is RFC 9457's.
func (p *Problem) ContentType(ct string) string {
	return strings.Replace(ct, "application/json", "application/problem+json", 1)
}

func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return problem(status, msg, errs...)
	}
	huma.NewErrorWithContext = func(_ huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return problem(status, msg, errs...)
	}
	huma.DefaultArrayNullable = false
}

// statusText says what a status means where nothing better is known.
var statusText = map[int][3]string{
	http.StatusBadRequest:            {"request.bad", "The request can't be read.", "请求无法读取。"},
	http.StatusUnauthorized:          {"sign-in.needed", "Sign in first, or send a token.", "请先登录，或使用令牌。"},
	http.StatusForbidden:             {"right.missing", "Your role may not do this. Ask an administrator.", "您的角色无权执行此操作，请联系管理员。"},
	http.StatusNotFound:              {"not-found", "There is no such thing here.", "没有找到。"},
	http.StatusConflict:              {"conflict", "This conflicts with what is there now.", "与当前状态冲突。"},
	http.StatusRequestEntityTooLarge: {"request.too-large", "The request is too large.", "请求内容过大。"},
	http.StatusUnprocessableEntity:   {"request.invalid", "The request has values that can't be used.", "请求中有无法使用的值。"},
	http.StatusTooManyRequests:       {"too-many", "Too many tries. Wait a little.", "尝试次数过多，请稍候。"},
	http.StatusServiceUnavailable:    {"unavailable", "Not available just now. Try again.", "暂时不可用，请重试。"},
	http.StatusInternalServerError:   {"ours", "Something went wrong on our side; the log has the details under this request's id.", "服务器内部出错，日志中可按请求编号查到原因。"},
}

func problem(status int, msg string, errs ...error) *Problem {
	p := &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: msg, cause: errors.Join(errs...)}
	t, ok := statusText[status]
	if !ok {
		t = [3]string{"http", http.StatusText(status), http.StatusText(status)}
	}
	p.Code, p.DetailZH = t[0], t[2]
	if status >= http.StatusInternalServerError || msg == "" || msg == "validation failed" || msg == "unexpected error occurred" {
		p.Detail = t[1]
	}
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			p.Errors = append(p.Errors, problemPlace{d.Location, d.Message})
		}
	}
	return p
}

// reply turns what a domain says into what the caller reads: a fault becomes a
// 4xx with its sentence; anything else a bare 500, whose text the log keeps.
func reply(err error) error {
	if err == nil {
		return nil
	}
	return problemOf(err)
}

func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	if errors.Is(err, context.Canceled) {
		return problem(http.StatusServiceUnavailable, "", err)
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return problem(http.StatusRequestEntityTooLarge, "", err)
	}
	code := fault.Status(err)
	var f *fault.Error
	if errors.As(err, &f) {
		switch f.Code {
		case "sign-in.needed", "sign-in.wrong", "sign-in.token":
			code = http.StatusUnauthorized
		case "sign-in.limited":
			code = http.StatusTooManyRequests
		}
		p := problem(code, f.EN, err)
		p.Detail, p.DetailZH, p.Code = f.EN, f.ZH, f.Code
		return p
	}
	msg := ""
	if code < http.StatusInternalServerError {
		msg = err.Error()
	}
	return problem(code, msg, err)
}
