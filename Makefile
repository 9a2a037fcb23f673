# LMHG from a checkout. `make help` lists what there is; needs Python 3.11+ and make, nothing else.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
NODE_STAMP := node_modules/.installed
PACKAGES := shared-contracts/contracts shared-contracts/kit sync-relay onprem-gateway cloud-portal infra/stack infra/quality
SEEDS ?= 300
ONLY ?=
NPM_INSTALL := npm install --no-save --silent --no-progress

# Never fetch an interpreter, never look for one elsewhere: the one that made the environment is used.
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON := $(abspath $(BIN)/python)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE :=
# Where the machine has no Node, infra/node.sh puts one into the environment: found last.
export PATH := $(PATH):$(abspath $(BIN))

.PHONY: help
help: ## What there is to do
	@awk 'BEGIN {FS = ":.*## "} /^#@ / {printf "\n%s\n", substr($$0, 4)} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

#@ The stack

.PHONY: up down logs status reset demo sweep rotate-keys
up: venv ## Start both planes and everything they need; prints addresses and logins
	@$(BIN)/lmhg-stack up

down: venv ## Stop everything; data stays
	@$(BIN)/lmhg-stack down

logs: venv ## The last lines of every log (ONLY="worker portal" for some)
	@$(BIN)/lmhg-stack logs $(ONLY)

status: venv ## What runs and how it is
	@$(BIN)/lmhg-stack status

reset: venv ## Stop everything and delete its data and keys
	@$(BIN)/lmhg-stack reset

demo: browser ## Play a practice day on the running stack, and sweep it for canaries
	@$(BIN)/lmhg-stack up > /dev/null
	@$(BIN)/lmhg-stack demo

sweep: venv ## Look for canary tokens everywhere they may not be
	@$(BIN)/lmhg-stack sweep

rotate-keys: venv ## New signing key for the issuer; docs/runbooks/rotate-signing-keys.md
	@$(BIN)/python -m lmhg_stack.rotate

#@ Before a commit

.PHONY: test coverage check fix docs changelog trial
JOBS ?= 2

test: tools browser ## Every test, with real servers, on two processors (ONLY=path for some, JOBS=1 for one)
	$(BIN)/python -m pytest --numprocesses $(JOBS) --no-loadscope-reorder $(ONLY)

check: tools ## Every gate; goes on after a failure and says how many failed
	@BIN=$(BIN) infra/check.sh

fix: venv ## What the tools can mend by themselves
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet . || true

docs: venv ## Write what is generated: docs/reference, .env.example, falsified ledgers
	$(BIN)/python -m lmhg_stack.docs
	$(BIN)/python -m lmhg_quality.words
	$(BIN)/python -m lmhg_quality.falsified

trial: tools browser ## Follow CONTRIBUTING, "Add a feature", in a copy of this checkout: every gate
	$(BIN)/python -m pytest -m trial infra/quality/tests/test_new_feature.py

changelog: venv ## Write CHANGELOG.md from the commits, up to the version of pyproject.toml
	$(BIN)/git-cliff --tag "v$$($(BIN)/python -c 'from lmhg_stack.former import version; print(version())')" --output CHANGELOG.md

coverage: tools browser ## Every test, measured: lines and branches, child processes too
	$(BIN)/python -m pytest --cov --cov-report= $(ONLY)
	$(BIN)/python -m coverage json --quiet -o .coverage-report.json
	$(BIN)/python -m lmhg_quality.covered .coverage-report.json

#@ Longer looks

.PHONY: sim soak faults fuzz bench grade screenshots
sim: venv ## The relay under a simulated network, disk and clock (SEEDS=300)
	LMHG_SIM_SEEDS=$(SEEDS) $(BIN)/python -m pytest sync-relay/tests/sim

soak: venv ## The same for 100,000 seeds, on two processors
	$(BIN)/python -m lmhg_relay.sim --seeds 0..99999 --jobs 2

faults: venv ## kill -9 of each process and a wiped broker, in the middle of a demo
	LMHG_FAULTS=all $(BIN)/python -m pytest infra/tests/faults

