# `make run` starts the platform, `make test` tests it; both do all the set-up that they need. `make help` lists the rest.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run demo test lint protos bench coverage image bundle chart lock clean

help: ## Lists the targets.
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' $(MAKEFILE_LIST)

setup: ## Makes .venv, installs the locked packages, generates code from the protos.
	@test -n "$(PYTHON)" || { echo "setup: Python 3.11 or later is needed (make PYTHON=/path/to/python3.11)" >&2; exit 1; }
	@$(PYTHON) deploy/build/set_up.py

run: setup ## Starts the whole platform in one process and prints its address and the demo people.
	@$(VENV)/xiaoneng up

demo: setup ## Runs the main job on the regulation texts over some weeks; writes var/demo.json.
	@$(VENV)/xiaoneng demo

test: setup ## Runs every suite, with the minutes of each; the last line sums them up.
	@$(VENV)/python deploy/build/suites.py $(SUITES)

lint: setup ## Runs the lints alone.
	@$(VENV)/python deploy/build/suites.py lint

protos: setup ## Generates Python and descriptors from protos/ into build/gen.
	@$(VENV)/python deploy/build/protos.py

bench: setup ## Measures the hot paths; writes var/bench.json.
	@$(VENV)/python -m tests.bench

coverage: setup ## Says of every clause of the catalogue whether it is carried out; writes var/coverage.json.
	@$(VENV)/xiaoneng policy coverage --run

image: setup ## Builds the image xiaoneng:<version>; PULL=no makes its base of Debian's packages first (root, debootstrap).
	@sh deploy/image/build.sh

bundle: ## Packs images, chart, compose files and checksums into dist/ for carrying in; after `make image`.
	@sh deploy/image/bundle.sh

chart: setup ## Writes the chart's README, lints the chart and packs it into dist/.
	@$(VENV)/python deploy/build/chart.py

lock: setup ## Writes the locks anew after a change of the dependencies in pyproject.toml.
	@$(VENV)/python deploy/build/lock.py

clean: ## Removes what can be made again; var/ with its data stays.
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache var/pycache
