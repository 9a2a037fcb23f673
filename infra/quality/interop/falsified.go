// Judges the falsified ledgers with Go's note and tlog packages, which were not written here.
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	Keys    []byte   `json:"keys"`
	Seen    [][]byte `json:"seen"`
	Log     string   `json:"log"`
	Signers []string `json:"signers"`
}

type falsified struct {
	Cases []struct {
		ID       string   `json:"id"`
		File     []byte   `json:"file"`
		Question question `json:"question"`
	} `json:"cases"`
}

type point struct {
	log  string
	tree tlog.Tree
	by   map[string]bool
}

// judgeAll prints one line a case: its id, a tab, `sound` or what is wrong.
func judgeAll(path string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var all falsified
	if err := json.Unmarshal(raw, &all); err != nil {
		return err
	}
	for _, each := range all.Cases {
		said := "sound"
		if err := judge(each.File, each.Question); err != nil {
			said = strings.ReplaceAll(err.Error(), "\n", " ")
		}
		fmt.Printf("%s\t%s\n", each.ID, said)
	}
	return nil
}

func judge(file []byte, asked question) error {
	keys, err := readKeys(asked.Keys)
	if err != nil {
		return err
	}
	if bytes.HasPrefix(file, []byte("c2sp.org/tlog-proof@v1\n")) {
		return judgeProof(string(file), asked, keys)
	}
	head, rest, _ := bytes.Cut(file, []byte("\n"))
	said, isExport := strings.CutPrefix(string(head), "lmhg-ledger/1 ")
	size, err := strconv.Atoi(said)
	if !isExport || err != nil || said != strconv.Itoa(size) || size > len(rest) {
		return errors.New("no export")
	}
	shown, err := open(rest[:size], keys)
	if err != nil {
		return err
	}
	roots, err := readEntries(rest[size:])
	if err != nil {
		return err
	}
	if int64(len(roots)-1) != shown.tree.N || roots[len(roots)-1] != shown.tree.Hash {
		return errors.New("the entries are not those that the checkpoint signs")
	}
	kept, err := demanded(shown, asked, keys)
	for _, each := range kept {
		if each.tree.N > shown.tree.N {
			return errors.New("cut")
		}
		if roots[each.tree.N] != each.tree.Hash {
			return errors.New("forked")
		}
	}
	return err
}

func judgeProof(file string, asked question, keys note.Verifiers) error {
	head, signed, found := strings.Cut(file, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || !utf8.ValidString(file) || len(lines) < 3 || len(lines) > 66 {
		return errors.New("no proof")
	}
	entry, err := base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	said := strings.TrimPrefix(lines[2], "index ")
	index, err := strconv.ParseInt(said, 10, 64)
	if err != nil || said != strconv.FormatInt(index, 10) {
		return errors.New("no index")
	}
	var path tlog.RecordProof
	for _, line := range lines[3:] {
		raw, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(raw) != tlog.HashSize {
			return errors.New("no hash")
		}
		path = append(path, tlog.Hash(raw))
	}
	shown, err := open([]byte(signed), keys)
	if err != nil {
		return err
	}
	if err := checkEntry(entry, index); err != nil {
		return err
	}
	kept, err := demanded(shown, asked, keys)
	for _, each := range kept {
		if each.tree.N == shown.tree.N && each.tree.Hash != shown.tree.Hash {
			return errors.New("forked")
		}
	}
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, shown.tree.N, shown.tree.Hash, index, tlog.RecordHash(entry))
}

// demanded checks what the reader asks of the checkpoint, and opens the kept ones.
func demanded(shown point, asked question, keys note.Verifiers) ([]point, error) {
	if asked.Log != "" && asked.Log != shown.log {
		return nil, errors.New("another log was demanded")
	}
	for _, name := range asked.Signers {
		if !shown.by[name] {
			return nil, errors.New("a demanded signature is missing")
		}
	}
	var kept []point
	for _, text := range asked.Seen {
		found, err := open(text, keys)
		if err != nil || found.log != shown.log {
			return nil, errors.New("a kept checkpoint is not acceptable")
		}
		kept = append(kept, found)
	}
	return kept, nil
}

