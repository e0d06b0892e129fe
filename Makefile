# Two commands do everything on a fresh machine: `make demo` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check nightly bench pictures strings lock clean

help:
	@echo "make demo      set up, run the real pipeline on a newsroom of our own, then search"
	@echo "make test      set up, run the tests"
	@echo "make check     set up, run formatters, linters, types and import rules"
	@echo "make nightly   the long runs (kills, fuzzing, seeds)"
	@echo "make bench     the figures, each beside a peer"
	@echo "make pictures  the pictures of the README (installs Chromium and fonts from Debian)"
	@echo "make strings   what the catalogs of the eight languages still lack"
	@echo "make lock      renew requirements*.lock"

# The environment is rebuilt only when a lock file or pyproject.toml changed.
.venv/.runtime: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/.dev: .venv/.runtime requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: .venv/.runtime
	@$(BIN)/nightdesk demo

# A file's tests share their fixtures, so files are what the processes divide among themselves.
test: .venv/.dev
	$(BIN)/python -m pytest -n auto --dist loadfile

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

nightly: .venv/.dev
	$(BIN)/python -m pytest -m nightly --nightly

# Peers live apart, so that the lock of the product stays small.
.venv-bench/.peers: benchmarks/peers.txt
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/peers.txt
	@touch $@

bench: .venv/.dev .venv-bench/.peers
	@command -v newsboat >/dev/null || echo "newsboat is not installed: apt install newsboat (its lines are skipped)"
	$(BIN)/python -m benchmarks $(ONLY)

pictures: .venv/.runtime
	$(BIN)/python docs/make_pictures.py

strings: .venv/.runtime
	$(BIN)/python -m digests.cards.catalogs

lock: .venv/.dev
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml --group dev -o requirements-dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
