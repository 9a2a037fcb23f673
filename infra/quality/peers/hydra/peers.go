//go:build peers

// Package peers keeps the program among what go.mod needs.
package peers

import _ "github.com/ory/hydra/v2"
