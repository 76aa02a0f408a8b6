# 呈报 Chengbao. Everything here works from an empty clone on Debian 12 or later with Python 3.11, as root or as a user.
SHELL := /bin/sh
VENV := .venv
PYTHON := $(VENV)/bin/python
# Debian packages that only tests and full mode need.
BROKER_PACKAGES := rabbitmq-server
TEST_PACKAGES := $(BROKER_PACKAGES) chromium-headless-shell prometheus prometheus-alertmanager fonts-noto-cjk git \
	libreoffice-writer-nogui
# Two at a time where tests wait for databases and clocks; one by one where each runs whole cities and browsers.
SIDE_BY_SIDE := -n 2 --dist loadfile tests/contract tests/unit tests/integration
ONE_BY_ONE := tests/browser tests/e2e tests/faults

.DEFAULT_GOAL := help
.PHONY: help run full demo test check lint bench faults lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.runtime ## start the product here (embedded mode: nothing else to install); Ctrl-C stops it
	@$(PYTHON) -m deploy.launcher $(if $(PORT),--port $(PORT))

full: $(VENV)/.runtime ## the same in full mode, with a RabbitMQ and a PostgreSQL of its own
	@sh deploy/debian-packages.sh $(BROKER_PACKAGES)
	@$(PYTHON) -m deploy.launcher --mode full $(if $(PORT),--port $(PORT))

demo: $(VENV)/.runtime ## a city with a month of work to look around in, on a clock that can be pushed forward
	@$(PYTHON) -m deploy.demo.launcher $(if $(PORT),--port $(PORT))

# Hundreds of processes start in a run of the tests: what one has compiled, the others read.
test: export PYTHONDONTWRITEBYTECODE :=
test: lint ## run all tests, as continuous integration does (one folder: make test TESTS=tests/unit)
	@sh deploy/debian-packages.sh $(TEST_PACKAGES)
	@$(if $(TESTS),$(PYTHON) -m pytest $(TESTS),$(PYTHON) -m pytest $(SIDE_BY_SIDE) && $(PYTHON) -m pytest $(ONE_BY_ONE))

check: lint ## lint, types, import rules and house rules
	@$(PYTHON) -m pytest -q tests/contract

lint: $(VENV)/.dev ## lint and types alone
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy

bench: $(VENV)/.dev ## measure against hand-written yardsticks (one row: make bench BENCH=relay)
	@sh deploy/debian-packages.sh $(BROKER_PACKAGES)
	@$(PYTHON) -m benchmarks $(BENCH)

faults: $(VENV)/.dev ## the long run: 60 kills in each mode, 20,000 generated requests, fresh examples of every property
	@sh deploy/debian-packages.sh $(TEST_PACKAGES)
	@CHENGBAO_FAULTS=long $(PYTHON) -m pytest tests/unit tests/faults

lock: ## resolve pyproject.toml into the locks again (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes -q pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes -q --extra dev -c requirements.lock \
		pyproject.toml -o requirements-dev.lock

clean: ## remove what was built and cached; the data under var/ stays
	rm -rf $(VENV) build chengbao.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -not -path './.git/*' -type d -exec rm -rf {} +

$(VENV)/.runtime: requirements.lock deploy/environment.sh
	@sh deploy/environment.sh $(VENV) requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock deploy/environment.sh
	@sh deploy/environment.sh $(VENV) requirements-dev.lock
	@touch $(VENV)/.runtime $@
