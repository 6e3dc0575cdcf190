package linkage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/linkage/block"
	"github.com/chanzipu/outfitter/linkage/field"
)

// Settings say what is compared, which pairs are tried and what is known
// beforehand. With all parameters filled in they are a trained model; both are
// the same JSON.
type Settings struct {
	Version     int          `json:"version"`         // 1
	Scope       Scope        `json:"scope,omitempty"` // which pairs may match
	Comparisons []Comparison `json:"comparisons"`
	Blocking    []block.Rule `json:"blocking"`
	// Prior is the probability that two records drawn at random match; 0 has it estimated.
	Prior    float64 `json:"prior,omitempty"`
	FixPrior bool    `json:"fix_prior,omitempty"`
	// Threshold is the probability from which records belong together; 0 is DefaultThreshold.
	Threshold float64 `json:"threshold,omitempty"`
	// MaxBlock is the most records that may share a key before the block is refined; 0 is DefaultMaxBlock.
	MaxBlock int `json:"max_block,omitempty"`
	// OneToOne promises that no source names an entity twice.
	OneToOne bool `json:"one_to_one,omitempty"`
}

// Scope says which pairs may match.
type Scope string

// The scopes.
const (
	ScopeAll    Scope = "all"    // within and across sources; the default
	ScopeAcross Scope = "across" // records of different sources alone
)

// What Settings use where they say nothing.
const (
	DefaultThreshold = 0.5
	DefaultMaxBlock  = 1000
)

// A Comparison is one property on which pairs are graded.
type Comparison struct {
	Name    string        `json:"name"`
	Columns []string      `json:"columns"`
	Kind    field.Kind    `json:"kind"`
	Levels  []field.Level `json:"levels,omitempty"` // kind "custom" alone
	// TermFrequency scales what the rarity of an agreed value adds; 0 turns it off, nil is 1.
	TermFrequency *float64 `json:"term_frequency,omitempty"`
	// Parameters by level, from disagreement up; empty ones are estimated.
	Parameters []Parameter `json:"parameters,omitempty"`
}

// A Parameter is what is known of one level.
type Parameter struct {
	Label string  `json:"label,omitempty"`
	M     float64 `json:"m"` // probability of the level among matches
	U     float64 `json:"u"` // among pairs that don't match
	FixM  bool    `json:"fix_m,omitempty"`
	FixU  bool    `json:"fix_u,omitempty"`
	// Offset in bits makes term-frequency adjustments average out within the level.
	Offset float64 `json:"offset,omitempty"`
}

// ParseSettings reads settings from JSON and checks them.
func ParseSettings(data []byte) (Settings, error) {
	var s Settings
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		return s, fmt.Errorf("linkage: settings: %w", err)
	}
	return s, s.Validate()
}

// Validate reports the first thing wrong with the settings.
func (s Settings) Validate() error {
	if s.Version != 1 {
		return fmt.Errorf("linkage: settings: version %d: this program reads version 1", s.Version)
	}
	if s.Scope != "" && s.Scope != ScopeAll && s.Scope != ScopeAcross {
		return fmt.Errorf("linkage: settings: scope %q: use %q or %q", s.Scope, ScopeAll, ScopeAcross)
	}
	if len(s.Comparisons) == 0 {
		return fmt.Errorf("linkage: settings: no comparisons: name at least one")
	}
	if len(s.Blocking) == 0 {
		return fmt.Errorf("linkage: settings: no blocking rules: name at least one")
	}
	for _, p := range []struct {
		name string
		v    float64
	}{{"prior", s.Prior}, {"threshold", s.Threshold}} {
		if !(p.v >= 0 && p.v < 1) {
			return fmt.Errorf("linkage: settings: %s %g: it is a probability, at least 0 and below 1", p.name, p.v)
		}
	}
	seen := map[string]bool{}
	for i, c := range s.Comparisons {
		if seen[c.Name] || c.Name == "" {
			return fmt.Errorf("linkage: settings: comparison %d: name %q is empty or used twice", i+1, c.Name)
		}
		seen[c.Name] = true
		if err := c.validate(); err != nil {
			return err
		}
	}
	for _, r := range s.Blocking {
		if err := r.Validate(); err != nil {
			return fmt.Errorf("linkage: settings: %w", err)
		}
	}
	return nil
}

func (c Comparison) validate() error {
	f, err := field.New(c.Kind, c.Levels)
	if err != nil {
		return fmt.Errorf("linkage: settings: comparison %q: %w", c.Name, err)
	}
	if len(c.Columns) == 0 {
		return fmt.Errorf("linkage: settings: comparison %q: it names no columns", c.Name)
	}
	if n := len(f.Labels()); len(c.Parameters) != 0 && len(c.Parameters) != n {
		return fmt.Errorf("linkage: settings: comparison %q: %d parameters for %d levels %q: give one for each, or none", c.Name, len(c.Parameters), n, f.Labels())
	}
	for l, p := range c.Parameters {
		if !(p.M >= 0 && p.M <= 1 && p.U >= 0 && p.U <= 1) || math.IsNaN(p.Offset) || math.IsInf(p.Offset, 0) {
			return fmt.Errorf("linkage: settings: comparison %q: level %d: m %g, u %g: both are probabilities", c.Name, l, p.M, p.U)
		}
	}
	if c.TermFrequency != nil && !(*c.TermFrequency >= 0 && *c.TermFrequency <= 2) {
		return fmt.Errorf("linkage: settings: comparison %q: term_frequency %g: use 0 (off) to 2", c.Name, *c.TermFrequency)
	}
	return nil
}

func (s Settings) threshold() float64 {
	if s.Threshold == 0 {
		return DefaultThreshold
	}
	return s.Threshold
}

func (s Settings) maxBlock() int {
	if s.MaxBlock == 0 {
		return DefaultMaxBlock
	}
	return s.MaxBlock
}

// clone copies the settings deeply enough to be filled in.
func (s Settings) clone() Settings {
	s.Comparisons = slices.Clone(s.Comparisons)
	for i := range s.Comparisons {
		s.Comparisons[i].Parameters = slices.Clone(s.Comparisons[i].Parameters)
	}
	s.Blocking = slices.Clone(s.Blocking)
	return s
}
