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
PACKAGES := shared-contracts/contracts shared-contracts/kit sync-relay onprem-gateway cloud-portal infra/stack
SEEDS ?= 300
ONLY ?=

# Never fetch an interpreter, never look for one elsewhere: the one that made the environment is used.
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON := $(abspath $(BIN)/python)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help
help: ## What there is to do
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- the environment -----------------------------------------------------------------------------

.PHONY: venv
venv: $(STAMP) ## The environment, from hashed pins; a second run does nothing

$(STAMP): requirements/bootstrap.txt requirements/development.txt $(addsuffix /pyproject.toml,$(PACKAGES))
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "LMHG needs Python 3.11 or newer; set PYTHON=")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --require-hashes --requirement requirements/bootstrap.txt
	$(BIN)/uv pip sync --quiet --require-hashes requirements/development.txt
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation $(addprefix --editable ,$(PACKAGES))
	touch $@

# Not `npm ci`: it demands every platform's optional parts in the lock, which a mirror may not carry.
# What is in the lock is installed as it says, by hash; the lock itself is never written here.
$(NODE_STAMP): package.json package-lock.json
	npm install --no-save --silent --no-progress
	touch $@

.PHONY: pins
pins: venv ## Compile requirements/*.txt anew (PINS_UPGRADE=1 also takes newer versions)
	UV=$(BIN)/uv requirements/compile.sh

# --- the stack -----------------------------------------------------------------------------------

.PHONY: up down logs status reset demo sweep
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

demo: venv ## Play a practice day on the running stack, and sweep it for canaries
	@$(BIN)/lmhg-stack up > /dev/null
	@$(BIN)/lmhg-stack demo

sweep: venv ## Look for canary tokens everywhere they may not be
	@$(BIN)/lmhg-stack sweep

.PHONY: rotate-keys
rotate-keys: venv ## New signing key for the issuer; docs/runbooks/rotate-signing-keys.md
	@$(BIN)/python -m lmhg_stack.rotate

# --- checks --------------------------------------------------------------------------------------

.PHONY: test
test: venv $(if $(shell command -v npm),$(NODE_STAMP)) ## Every test, with real servers (ONLY=path for some)
	$(BIN)/python -m pytest $(ONLY)

.PHONY: coverage
coverage: venv ## Every test, measured: lines and branches, child processes too
	$(BIN)/python -m pytest --cov --cov-report= $(ONLY)
	$(BIN)/python -m coverage json --quiet -o .coverage-report.json
	$(BIN)/python -m lmhg_quality.covered .coverage-report.json

.PHONY: check
check: venv $(NODE_STAMP) ## Every gate; goes on after a failure and says how many failed
	@BIN=$(BIN) infra/check.sh

.PHONY: fix
fix: venv ## What the tools can mend by themselves
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet . || true

.PHONY: sim soak faults fuzz bench
sim: venv ## The relay under a simulated network, disk and clock (SEEDS=300)
	LMHG_SIM_SEEDS=$(SEEDS) $(BIN)/python -m pytest sync-relay/tests/sim

soak: venv ## The same for 100,000 seeds, on two processors
	$(BIN)/python -m lmhg_relay.sim --seeds 0..99999 --jobs 2

faults: venv ## kill -9 of each process and a wiped broker, in the middle of a demo
	LMHG_FAULTS=all $(BIN)/python -m pytest infra/tests/faults

fuzz: venv ## 100,000 mutated webhooks and answers through intake, HTTP to record
	$(BIN)/python -m lmhg_quality.intake_fuzz --bodies 100000

bench: venv ## The figures of docs/reference/figures.md
	$(BIN)/python sync-relay/bench
	$(BIN)/python -m lmhg_quality.bench

GRADE_STAMP := infra/grade/node_modules/.installed
$(GRADE_STAMP): infra/grade/package.json infra/grade/package-lock.json
	cd infra/grade && npm install --no-save --silent --no-progress
	touch $@

.PHONY: grade
grade: venv $(GRADE_STAMP) ## Lighthouse and MDN's observatory on the running stack (needs Node, chromium)
	$(BIN)/python -m lmhg_quality.grade

.PHONY: interop
interop: venv ## Our checkpoints and our issuer under programs not written here (needs Go, Node, make up)
	$(BIN)/python infra/interop/check.py
	$(BIN)/python infra/interop/oidc.py

.PHONY: interop-keycloak interop-ory
interop-keycloak: venv ## External mode at a real Keycloak (LMHG_KEYCLOAK=its unpacked folder; needs Java 17)
	test -x "$(LMHG_KEYCLOAK)/bin/kc.sh"
	LMHG_KEYCLOAK="$(LMHG_KEYCLOAK)" $(BIN)/python -m pytest onprem-gateway/tests/providers/test_keycloak.py

interop-ory: venv ## Hydra mode at real ones (LMHG_HYDRA_BIN, LMHG_KRATOS_BIN=their programs)
	test -x "$(LMHG_HYDRA_BIN)" -o -x "$(LMHG_KRATOS_BIN)"
	LMHG_HYDRA_BIN="$(LMHG_HYDRA_BIN)" LMHG_KRATOS_BIN="$(LMHG_KRATOS_BIN)" $(BIN)/python -m pytest onprem-gateway/tests/providers -k "hydra or kratos"

# --- what the pages load ---------------------------------------------------------------------------

.PHONY: styles
styles: $(NODE_STAMP) ## Build the stylesheet and take htmx over into the kit's static files
	infra/styles.sh

# --- documents -----------------------------------------------------------------------------------

.PHONY: docs screenshots
docs: venv ## Generate docs/reference and .env.example
	$(BIN)/python -m lmhg_stack.docs

screenshots: venv ## Every page at 390 and 1280 px, light and dark, into screenshots/
	$(BIN)/python -m lmhg_quality.screenshots
