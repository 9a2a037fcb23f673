#!/bin/sh
# Compiles the pins: hashed, for every platform, naming no download host. Run by `make pins`.
# development.txt is everything; each production file is that, cut down to what one group needs.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-uv}
ours="lmhg-contracts lmhg-kit lmhg-gateway lmhg-portal lmhg-relay lmhg-stack lmhg-quality"
omit=""
for name in $ours; do omit="$omit --no-emit-package $name"; done

pin() { # <output> <source>...
    output=$1; shift
    # shellcheck disable=SC2086 # omit is a list of words
    "$uv" pip compile --quiet --generate-hashes --universal --python-version 3.11 \
        --no-header --annotation-style line --no-emit-index-url --no-emit-find-links $omit ${upgrade:-} "$@" --output-file "requirements/$output"
    echo "requirements/$output"
}

upgrade=${PINS_UPGRADE:+--upgrade}
pin development.txt requirements/development.in --constraints requirements/constraints.in infra/stack/pyproject.toml infra/quality/pyproject.toml
upgrade=""
rest="--constraints requirements/development.txt"
# shellcheck disable=SC2086 # rest is two words
for group in bootstrap build tests tools; do pin "$group.txt" "requirements/$group.in" $rest; done
pin node.txt requirements/node.in ${PINS_UPGRADE:+--upgrade}
pin comparator.txt requirements/comparator.in ${PINS_UPGRADE:+--upgrade}
pin linkage.txt requirements/linkage.in ${PINS_UPGRADE:+--upgrade}
for row in contracts=shared-contracts/contracts relay=sync-relay gateway=onprem-gateway portal=cloud-portal stack=infra/stack; do
    # shellcheck disable=SC2086 # rest is two words
    pin "${row%%=*}.txt" "${row#*=}/pyproject.toml" $rest
done
