// Verifies a signed note on standard input with Go's own note package, which was not written here.
// Usage: notecheck <vkey>; exit status 0 when the signature is good.
//
//	notecheck --falsified <file>: judges each case of a file of falsified ledgers.
package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/mod/sumdb/note"
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == "--falsified" {
		if err := judgeAll(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	text, err := io.ReadAll(os.Stdin)
	if err != nil || len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: notecheck <vkey> < note")
		os.Exit(2)
	}
	verifier, err := note.NewVerifier(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, "key refused:", err)
		os.Exit(1)
	}
	opened, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		fmt.Fprintln(os.Stderr, "note refused:", err)
		os.Exit(1)
	}
	fmt.Printf("verified %d signature(s)\n%s", len(opened.Sigs), opened.Text)
}
