#!/usr/bin/env bash
# Every gate of `make check`, one after the other; the exit status is 1 if any failed.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=${BIN:-.venv/bin}
export PATH=$PATH:$PWD/$bin # Node, where infra/node.sh had to bring one
failed=()

gate() { # <name> <command>...
    local name=$1 out
    shift
    if out=$("$@" 2>&1); then
        printf '  ok      %s\n' "$name"
    else
        printf '  FAILED  %s\n%s\n' "$name" "$out"
        failed+=("$name")
    fi
}

gate "ruff format" "$bin/ruff" format --check .
gate "ruff check" "$bin/ruff" check .
gate "pyright" node_modules/.bin/pyright --pythonpath "$bin/python"
gate "import rules" "$bin/lint-imports"
gate "dependencies" "$bin/python" -m lmhg_quality.dependencies
gate "licences" "$bin/python" -m lmhg_quality.licences
gate "djlint" "$bin/djlint" --lint .
gate "styles" infra/styles.sh --check
gate "documents" "$bin/python" -m lmhg_stack.docs --check
gate "words" "$bin/python" -m lmhg_quality.words --check
gate "falsified ledgers" "$bin/python" -m lmhg_quality.falsified --check

if ((${#failed[@]})); then
    printf '%d gate(s) failed: %s\n' "${#failed[@]}" "${failed[*]}"
    exit 1
fi
echo "all gates passed"
