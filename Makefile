# Two commands do all the set-up on a fresh Debian machine with Python 3.11 and make:
#   make demo    scaffolds a workspace and runs it
#   make test    runs every test and check
PYTHON ?= python3
BIN := .venv/bin
TYPESCRIPT := tests/typescript/node_modules/.installed

# A forked import must be tested as people run it: with byte code.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check bench example clean
.DEFAULT_GOAL := help

help:
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+): .*## /make \1|/' | column -t -s '|'

demo: .venv/.installed ## scaffold a demo workspace in demo/ and run it
	@if test -e demo/pyproject.toml -a ! -e demo/.fluidkit/new.json; \
	then cd demo && ../$(BIN)/fluidkit dev; \
	else $(BIN)/fluidkit new demo --dev; fi || test $$? -eq 130 # Ctrl-C

test: .venv/.installed $(TYPESCRIPT) programs check ## run every test and check
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

check: .venv/.installed $(TYPESCRIPT) ## ruff, mypy and tsc: seconds
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/python tests/typescript/check.py

bench: .venv/.installed $(TYPESCRIPT) ## measure what README and CHANGELOG claim
	@for file in tests/benchmarks/bench_*.py; do $(BIN)/python $$file || exit 1; done

example: .venv/.installed ## regenerate generated_example/
	$(BIN)/python tests/example.py

picture: .venv/.installed programs ## take the README's picture anew
	$(BIN)/python tests/picture.py

clean: ## remove what the other targets made
	rm -rf .venv demo artifacts tests/typescript/node_modules

.PHONY: help programs picture
# a browser, and what a workspace is deployed with
PROGRAMS := chromium redis-server caddy curl wget systemd-analyze
programs:
	@(for program in $(PROGRAMS); do command -v $$program || exit; done) >/dev/null || \
	{ apt-get update -q && apt-get install -y -q $(PROGRAMS:systemd-analyze=systemd); }

.venv/.installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[node,client]' --group dev
	@touch $@

$(TYPESCRIPT): .venv/.installed tests/typescript/package-lock.json
	$(BIN)/python tests/typescript/install.py
	@touch $@
