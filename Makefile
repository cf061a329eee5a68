# One command per need. `make` alone says which there are.
#
#   make run     set up, then put all kinds of trouble on the sample app
#   make test    set up, then run every test
#   make check   lint, types, and the tests that need no server
#   make serve   start the sample app by itself on port 8000
#   make bench   what things cost: ratios in one run, written to reports/bench
#   make prove   the long proofs: every defect, many seeds, both databases; written to reports/proof
#   make docs    build the documentation as a site, for a browser: site/index.html
#   make lock    resolve the dependencies again (maintainers)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=
# The same examples each time; `make check` draws others, and the proof `explore` many more.
SAME := --hypothesis-profile ci

.PHONY: help run test check serve bench prove docs lock clean

help:
	@sed -n '3,10s/^# \{0,2\}//p' Makefile

run: $(READY)
	@$(BIN)/harness run $(ARGS)

test: $(READY)
	@$(BIN)/python -m pytest -n 4 --dist worksteal $(SAME) -m "not alone and not prove" $(ARGS)
	@$(BIN)/python -m pytest $(SAME) -m "alone and not prove" $(ARGS)

check: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q -n 2 -m "not server and not alone and not prove" $(ARGS)

serve: $(READY)
	@$(BIN)/flask --app sample_app run --port 8000

bench: $(READY)
	@$(BIN)/python -m tests.bench $(ARGS)

prove: $(READY)
	@$(BIN)/python -m tests.prove $(ARGS)

docs: $(READY)
	@$(BIN)/sphinx-build -c docs -b html -W --keep-going -q . site
	@echo "site/index.html"

lock: $(READY)
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate --all-extras --group dev \
	    --python-version 3.11 -o requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) site

$(READY): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "harness needs Python 3.11 or newer; $(PYTHON) is older or missing. Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	    { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq python3-venv && $(PYTHON) -m venv $(VENV); } || \
	    { echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing the locked dependencies into $(VENV) (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(READY)
