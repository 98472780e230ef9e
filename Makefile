# The project's commands. Each makes what it needs first: nothing has to be prepared by hand.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
PREPARE := $(PYTHON) -I site/clinic/prepare.py

# Tools see the code where it lies; nothing of this project is installed into the environment.
export PYTHONPATH := .:site
# Packages are not compiled when they are installed: Python has to keep what it compiles.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test check lighthouse bench format lock clean

help:  ## say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

run:  ## serve the site on http://127.0.0.1:$(PORT) with its demo content and background worker
	@$(PREPARE) requirements.txt --port $(PORT)
	@PORT=$(PORT) DJANGO_SETTINGS_MODULE=clinic.settings.dev exec $(BIN)/python manage.py serve --port $(PORT) $(if $(filter 0 no,$(DEMO)),--no-demo)

test:  ## run every test (installs what they need, Chromium too where it may)
	@$(PREPARE) requirements-dev.txt --chromium
	@$(BIN)/python -m tests $(ARGS)

check:  ## lint, format, types, import floors, forgotten migrations, production settings
	@$(PREPARE) requirements-dev.txt
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	DJANGO_SETTINGS_MODULE=clinic.settings.test $(BIN)/python manage.py makemigrations --check --dry-run
	@env -i PATH="$$PATH" PYTHONPATH=$(PYTHONPATH) ENV_FILE=.env.example $$($(BIN)/python manage.py make_keys) \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

bench:  ## measure the promises of speed on PostgreSQL and Valkey (SUBMISSIONS=1000000 for a desk of full size)
	@$(PREPARE) requirements-dev.txt
	@$(BIN)/python -m tests.servers $(BIN)/python -m tests.bench $(ARGS)

lighthouse:  ## Lighthouse's four scores of home, a condition and a form on a phone (needs Node.js and Chromium)
	@$(PREPARE) requirements-dev.txt
	@$(BIN)/python -m tests.lighthouse

format:  ## let ruff put the code in order
	@$(PREPARE) requirements-dev.txt
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# One resolution for Python 3.11 and newer on every platform; the tests' lock takes over the site's versions.
# UPGRADE=--upgrade takes the newest versions that the ranges allow; without it pins only move where they must.
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --custom-compile-command "make lock" --quiet $(UPGRADE)
lock:  ## compile requirements.txt and requirements-dev.txt from pyproject.toml (UPGRADE=--upgrade for newer versions)
	@$(PREPARE) requirements-dev.txt
	$(BIN)/$(COMPILE) --output-file requirements.txt
	$(BIN)/$(COMPILE) --extra dev --constraint requirements.txt --output-file requirements-dev.txt

clean:  ## remove the environment and the caches; data under var/ stays
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
