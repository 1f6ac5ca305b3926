# Needs Python 3.11 or newer with pip, and make. Everything else is installed into .venv.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
INSIDE := tests/unit tests/data tests/site
BESIDE := --dist loadfile --no-loadscope-reorder -m "not serial"
PARALLEL := --numprocesses logical $(BESIDE)
# Engines and servers are waited for, so there is work for half a process more than there are cores.
WAITING := --numprocesses $(shell expr $$(nproc) + $$(nproc) / 2) $(BESIDE)
FRONTEND := server/iqgraph/web/frontend
BUNDLE := server/iqgraph/web/static/built/manifest.json
INSTALL = $(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check install --quiet
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup serve test test-data test-all test-rest check format bench tables faults soak seal release build wheel lock wheel-test lowest clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

setup: $(DEVELOPMENT) $(BUNDLE) ## Set up .venv with everything that development needs

serve: $(RUNTIME) ## Validate the graph and serve it (HOST=127.0.0.1 PORT=8000)
	@$(MAKE) --no-print-directory $(BUNDLE) || echo "The pages are served without their scripts."
	@$(BIN)/iqgraph serve --host $(HOST) --port $(PORT)

test: $(DEVELOPMENT) $(BUNDLE) ## Run what must hold before a commit
	@$(BIN)/pytest $(PARALLEL) $(INSIDE) tests/served

test-data: $(DEVELOPMENT) ## Run what must hold of ontology, data and shapes
	@$(BIN)/pytest $(PARALLEL) tests/data

test-all: $(DEVELOPMENT) $(BUNDLE) ## Run every test that this machine can run, and every case of it
	@$(BIN)/pytest $(PARALLEL) --cov --cov-report= $(INSIDE) tests/served
	@$(BIN)/pytest $(WAITING) --rest
	@$(BIN)/pytest -m serial --complete

test-rest: $(DEVELOPMENT) $(BUNDLE) ## Run the cases that test omits, and the tests of the wheel
	@$(BIN)/pytest $(PARALLEL) --rest $(INSIDE) tests/served
	@$(BIN)/pytest --complete tests/wheel

check: $(DEVELOPMENT) ## Lint, formatting, types, import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python tests/support/format_rdf.py --check
	$(BIN)/python tests/support/map_code.py --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEVELOPMENT) ## Rewrite Python, Turtle, TriG and the map of the code
	$(BIN)/python tests/support/format_rdf.py
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/python tests/support/map_code.py

bench: $(DEVELOPMENT) ## Run the benchmarks, one script after the other
	@for script in $(filter-out %/soak.py,$(wildcard tests/benchmarks/*.py)); do \
		if [ -e "$$script" ]; then $(BIN)/python "$$script" || exit; else echo "There are no benchmarks yet."; fi; \
	done

tables: $(DEVELOPMENT) ## Ask and attack a running server, and print what it answered as tables
	@$(BIN)/pytest --tables tests/served/test_protocol.py tests/served/test_battery.py

faults: $(DEVELOPMENT) ## Break what a running server needs, and print what its users saw as a table
	@$(BIN)/pytest --tables tests/faults

soak: $(DEVELOPMENT) ## Keep a server under mixed load for half an hour, and judge its memory and answers
	@mkdir -p dist
	@$(BIN)/python tests/benchmarks/soak.py --csv dist/soak.csv

seal: $(RUNTIME) ## Renew the seals after an intended change of data, ontology or shapes
	@$(BIN)/iqgraph seal

release: $(RUNTIME) ## Keep the data as a release for good (VERSION=x.y.z DAY=yyyy-mm-dd)
	@$(BIN)/iqgraph validate
	@$(BIN)/iqgraph release $(VERSION) $(DAY)

build: $(RUNTIME) ## Write all release files to dist/release
	@$(BIN)/iqgraph build dist/release

wheel: $(RUNTIME) ## Build the wheel into dist
	@rm -rf build dist/iqgraph-*.whl  # what an earlier build left in build/ would be packed too
	@$(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/iqgraph-*.whl

lock: $(DEVELOPMENT) ## Renew the lock files
	$(LOCK) --group build --output-file requirements/runtime.txt
	$(LOCK) --group dev --constraint requirements/runtime.txt --output-file requirements/development.txt

wheel-test: $(DEVELOPMENT) $(BUNDLE) ## Build the wheel, install it alone, and test what can differ there
	@$(BIN)/pytest tests/wheel

lowest: $(DEVELOPMENT) $(BUNDLE) ## Fetch the lowest versions that are allowed, and test that the server starts with them
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/lowest
	@$(BIN)/uv pip install --quiet --python build/lowest/bin/python --resolution lowest-direct --requirement pyproject.toml
	@$(BIN)/pytest --complete tests/wheel -k lowest

clean: ## Remove what was built or installed
	rm -rf $(VENV) $(FRONTEND)/node_modules $(dir $(BUNDLE)) build dist server/iqgraph.egg-info .coverage .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv --without-pip $(VENV)

$(RUNTIME): requirements/runtime.txt pyproject.toml | $(BIN)/python
	@echo "Installing the Python packages of requirements/runtime.txt into $(VENV) …"
	$(INSTALL) --require-hashes --requirement requirements/runtime.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(DEVELOPMENT): requirements/development.txt pyproject.toml | $(BIN)/python
	@echo "Installing the Python packages of requirements/development.txt into $(VENV) …"
	$(INSTALL) --require-hashes --requirement requirements/development.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $(RUNTIME) $@

$(BUNDLE): $(wildcard $(FRONTEND)/*.* $(FRONTEND)/../static/*.css $(FRONTEND)/../static/styles/*.css) | $(BIN)/python
	@echo "Bundling the scripts and styles of the pages …"
	@$(BIN)/python $(FRONTEND)/assets.py
