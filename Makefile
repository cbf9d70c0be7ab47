# Everything a contributor runs. Each target sets up what it needs; nothing is installed outside of .venv.

VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PLAN   := fixtures/scenarios/platform/plan.json
LOCK   := requirements/ci.txt
ACTION := requirements/action.txt
SOURCE := fixtures/scenarios/platform/after

.PHONY: help setup demo test lint fixtures goldens docs bench oracle fuzz lock audit clean

help:
	@echo "make setup     a virtual environment in .venv with everything in it"
	@echo "make demo      assess a real plan and print the report"
	@echo "make test      lint, types, floors and tests, as CI runs them"
	@echo "make lint      the same without the tests"
	@echo "make fixtures  run real Terraform against moto and renew the plans (NAMES='a b' for some)"
	@echo "make goldens   renew the expected reports; read the difference before you commit it"
	@echo "make docs      renew what is generated: pages and counts of rules, and the picture of the report"
	@echo "make bench     measure, and renew docs/performance.md"
	@echo "make oracle    let Terraform judge the graph, and renew docs/oracle.md (about 25 minutes on"
	@echo "               two cores; SEEDS=0:20 AWS=0:0 for a few minutes of it, which renews nothing)"
	@echo "make fuzz      feed hostile bytes to every parser (SECONDS=600 for each; NAMES='plan source' for some)"
	@echo "make lock      pin what CI and the action install, with hashes, in requirements/"
	@echo "make audit     ask for known vulnerabilities in what is pinned; needs the network"

setup: $(READY)

# The first Python that is new enough and can make virtual environments; a name alone proves nothing.
# In CI what is pinned is installed, with hashes, and nothing else is fetched, not even to build.
$(READY): pyproject.toml $(LOCK)
	@for python in python3.13 python3.12 python3.11 python3; do \
	  if $$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    found=$$python; break; \
	  fi; \
	done; \
	if [ -z "$$found" ]; then echo "tfchange needs Python 3.11 or newer, with venv" >&2; exit 1; fi; \
	test -x $(BIN)/python || $$found -m venv $(VENV)
	@if [ -n "$$CI" ]; then \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(LOCK) && \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation \
	    --editable .; \
	else \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --upgrade 'pip>=25.1' && \
	  $(BIN)/python -m pip install -qq --disable-pip-version-check --editable . --group dev; \
	fi
	@touch $@

demo: $(READY)
	@$(BIN)/tfchange assess $(PLAN) --source $(SOURCE)

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -n 2 --cov --cov-report=term

fixtures: $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --group fixtures
	$(BIN)/python fixtures/generate.py $(NAMES)

goldens: $(READY)
	$(BIN)/python -m tests.goldens $(NAMES)

docs: $(READY)
	$(BIN)/python docs/firing.py
	$(BIN)/python docs/accuracy.py
	$(BIN)/python docs/generate.py

bench: $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --group bench
	$(BIN)/python bench/run.py

oracle: $(READY)
	$(BIN)/python -m tests.oracle.run $(if $(SEEDS)$(AWS),--print) $(if $(SEEDS),--seeds $(SEEDS)) $(if $(AWS),--aws $(AWS))

fuzz: $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --group fuzz
	$(BIN)/python fuzz/run.py --seconds $(or $(SECONDS),600) $(NAMES)

# Each file is for every system and Python that tfchange runs on, and names no index. The action
# installs the very versions that CI tests, and only what is built already.
COMPILE = $(BIN)/uv pip compile --quiet pyproject.toml --extra postgresql --universal \
	--python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
	--no-emit-find-links

lock: $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --group lock
	$(COMPILE) --group ci --upgrade --output-file $(LOCK)
	$(COMPILE) --group action --constraint $(LOCK) --only-binary :all: --output-file $(ACTION)

# Without the service that knows of vulnerabilities nothing can be said, which is no failure.
audit: $(READY)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --group audit
	@found=$$($(BIN)/pip-audit --requirement $(LOCK) --require-hashes --disable-pip 2>&1); code=$$?; \
	echo "$$found" | tail -40; \
	case "$$found" in *onnect*|*imed\ out*|*"could not be audited"*) \
	  echo "NOT AUDITED, or not all: the service cannot be reached, or does not know them" >&2; \
	  exit 0;; esac; \
	exit $$code

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
