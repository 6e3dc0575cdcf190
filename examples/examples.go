// Package examples holds the example mappings and claims, so that the demo
// company is imported and measured with the very files that people read.
package examples

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed mappings/*.yaml
var mappings embed.FS

//go:embed claims/*.yaml
var claims embed.FS

// A Mapping is one example with the folder of the demo company it is for.
type Mapping struct {
	Folder string
	Name   string
	YAML   string
}

// companyFolders are the demo company's systems, those first whose keys others
// refer to.
var companyFolders = [][2]string{
	{"人事", "hr"}, {"纷享销客", "fxiaoke"}, {"销售易", "xiaoshouyi"}, {"企业微信", "wecom"}, {"工单系统", "ticket"},
	{"数据平台BI", "bi"}, {"增长平台", "growth"}, {"中台门户", "portal"}, {"禅道", "zentao"}, {"TAPD", "tapd"}, {"Jira", "jira"},
	{"今年干了什么", "workbook"}, {"财务", "finance"},
}

// Company returns the mappings of the demo company's systems.
func Company() ([]Mapping, error) {
	var out []Mapping
	for _, c := range companyFolders {
		b, err := mappings.ReadFile("mappings/" + c[1] + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("examples: %w", err)
		}
		out = append(out, Mapping{Folder: c[0], Name: c[1], YAML: string(b)})
	}
	return out, nil
}

// A Claim is one example of a question about value.
type Claim struct {
	Name string
	YAML string
}

// Claims returns the example claims, by name.
func Claims() ([]Claim, error) {
	files, err := claims.ReadDir("claims")
	if err != nil {
		return nil, fmt.Errorf("examples: %w", err)
	}
	var out []Claim
	for _, f := range files {
		b, err := claims.ReadFile("claims/" + f.Name())
		if err != nil {
			return nil, fmt.Errorf("examples: %w", err)
		}
		out = append(out, Claim{Name: strings.TrimSuffix(f.Name(), ".yaml"), YAML: string(b)})
	}
	return out, nil
}
