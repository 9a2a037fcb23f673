#!/usr/bin/env bash
# Build what the pages load besides our own scripts: one stylesheet of many, htmx as it comes.
# Both are committed, so running the product needs no Node. `--check` builds aside and compares.
set -euo pipefail
cd "$(dirname "$0")/.."
ui=shared-contracts/kit/src/lmhg_kit/ui
out=$ui/static
if [[ ${1:-} == --check ]]; then
    out=$(mktemp -d)
    trap 'rm -rf "$out"' EXIT
fi

node infra/styles.mjs "$ui/styles/app.css" "$out/app.css"
{
    printf '/*! htmx %s, BSD Zero Clause License (0BSD), (c) 2020 Big Sky Software */\n' \
        "$(node -p "require('./node_modules/htmx.org/package.json').version")"
    cat node_modules/htmx.org/dist/htmx.min.js
} > "$out/htmx.js"

if [[ ${1:-} == --check ]]; then
    for file in app.css htmx.js; do
        cmp "$out/$file" "$ui/static/$file" || { echo "$file is not what its sources say; run: make styles" >&2; exit 1; }
    done
fi
