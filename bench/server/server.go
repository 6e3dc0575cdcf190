// Package server starts the program's server for a benchmark and talks to it.
package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A Server is a running program.
type Server struct {
	URL    string
	Ready  time.Duration // from start until /healthz answered
	Client *http.Client  // signed in as admin
	cmd    *exec.Cmd
}

// Start runs program serve on the folder and signs in. The admin's password is
// reset first where the folder has one already. Its log is thrown away.
func Start(ctx context.Context, program, data string) (*Server, error) {
	address, err := free()
	if err != nil {
		return nil, err
	}
	s := &Server{URL: "http://" + address}
	s.cmd = exec.Command(program, "serve", "--data", data, "--listen", address, "--json")
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for {
		resp, err := http.Get(s.URL + "/healthz")
		if err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				break
			}
		}
		if time.Since(began) > 5*time.Minute {
			return nil, errors.Join(fmt.Errorf("server: not ready after 5 minutes: %w", err), s.Kill())
		}
		time.Sleep(2 * time.Millisecond)
	}
	s.Ready = time.Since(began)
	var said struct{ Name, Password string }
	if err := json.NewDecoder(out).Decode(&said); err != nil {
		return nil, errors.Join(fmt.Errorf("server: %w", err), s.Kill())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	if said.Password == "" {
		said.Name = "admin"
		if said.Password, err = reset(ctx, program, data); err != nil {
			return nil, errors.Join(err, s.Kill())
		}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	s.Client = &http.Client{Jar: jar, Timeout: 2 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 200}}
	if _, err := s.Post(ctx, "/api/v1/session", "application/json", fmt.Appendf(nil, `{"name":%q,"password":%q}`, said.Name, said.Password)); err != nil {
		return nil, errors.Join(err, s.Kill())
	}
	return s, nil
}

func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func reset(ctx context.Context, program, data string) (string, error) {
	out, err := exec.CommandContext(ctx, program, "user", "reset-password", "admin", "--data", data, "--json").Output()
	if err != nil {
		return "", fmt.Errorf("server: reset-password: %w", err)
	}
	var said struct{ Password string }
	err = json.Unmarshal(out, &said)
	return said.Password, err
}

// CPU is the processor time that the server has taken so far, in seconds.
func (s *Server) CPU() float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.PID()))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(after)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(f[11], 64)
	system, _ := strconv.ParseFloat(f[12], 64)
	return (user + system) / 100 // the kernel counts in hundredths on every Linux
}

// Get returns the body of a successful answer.
func (s *Server) Get(ctx context.Context, path string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		return nil, err
	}
	return s.do(req)
}

// Post is Get for POST.
func (s *Server) Post(ctx context.Context, path, kind string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", kind)
	return s.do(req)
}

func (s *Server) do(req *http.Request) ([]byte, error) {
	resp, err := s.Client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("server: %s %s: %s: %.300s", req.Method, req.URL.Path, resp.Status, strings.TrimSpace(string(body)))
	}
	return body, err
}

// PID is the server's process.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Stop ends the server as an operator would.
func (s *Server) Stop() error {
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return s.cmd.Wait()
}

// Kill ends it as a power cut would.
func (s *Server) Kill() error {
	if err := s.cmd.Process.Kill(); err != nil {
		return err
	}
	_ = s.cmd.Wait() // says "signal: killed", as wanted
	return nil
}
