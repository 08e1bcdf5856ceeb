# Needs make, git and Python 3.11 or later. `make` alone lists what there is.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
.DEFAULT_GOAL := help

BIN := .venv/bin
STAMP := .venv/.installed
WORKERS ?= auto
ARGS ?=

# Only the folders that are there: mypy refuses a name it cannot find.
TYPED := $(wildcard src tests bench tools standin)
# The rooms that decide: their own tests run every branch of them.
CORE := worktime model support rules duty plan

# Without compiled modules every process of the tests reads hundreds of files anew.
unexport PYTHONDONTWRITEBYTECODE

PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

.PHONY: help setup run test check browser bench docs pictures lock lock-upgrade clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: $(STAMP) ## make .venv and install the locked packages and Handrail into it

run: $(STAMP) ## from API to queue: your GitLab (GITLAB_TOKEN ...), else the demo team behind a stand-in
	@$(BIN)/python -m tools.run $(ARGS)

test: $(STAMP) browser ## check, and run every test; those of the deciding rooms have to reach every branch of theirs
	@$(MAKE) --no-print-directory check & checks=$$!; trap 'kill $$checks 2>/dev/null || true' EXIT; \
	$(PYTEST) $(CORE:%=tests/%) $(CORE:%=--cov=src/handrail/%) --cov-report=term-missing:skip-covered --cov-fail-under=100; \
	$(PYTEST) tests $(CORE:%=--ignore=tests/%); \
	wait $$checks

check: $(STAMP) ## style, format, types and who imports whom
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy $(TYPED)
	@$(BIN)/lint-imports --no-logo

browser: ## install Debian's chromium, which the tests of pages drive, where there is none
	@command -v chromium >/dev/null && exit 0; \
	as=$$([ "$$(id -u)" = 0 ] || echo sudo -n); \
	echo 'Installing chromium ...'; \
	{ $$as apt-get update -qq && $$as apt-get install -qq --no-install-recommends chromium fonts-dejavu; } >/dev/null || \
	  echo 'No chromium here, and none can be installed: the tests of pages are left out.' >&2

bench: $(STAMP) ## measure speed and memory (ARGS="..." is passed on)
	@$(BIN)/python -m bench $(ARGS)

docs: $(STAMP) ## write the generated pages anew (ARGS="..." is passed on)
	@$(BIN)/python -m tools.docs $(ARGS)

pictures: $(STAMP) browser ## take the pictures of pages anew that README and docs show
	@HANDRAIL_TEST_PICTURES=docs/pictures $(PYTEST) tests/browser/test_pictures.py

COMPILE = $(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-config --quiet --custom-compile-command 'make lock' -o requirements.lock

lock: $(STAMP) ## renew requirements.lock after pyproject.toml changed, keeping the versions it has
	@$(COMPILE) >/dev/null

lock-upgrade: $(STAMP) ## renew requirements.lock with the newest versions
	@$(COMPILE) --upgrade >/dev/null

clean: ## remove .venv and everything that can be made again
	@rm -rf .venv .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist htmlcov
	@find src $(wildcard tests bench tools standin) -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment that still works is kept and brought up to date; a broken or half-made one is made anew.
$(STAMP): requirements.lock pyproject.toml
	@fits='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'; \
	if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  for python in python3 python3.14 python3.13 python3.12 python3.11 none; do \
	    if $$python -c "$$fits" >/dev/null 2>&1; then break; fi; \
	  done; \
	  if [ $$python = none ]; then \
	    echo 'Handrail needs Python 3.11 or later with its venv module (on Debian and Ubuntu: the package python3-venv), and found none.' >&2; \
	    exit 1; \
	  fi; \
	  echo "Making .venv with $$($$python --version) ..."; \
	  rm -rf .venv; \
	  $$python -m venv .venv; \
	fi
	@echo 'Installing the locked packages ...'
# The lock is whole: with --no-deps an older pip does not look at newer versions, of which it has no hashes.
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
