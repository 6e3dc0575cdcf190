package cli

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/store"
)

func newUser(s *streams) *cobra.Command {
	c := &cobra.Command{Use: "user", Short: "Add users, list them, reset a password"}
	var role, display, team string
	add := &cobra.Command{
		Use: "add NAME --role ROLE", Short: "Add a user; the password is made and printed once",
		Example: `  outfitter user add li --role analyst --data ./data`, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := callUserAdd(c.Context(), s, userIn{args[0], display, role, team, osUser()})
			return s.password(p, err)
		},
	}
	add.Flags().StringVar(&role, "role", "analyst", "admin, analyst, sales, growth, service, product or boss")
	add.Flags().StringVar(&display, "display", "", "name as shown")
	add.Flags().StringVar(&team, "team", "", "team whose rows the user may see")
	reset := &cobra.Command{
		Use: "reset-password NAME", Short: "Give a user a new password, printed once",
		Example: `  outfitter user reset-password admin --data ./data`, Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := callUserReset(c.Context(), s, userIn{Name: args[0], Actor: osUser()})
			return s.password(p, err)
		},
	}
	list := &cobra.Command{
		Use: "list", Short: "List users", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			users, err := callUserList(c.Context(), s, struct{}{})
			if err != nil {
				return err
			}
			if s.json {
				out := make([]map[string]any, len(users))
				for i, u := range users {
					out[i] = map[string]any{"id": u.ID, "name": u.Name, "display": u.Display, "role": u.Role, "team": u.Team, "disabled": u.Disabled}
				}
				return s.print(out)
			}
			w := tabwriter.NewWriter(s.out, 2, 4, 2, ' ', 0)
			for _, u := range users {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", u.Name, u.Display, u.Role, u.Team)
			}
			return w.Flush()
		},
	}
	for _, sub := range []*cobra.Command{add, reset, list} {
		s.folderFlags(sub)
		c.AddCommand(sub)
	}
	return c
}

type userIn struct{ Name, Display, Role, Team, Actor string }

type passwordOut struct {
	Name     string `json:"name"`
	Password string `json:"password"`
}

func (s *streams) password(p passwordOut, err error) error {
	if err != nil {
		return err
	}
	if s.json {
		return s.print(p)
	}
	_, err = fmt.Fprintf(s.out, s.say("User %s, password %s (shown once)\n", "用户 %s，密码 %s（只显示一次）\n"), p.Name, p.Password)
	return err
}

var callUserAdd = onFolder("user-add", func(ctx context.Context, db *store.DB, in userIn, _ tell) (passwordOut, error) {
	u, p, err := access.AddUser(ctx, db, in.Actor, access.NewUser{Name: in.Name, Display: in.Display, Role: in.Role, Team: in.Team})
	return passwordOut{u.Name, p}, err
})

var callUserReset = onFolder("user-reset", func(ctx context.Context, db *store.DB, in userIn, _ tell) (passwordOut, error) {
	u, err := access.UserByName(ctx, db, in.Name)
	if err != nil {
		return passwordOut{}, err
	}
	p, err := access.ResetPassword(ctx, db, in.Actor, u.ID)
	return passwordOut{u.Name, p}, err
})

var callUserList = onFolder("user-list", func(ctx context.Context, db *store.DB, _ struct{}, _ tell) ([]access.User, error) {
	return access.ListUsers(ctx, db)
})
