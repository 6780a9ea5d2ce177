# Shouwen. `make` alone says what can be made.
.DEFAULT_GOAL := help
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

export SHOUWEN_ENV ?= demo
export FLASK_APP := app.py
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/*.po))
PRODUCT_STAMP := $(VENV)/.product
DEV_STAMP := $(VENV)/.dev
PYTEST_ARGS ?=

ifeq ($(UV),)
install = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
create_venv = $(PYTHON) -m venv $(VENV)
else
install = $(UV) pip install --quiet --python $(BIN)/python --require-hashes -r $(1)
create_venv = $(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
endif

.PHONY: help
help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(PRODUCT_STAMP) $(CATALOGUES) ## Install, migrate, fill an empty database with demo data, serve on PORT (8000)
	@$(BIN)/flask db upgrade
	@$(BIN)/flask seed --if-empty
	@exec $(BIN)/flask serve

.PHONY: dev
dev: export SHOUWEN_ENV = development
dev: $(DEV_STAMP) $(CATALOGUES) ## Serve on PORT and reload when a file changes
	@$(BIN)/flask db upgrade
	@exec $(BIN)/flask run --debug --port $${PORT:-8000}

.PHONY: setup
setup: $(DEV_STAMP) $(CATALOGUES) ## Install everything that run, test and check need

.PHONY: test
test: $(DEV_STAMP) $(CATALOGUES) ## Run the tests; PYTEST_ARGS="-k callback -n 2" to choose
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

.PHONY: quick
quick: $(DEV_STAMP) $(CATALOGUES) ## Run the rules and the services on SQLite, for the working day
	@$(BIN)/python -m pytest -q -n 2 -m "not long" -k "not postgresql" tests/rules tests/services $(PYTEST_ARGS)

.PHONY: mutants
mutants: $(DEV_STAMP) $(CATALOGUES) ## Plant faults and see which the tests notice; takes an hour
	@$(BIN)/python -m tools.mutants effects
	@$(BIN)/python -m tools.mutants rules --sample $${SAMPLE:-300}

# One line per check; each says by itself what is wrong and how to mend it. `make -j2 check` runs two
# at a time; the longest stand first.
CHECKS := types rules style translations configuration lifecycle closing limits reports
.PHONY: check $(CHECKS:%=check-%)
check: $(CHECKS:%=check-%) ## Check style, types, house rules, migrations, translations, documents
$(CHECKS:%=check-%): export SHOUWEN_ENV = testing
$(CHECKS:%=check-%): $(DEV_STAMP) $(CATALOGUES)
check-types:
	$(BIN)/mypy
check-rules:
	$(BIN)/python -m pytest -q tests/rules/house/test_house.py tests/services/models/test_migrations.py
check-style:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
check-translations:
	$(BIN)/python -m tools.translations
check-configuration check-lifecycle check-closing check-limits check-reports: check-%:
	$(BIN)/flask $* --check

.PHONY: docs
docs: export SHOUWEN_ENV = testing
docs: $(PRODUCT_STAMP) $(CATALOGUES) ## Write the documents that are made from the code
	$(BIN)/flask configuration
	$(BIN)/flask lifecycle
	$(BIN)/flask closing
	$(BIN)/flask limits
	$(BIN)/flask reports

.PHONY: bench
bench: $(DEV_STAMP) $(CATALOGUES) ## Measure pages, actions, a year of reports; takes an hour, see docs/bench.md
	@$(BIN)/python -m bench
	@$(BIN)/python -m bench.large

.PHONY: i18n
i18n: $(DEV_STAMP) ## Collect every sentence into the catalogues, for the translators
	$(BIN)/pybabel -q extract -F babel.cfg -k N_ -k _l -k lazy_gettext --no-location --sort-output \
		--ignore-dirs '.* __*' --project Shouwen --omit-header -o translations/messages.pot .
	$(BIN)/pybabel -q update -i translations/messages.pot -d translations --no-fuzzy-matching \
		--omit-header --width 1000
	@$(BIN)/python -m tools.translations

.PHONY: pins
pins: $(DEV_STAMP) ## Compile the pinned requirements anew
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes -c requirements.txt requirements-dev.in -o requirements-dev.txt

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; none was found. Say where: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Creating $(VENV)"
	@$(create_venv)

# Stamps: nothing is installed again, and nothing is asked of the network, while the pins are the same.
$(PRODUCT_STAMP): requirements.txt | $(BIN)/python
	@echo "Installing the pinned requirements"
	@$(call install,requirements.txt)
	@touch $@

$(DEV_STAMP): requirements-dev.txt requirements.txt | $(BIN)/python
	@echo "Installing the pinned requirements of the product, its tests and its checks"
	@$(call install,requirements-dev.txt)
	@touch $@ $(PRODUCT_STAMP)

%.mo: %.po | $(PRODUCT_STAMP)
	@# -f: a catalogue without header, whose dates would differ in every change, counts as fuzzy.
	@$(BIN)/pybabel -q compile -f -l $(word 2,$(subst /, ,$<)) -i $< -o $@
