# One command per workflow, the same by hand and in CI. Plain enough for GNU make 3.81 (macOS).

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
UV := $(shell command -v uv 2>/dev/null || true)
LOCKER := $(if $(UV),$(UV),$(BIN)/uv)
# Arguments for the command behind a target: make test ARGS="-k inbox", make run ARGS="--workers 4".
ARGS ?=

.PHONY: help setup demo run test check lock clean
.DEFAULT_GOAL := help

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile

setup: $(STAMP) ## make .venv from requirements.lock; does nothing when it is up to date
	@:

$(STAMP): requirements.lock pyproject.toml
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	    echo "newswatch needs Python 3.11 or newer; there is no '$(PYTHON)' here (try: make setup PYTHON=python3.12)" >&2; exit 2; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "newswatch needs Python 3.11 or newer; '$(PYTHON)' is $$("$(PYTHON)" -V 2>&1) (try: make setup PYTHON=python3.12)" >&2; exit 2; }
ifneq ($(UV),)
	@echo "installing into $(VENV) with uv"
	@test -x $(BIN)/python || "$(UV)" venv --quiet --no-python-downloads --python "$(PYTHON)" $(VENV)
	@"$(UV)" pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@"$(UV)" pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "'$(PYTHON)' cannot make a virtual environment; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 2; }
	@echo "installing into $(VENV) with pip (about a minute, once)"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || "$(PYTHON)" -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@$(BIN)/python -m compileall -q services shared
	@touch $(STAMP)

demo: setup ## the samples become stories, topics and alerts; serves the console until Ctrl-C
	@$(BIN)/newswatch demo $(ARGS)

run: setup ## every service in one process: drop files into inbox/
	@$(BIN)/newswatch run all $(ARGS)

test: setup ## all tests, in parallel
	@$(BIN)/pytest -n auto --maxprocesses 4 --dist worksteal $(ARGS)

check: setup ## lint, format, types, import rules, compose file
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml

# Keeps the pinned versions that still fit; make lock ARGS=--upgrade takes the newest.
lock: ## compile requirements.lock from pyproject.toml, for every platform, with hashes
	@command -v "$(LOCKER)" >/dev/null || { echo "make lock needs uv: make setup brings it" >&2; exit 2; }
	"$(LOCKER)" pip compile --quiet pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
	    --generate-hashes --no-header -o requirements.lock $(ARGS)
	@echo "requirements.lock written: read the difference before you commit it"

clean: ## remove .venv and every cache; data/ and inbox/ stay
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find services shared tests -name __pycache__ -type d -prune -exec rm -rf {} +
