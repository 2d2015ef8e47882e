# Everything a person or a machine does with this checkout. `make` alone lists it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=

.PHONY: help run demo test check bench schema lock clean

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: $(VENV)/.run  ## the newswire (Ctrl-C stops it)
	$(BIN)/teletipo $(ARGS) run

demo: $(VENV)/.run  ## a tour, offline, in under a minute
	$(BIN)/teletipo demo

test: $(VENV)/.dev  ## all tests (ARGS="tests/unit -k dates" for some)
	$(BIN)/pytest $(ARGS)

check: $(VENV)/.dev  ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.dev  ## the benchmarks, each a ratio or a figure against its goal
	@for file in bench/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

schema: $(VENV)/.run  ## docs/article.schema.json, from the model
	$(BIN)/python -m ingest.schema > docs/article.schema.json

lock: $(VENV)/.dev  ## pin every version anew, with hashes, for all platforms
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade \
		pyproject.toml requirements.in --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade \
		--extra dev pyproject.toml requirements.in --output-file requirements-dev.lock

clean:  ## remove the virtual environment and caches, never data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/pip requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
