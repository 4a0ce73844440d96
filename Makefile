# Everything runs in .venv, made from requirements.lock when it is missing or the lock has changed.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test test-long lint bench docs lock clean

demo: .venv/installed  ## the shipped corpus, end to end
	$(BIN)/wenmai demo --out outputs/demo

test: .venv/installed  ## the tests, a few minutes
	$(BIN)/python -m pytest

test-long: .venv/installed  ## the wheel in an empty environment, and whatever else takes minutes
	$(BIN)/python -m pytest -m long

lint: .venv/installed  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: .venv/installed  ## speed beside the everyday script, at real size (docs/benchmarks.md)
	$(BIN)/python tests/bench.py

docs: .venv/installed  ## reference pages generated from the code
	$(BIN)/python tests/reference.py

lock: .venv/installed  ## pin every dependency with its hashes; holds no address
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --quiet --output-file requirements.lock

clean:  ## remove the environment and what was built
	rm -rf .venv build dist

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "wenmai needs Python 3.11 or newer: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