// open reads a checkpoint that the key of its own log's plane signed.
func open(text []byte, keys note.Verifiers) (point, error) {
	opened, err := note.Open(text, keys)
	if err != nil {
		return point{}, err
	}
	log, _, _ := strings.Cut(opened.Text, "\n")
	parts := strings.Split(log, "/")
	if len(parts) != 4 || parts[0] != "lmhg" || strings.Count(opened.Text, "\n") != 3 {
		return point{}, errors.New("no checkpoint of a ledger")
	}
	tree, err := tlog.ParseTree([]byte(strings.Replace(opened.Text, log, "go.sum database tree", 1)))
	if err != nil {
		return point{}, err
	}
	by := map[string]bool{}
	for _, each := range opened.Sigs {
		by[each.Name] = true
	}
	if !by["lmhg-"+parts[1]+"-"+parts[2]] {
		return point{}, errors.New("not signed by its own key")
	}
	if parts[3] != "relay" && parts[3] != "access" {
		return point{}, errors.New("no such ledger")
	}
	return point{log, tree, by}, nil
}

func readKeys(raw []byte) (note.Verifiers, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("the key file is no text")
	}
	var found []note.Verifier
	names := map[string]string{}
	for _, line := range strings.Split(strings.TrimPrefix(string(raw), "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		verifier, err := note.NewVerifier(line)
		if err != nil {
			return nil, err
		}
		key := strings.SplitN(line, "+", 3)[2]
		if other, known := names[key]; known && other != verifier.Name() {
			return nil, errors.New("one key under two names")
		}
		names[key] = verifier.Name()
		found = append(found, verifier)
	}
	if len(found) == 0 {
		return nil, errors.New("no key")
	}
	return note.VerifierList(found...), nil
}

// readEntries gives the root after each entry, that of the empty tree first.
func readEntries(raw []byte) ([]tlog.Hash, error) {
	empty, err := tlog.TreeHash(0, nil)
	if err != nil {
		return nil, err
	}
	roots, stored := []tlog.Hash{empty}, []tlog.Hash{}
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		var found []tlog.Hash
		for _, index := range indexes {
			found = append(found, stored[index])
		}
		return found, nil
	})
	for n := int64(0); len(raw) > 0; n++ {
		line, rest, ended := bytes.Cut(raw, []byte("\n"))
		stated, entry, split := bytes.Cut(line, []byte(" "))
		hash := tlog.RecordHash(entry)
		if !ended || !split || string(stated) != hex.EncodeToString(hash[:]) {
			return nil, fmt.Errorf("line %d is changed", n+1)
		}
		if err := checkEntry(entry, n); err != nil {
			return nil, err
		}
		hashes, err := tlog.StoredHashesForRecordHash(n, hash, reader)
		if err != nil {
			return nil, err
		}
		stored = append(stored, hashes...)
		root, err := tlog.TreeHash(n+1, reader)
		if err != nil {
			return nil, err
		}
		roots, raw = append(roots, root), rest
	}
	return roots, nil
}

// checkEntry wants JSON with sorted keys, no spaces, each key once, and the entry's own number.
func checkEntry(entry []byte, n int64) error {
	var fields map[string]any
	decoder := json.NewDecoder(bytes.NewReader(entry))
	decoder.UseNumber()
	if err := decoder.Decode(&fields); err != nil {
		return err
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(fields); err != nil {
		return err
	}
	if !bytes.Equal(bytes.TrimSuffix(out.Bytes(), []byte("\n")), entry) {
		return errors.New("an entry is not written as entries are")
	}
	if fmt.Sprint(fields["n"]) != strconv.FormatInt(n, 10) {
		return errors.New("an entry bears another number")
	}
	return nil
}