fuzz: venv ## 100,000 mutated webhooks and answers through intake, and every odd value in every route
	$(BIN)/python -m lmhg_quality.intake_fuzz --bodies 100000
	LMHG_ODD=all $(BIN)/python -m pytest -q --timeout 3600 -k odd_input onprem-gateway/tests cloud-portal/tests

# The specification's stack, measured beside ours: an environment of its own, never the product's.
COMPARATOR_STAMP := .comparator/.installed
$(COMPARATOR_STAMP): requirements/comparator.txt $(STAMP)
	test -x .comparator/bin/python || $(BIN)/python -m venv .comparator
	$(BIN)/uv pip sync --quiet --require-hashes --python .comparator/bin/python requirements/comparator.txt
	touch $@

# Others' way to find duplicates, measured beside ours: likewise.
LINKAGE_STAMP := .linkage/.installed
$(LINKAGE_STAMP): requirements/linkage.txt $(STAMP)
	test -x .linkage/bin/python || $(BIN)/python -m venv .linkage
	$(BIN)/uv pip sync --quiet --require-hashes --python .linkage/bin/python requirements/linkage.txt
	touch $@

bench: venv $(COMPARATOR_STAMP) $(LINKAGE_STAMP) ## The figures of docs/reference/figures.md (ONLY="pages intake" for some)
	$(if $(ONLY),,$(BIN)/python sync-relay/bench)
	$(BIN)/python -m lmhg_quality.bench $(ONLY)

GRADE_STAMP := infra/quality/grade/node_modules/.installed
$(GRADE_STAMP): infra/quality/grade/package.json infra/quality/grade/package-lock.json $(STAMP)
	cd infra/quality/grade && $(NPM_INSTALL)
	touch $@

grade: browser $(GRADE_STAMP) ## Lighthouse and MDN's observatory on the running stack
	LMHG_LOOKS=all $(BIN)/python -m pytest -q infra/tests/pages/test_pages.py
	$(BIN)/python -m lmhg_quality.grade

screenshots: browser ## Every page at 390 and 1280 px, light and dark, into screenshots/; four for the README
	$(BIN)/python -m lmhg_quality.screenshots
	$(BIN)/python -m lmhg_quality.readme_pictures
	$(BIN)/python -m lmhg_quality.phone_pictures after

#@ Programs not written here

.PHONY: peers peers-fetch interop
peers: peers-fetch ## Real Keycloak, Hydra and GreenMail: fetched once, and tested against (Java 17, Maven, Go)
	$(BIN)/python -m lmhg_quality.peers test

peers-fetch: venv ## Only fetch and build them, into .peers/
	$(BIN)/python -m lmhg_quality.peers fetch

interop: tools ## Our checkpoints and our issuer under Go's and npm's own (Go, `make up`)
	$(BIN)/python -m lmhg_quality.interop.checkpoints
	$(BIN)/python -m lmhg_quality.interop.signin

#@ The environment; the others call these by themselves

.PHONY: venv tools browser pins styles
venv: $(STAMP) ## Python's part, from hashed pins; a second run does nothing

$(STAMP): requirements/bootstrap.txt requirements/development.txt requirements/node.txt $(addsuffix /pyproject.toml,$(PACKAGES))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "LMHG needs Python 3.11 or newer; set PYTHON=")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/bootstrap.txt
	$(BIN)/uv pip sync --quiet --require-hashes requirements/development.txt
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation $(addprefix --editable ,$(PACKAGES))
	touch $@

tools: venv $(NODE_STAMP) ## The gates' tools from npm

# Not `npm ci`: it demands every platform's optional parts in the lock, which a mirror may not carry.
# What is in the lock is installed as it says, by hash; the lock itself is never written here.
$(NODE_STAMP): package.json package-lock.json $(STAMP)
	infra/node.sh $(BIN)
	$(NPM_INSTALL)
	touch $@

browser: venv ## A Chromium from npm, where the machine has none
	@infra/node.sh $(BIN)
	@$(BIN)/python -m lmhg_stack.chromium || infra/browser/install.sh

pins: venv ## Compile requirements/*.txt again (PINS_UPGRADE=1 also takes newer versions)
	UV=$(BIN)/uv requirements/compile.sh

styles: tools ## Build the stylesheet and take htmx over into the kit's static files
	infra/styles.sh
