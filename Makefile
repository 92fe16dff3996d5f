# Set everything up and run the main jobs; needs only Python 3.11 or newer with venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VENDOR := src/livingcircle_platform/static/vendor

.DEFAULT_GOAL := help
.PHONY: help demo serve test postgis check benchmark lock sample openapi assets clean

help: ## List what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /	/' | expand -t 12

demo: $(VENV)/.runtime ## Run the main job on the demonstration district; results in demo/
	@$(BIN)/livingcircle demo --out demo

serve: $(VENV)/.runtime $(VENDOR)/.stamp ## Open the platform on the demonstration district (ARGS=--port 8080 …)
	@$(BIN)/livingcircle serve --demo --data demo-platform $(ARGS)

test: $(VENV)/.dev $(VENDOR)/.stamp ## Run all tests
	@$(BIN)/python -m pytest -n 2 $(ARGS)

postgis: $(VENV)/.dev $(VENDOR)/.stamp ## Run the platform's tests on PostGIS (needs Debian's postgresql-15-postgis-3)
	@tools/postgis.sh $(BIN)/python -m pytest -n 2 tests/platform $(ARGS)

check: $(VENV)/.dev ## Check style, types and import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

sample: $(VENV)/.dev ## Make the demonstration district again from its raw files
	$(BIN)/python tools/make_sample.py

openapi: $(VENV)/.dev ## Write the description of the API anew
	@DJANGO_SETTINGS_MODULE=tests.platform.settings PYTHONPATH=. $(BIN)/python -m django write_openapi docs/reference/openapi.json

benchmark: $(VENV)/.dev ## Print speed as ratios against named peers, and write the page (ARGS=--quick: 3 minutes)
	$(BIN)/python -m benchmarks --peers $(ARGS)

lock: $(VENV)/.dev ## Pin all dependencies anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra platform pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra platform --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

assets: $(VENDOR)/.stamp ## Fetch the files that pages need in a browser, at pinned versions

clean: ## Remove everything that can be made again
	rm -rf $(VENV) $(VENDOR) demo demo-platform build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "需要 Python 3.11 或更新的版本；可用 make PYTHON=python3.12 指定"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo "正在安装（只在第一次，约一两分钟）……"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

$(VENDOR)/.stamp: assets.lock.json tools/fetch_assets.py | $(BIN)/python
	@$(BIN)/python tools/fetch_assets.py
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@
