# Few verbs; CI runs the same ones and nothing else. ARGS goes to the program: make test ARGS="-k expiry"
.DEFAULT_GOAL := help
.PHONY: help setup dev run test check fmt lock bench faults clean

PYTHON := .venv/bin/python
# One worker a processor, at most four: each brings a PostgreSQL of its own.
WORKERS ?= logical

help: ## show these verbs
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## make .venv from the lock, or leave it when it is up to date
	@scripts/setup run

dev:
	@scripts/setup dev

run: setup ## start the shop: live with a DISCORD_TOKEN in .env, else a rehearsal in the browser
	@exec .venv/bin/novacore run $(ARGS)

# Tests start hundreds of processes, and each of them would compile the shop again where this is set.
test bench faults: export PYTHONDONTWRITEBYTECODE =

test: dev ## run every test; installs Redis, pgbouncer and Chromium where they are missing
	@scripts/ensure_tools redis pgbouncer chromium
	$(PYTHON) -m pytest -n $(WORKERS) --maxprocesses 4 --dist worksteal $(ARGS)

check: dev ## look for faults without running anything: ruff, mypy, import rules
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

fmt: dev ## put the code into its one shape
	$(PYTHON) -m ruff check --fix-only
	$(PYTHON) -m ruff format

lock: dev ## write locks/ again from pyproject.toml; ARGS=--upgrade takes newer versions
	scripts/lock $(ARGS)

bench: dev ## measure against the marks; slow
	@scripts/ensure_tools redis
	$(PYTHON) -m bench $(ARGS)

faults: dev ## only the tests that kill and break things, in their long form
	@scripts/ensure_tools redis
	NOVACORE_FAULTS=long $(PYTHON) -m pytest -m faults $(ARGS)

clean: ## remove what the verbs above made; the shop's data stays
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	find novacore tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
