# Everything a person types. Each target does the set-up it needs; the second time is quick.
SHELL := /bin/bash
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

UV_VERSION := 0.13.8
UV := $(shell command -v uv 2>/dev/null || echo .tools/bin/uv)
RUN := $(UV) run --no-sync
PYTHON ?= python3
TORCH := torch==2.13.0
DATA := $(or $(TUTOR_DATA_DIR),var)
WEB_SOURCES := $(shell find web/src web/public web/index.html web/vite.config.ts web/package.json -type f 2>/dev/null)
SYSTEM_PACKAGES := chromium coturn postgresql ffmpeg flite fonts-noto-cjk iproute2 iptables \
	tesseract-ocr tesseract-ocr-chi-sim

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /  make \1|/' | column -t -s '|'

run: .venv/.run-stamp web/dist/index.html models ## set everything up and start the tutor on http://localhost:8000
	@$(RUN) python -m scripts.run

stop: ## stop what `make run` started
	@$(RUN) python -m scripts.stop

test: .venv/.dev-stamp web/dist/index.html models ## all tests: units, contracts, browser
	$(RUN) pytest -q
	cd web && npm run --silent test

check: .venv/.dev-stamp web/node_modules/.stamp ## style, types, architecture, generated files
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) pyright
	$(RUN) lint-imports
	cd web && npm run --silent check

bench: .venv/.dev-stamp models ## how to run each benchmark
	@$(RUN) python -m bench

soak: .venv/.dev-stamp models ## an hour of lessons; shorter: make soak MINUTES=5
	@$(RUN) python -m bench.media soak --minutes $(or $(MINUTES),60)

doctor: .venv/.run-stamp ## what is there, what is missing, and how to get it
	@# an error it found is its answer, not a failure of make
	@$(RUN) tutor-engine doctor || [ $$? -eq 1 ]

models: .venv/.run-stamp ## install the embedded models (12 MB plus one of 24 MB)
	@$(RUN) tutor-engine models install

system: ## install the system packages that tests and TURN use (Debian, asks for root)
	$(if $(filter 0,$(shell id -u)),,sudo) apt-get update -qq
	$(if $(filter 0,$(shell id -u)),,sudo) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(SYSTEM_PACKAGES)

format: .venv/.dev-stamp ## put the code in order
	$(RUN) ruff check --fix -q . ; $(RUN) ruff format -q .

clean: ## remove what was built; keeps var/ (accounts, lessons, models)
	rm -rf .venv .tools web/node_modules web/dist .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.tools/bin/uv:
	@echo "Installing uv $(UV_VERSION) into .tools"
	@$(PYTHON) -m venv .tools && .tools/bin/pip install -q --disable-pip-version-check uv==$(UV_VERSION)

# Locks are the truth about dependencies, so they are what decides whether to sync again.
.venv/.run-stamp: pyproject.toml uv.lock $(wildcard packages/*/pyproject.toml) | $(filter .tools/%,$(UV))
	@echo "Installing the Python packages"
	@$(UV) sync --frozen --no-dev --inexact && touch $@

.venv/.dev-stamp: .venv/.run-stamp
	@$(UV) sync --frozen --inexact
	@$(RUN) python -c 'from importlib.metadata import version; version("torch")' 2>/dev/null || { \
	  echo "Installing $(TORCH), the build without CUDA"; \
	  $(PYTHON) -m pip --python .venv/bin/python install -q --disable-pip-version-check --retries 0 \
	    --extra-index-url https://download.pytorch.org/whl/cpu $(TORCH); }
	@touch $@

web/node_modules/.stamp: web/package.json web/package-lock.json
	@echo "Installing the web packages"
	@cd web && npm ci --no-audit --no-fund --loglevel=error && touch node_modules/.stamp

web/dist/index.html: web/node_modules/.stamp $(WEB_SOURCES)
	@echo "Building the web app"
	@cd web && npm run --silent build

.PHONY: help run stop test check bench soak doctor models system format clean
