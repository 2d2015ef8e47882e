# Everything a person or a machine does with this checkout. `make` alone lists it.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=

.PHONY: help run demo test check bench bench-extract bench-index soak schema lock clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

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
	@for file in $$(grep -l __main__ bench/*.py); do echo "== $$file"; $(BIN)/python $$file || exit 1; done

bench-extract: $(VENV)/.peers  ## extraction beside its peers on real pages (ARGS="--worst 20 --lang es")
	$(BIN)/python bench/extract.py $(ARGS)

bench-index: $(VENV)/.peers  ## the index of fingerprints beside datasketch (ARGS="--articles 1000000")
	$(BIN)/python bench/fingerprints.py $(ARGS)

soak: $(VENV)/.dev  ## thousands of simulated outlets, an hour of theirs in minutes, with kills (ARGS="--outlets 500")
	$(BIN)/python bench/soak.py $(ARGS)

schema: $(VENV)/.run  ## docs/article.schema.json, from the model
	$(BIN)/python -m ingest.schema > docs/article.schema.json

lock: $(VENV)/.dev  ## pin every version anew, with hashes, for all platforms
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade \
		pyproject.toml requirements.in --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --upgrade \
		--extra dev pyproject.toml requirements.in --output-file requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		--upgrade --constraint requirements-dev.lock requirements-peers.in --output-file requirements-peers.lock

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

# Without what they depend on, all of which is in the lock: pip 23 trips over an extra that newspaper4k and justext spell
# differently.
$(VENV)/.peers: $(VENV)/.dev requirements-peers.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements-peers.lock
	@touch $@
