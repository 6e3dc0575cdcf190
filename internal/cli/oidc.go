package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/access/oidc"
	"github.com/chanzipu/outfitter/internal/fault"
)

// oidcOptions set up sign-in by an identity provider.
type oidcOptions struct {
	oidc.Config
	secretFile string
	roles      []string
}

func (o *oidcOptions) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.Issuer, "oidc-issuer", os.Getenv("OUTFITTER_OIDC_ISSUER"), "identity provider to sign in by, beside passwords")
	f.StringVar(&o.ClientID, "oidc-client-id", os.Getenv("OUTFITTER_OIDC_CLIENT_ID"), "this server's id at the identity provider")
	f.StringVar(&o.secretFile, "oidc-client-secret-file", "", "file with this server's secret there (else OUTFITTER_OIDC_CLIENT_SECRET)")
	f.StringVar(&o.Title, "oidc-title", "", "what the sign-in page calls the provider")
	f.StringVar(&o.RoleClaim, "oidc-role-claim", "groups", "claim that decides the role")
	f.StringArrayVar(&o.roles, "oidc-role", nil, "VALUE=ROLE: the role of whom the claim counts under a value; the first that applies")
	f.StringVar(&o.DefaultRole, "oidc-default-role", "", "role of those to whom none applies; none = they may not sign in")
}

// provider is the provider that the flags name, nil where they name none.
func (o *oidcOptions) provider() (*oidc.Provider, error) {
	if o.Issuer == "" {
		return nil, nil
	}
	c := o.Config
	c.ClientSecret = os.Getenv("OUTFITTER_OIDC_CLIENT_SECRET")
	if o.secretFile != "" {
		b, err := os.ReadFile(o.secretFile)
		if err != nil {
			return nil, fault.New(fault.ErrInvalid, "oidc.secret", fmt.Sprintf("The secret file %s can't be read: %v.", o.secretFile, err), fmt.Sprintf("密钥文件 %s 读不出来：%v。", o.secretFile, err))
		}
		c.ClientSecret = strings.TrimSpace(string(b))
	}
	var err error
	if c.Roles, err = oidc.ParseGrants(o.roles); err != nil {
		return nil, err
	}
	if err := c.Check(); err != nil {
		return nil, err
	}
	return oidc.New(c), nil
}
