# Two commands do everything on a fresh machine: `make run` and `make test`.
VENV   := .venv
PY     := $(VENV)/bin/python
# The first Python here that is new enough and can make a virtual environment.
PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14; do \
	$$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $$p && break; done)
PORT   ?= 8000
STAMP  := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help run test check bench lock clean install

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed (Debian: apt-get install python3 python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

install: $(STAMP) ## Install everything, pinned by hash, into .venv

run: install ## Serve the demonstration county on http://127.0.0.1:8000 (PORT=... to change)
	@$(VENV)/bin/directory serve --demo --port $(PORT)

test: install ## Run the whole suite (TESTS=tests/search for a part)
	$(PY) -m pytest -q -n auto $(TESTS)

check: install ## Format, lint and types
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy

bench: install ## Measure speed as ratios in one run (BENCH="--json out.json" for a file)
	$(PY) -m bench $(BENCH)

lock: ## Pin the newest allowed versions with their hashes in requirements.lock
	$(PY) -m pip install --quiet pip-tools
	$(PY) -m piptools compile --quiet --generate-hashes --strip-extras --allow-unsafe --extra dev --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-header --no-annotate --output-file requirements.lock pyproject.toml

clean: ## Remove the virtual environment and caches (the data in .data stays)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
