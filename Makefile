# Two commands do all the set-up: `make demo` and `make test`. Written for make 3.81 and a plain sh, as macOS has them.
.DEFAULT_GOAL := help
# Two installations into one environment must not run side by side.
.NOTPARALLEL:
.PHONY: help setup demo serve test test-fast lint types bench clean

VENV := .venv
BIN := $(VENV)/bin
# The certificates the system trusts, for uv as for pip: a company's proxy is then no special case.
UV_SYSTEM_CERTS ?= 1
export UV_SYSTEM_CERTS
# Compiled Python is kept, in the environment and not beside the sources: where a shell forbids it, as many containers
# do, each of the processes that tests and the console start would compile all it imports anew.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(abspath $(VENV))/pycache

RUN := $(VENV)/run.stamp
DEV := $(VENV)/dev.stamp
PO := $(wildcard regulars/web/locale/*/LC_MESSAGES/*.po)
MO := $(PO:.po=.mo)

help:  ## Print this list.
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F '|' '{ printf "make %-10s %s\n", $$1, $$2 }'

setup: $(RUN) $(MO)  ## Make the environment in .venv from the pinned requirements, and compile the translations.

demo: setup  ## Show a made-up brand: load its past, play its last weeks, print the report, serve the console.
	@$(BIN)/regulars demo $(if $(PORT),--port $(PORT)) $(ARGS)

serve: setup  ## Serve the console and do the work that falls due, on your own data; PORT=N listens there.
	@$(BIN)/regulars serve $(if $(PORT),--port $(PORT)) $(ARGS)

test: setup $(DEV)  ## Check everything: style, import contracts, types, then all tests, on PostgreSQL, SQLite and in a browser.
	@$(BIN)/python -m tests.all $(ARGS)

test-fast: setup $(DEV)  ## Run the tests that open no page and take little time: under a minute.
	@$(BIN)/python -m pytest -q -n 2 -m "not slow and not browser" --ignore=tests/web $(ARGS)

lint: $(DEV)  ## Check style and the import contracts of the design.
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports --no-logo

types: $(DEV)  ## Check types, strictly.
	@$(BIN)/mypy

bench: setup $(DEV)  ## Measure: run the benchmarks and print their figures; ONLY=name runs one.
	@$(BIN)/python -m benchmarks $(ONLY)

clean:  ## Remove the environment and what tools left behind; the data in var/ stays.
	@rm -rf $(VENV) $(MO) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

%.mo: %.po | $(RUN)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

# The pins are a closed set: they are installed as they stand, then the project itself.
$(VENV)/%.stamp: requirements/%.txt pyproject.toml | $(BIN)/python
	@echo "Installing requirements/$*.txt into $(VENV) ..."
	@if command -v uv >/dev/null; then install="uv pip install --quiet --python $(BIN)/python"; \
	else $(BIN)/python -c 'import pip' 2>/dev/null || $(BIN)/python -m ensurepip >/dev/null; \
	  install="$(BIN)/python -m pip install --quiet --disable-pip-version-check"; fi; \
	$$install --no-deps --require-hashes -r requirements/$*.txt && $$install --no-deps --no-build-isolation -e .
	@touch $@

$(BIN)/python:
	@python=; for each in $(PYTHON) python3 python3.15 python3.14 python3.13 python3.12 python3.11; do \
	  if $$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$each; break; fi; done; \
	if [ -z "$$python" ]; then echo "Regulars needs Python 3.11 or newer, and none is on the PATH; install one, or write: make PYTHON=/path/to/python3" >&2; exit 1; fi; \
	if command -v uv >/dev/null; then uv venv --quiet --clear --python "$$($$python -c 'import sys; print(sys.executable)')" $(VENV); \
	else $$python -m venv --clear $(VENV) >/dev/null || { rm -rf $(VENV); \
	  echo "$$python cannot make an environment; on Debian and Ubuntu write: sudo apt-get install python3-venv" >&2; exit 1; }; fi
