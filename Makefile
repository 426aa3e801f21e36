# Everything goes through here, at home and in CI. `make help` lists the targets.
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python

export PYTHONUTF8 := 1
# Without bytecode on disk every process would compile all that it imports, at every start.
export PYTHONDONTWRITEBYTECODE :=

# make test ARGS="tests/fairs -k booth": hands words on to pytest.
ARGS ?=
# make test WORKERS=2: spreads the tests over processes.
WORKERS ?= 2
# make test LONG=yes: also runs what takes long. CI does.
LONG ?=
# make test COVER=95: counts lines and branches, and fails below so many per cent of them. CI does; it takes longer.
COVER ?=

.PHONY: help
help: ## List what there is
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null \
		|| sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1: \2/p' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Make .venv with the pinned packages (the other targets do it by themselves)
	@$(PYTHON) -m operations.environment
	@$(PY) -m operations.translations compile

.PHONY: run
run: setup ## Start everything with the demo world on PORT (8000), until Ctrl-C
	@$(PY) -m operations.run

# ---- checks ----------------------------------------------------------------------------------------------------

# Nothing here opens a connection, but the settings want addresses.
NOWHERE := DATABASE_URL=postgres://nobody@127.0.0.1:9/nowhere REDIS_URL=redis://127.0.0.1:9/1 \
	CELERY_BROKER_URL=redis://127.0.0.1:9/0 EMAIL_URL=smtp://127.0.0.1:9 \
	SECRET_KEY=only-for-checks-but-as-long-as-a-real-one-has-to-be-0123456789
PRODUCTION := $(NOWHERE) DEBUG=false DEMO=false SITE_URL=https://fairs.example.org ALLOWED_HOSTS=fairs.example.org
TEMPLATES = $(shell find . -path ./.venv -prune -o -name '*.html' -path '*/templates/*' -print)
CHECKS := lint types imports migrations deployable schema compose i18n-check

.PHONY: test
test: setup ## Run every check, then the tests on real PostgreSQL, Redis and SMTP
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target --keep-going $(CHECKS)
	@$(MAKE) --no-print-directory tests

.PHONY: checks
checks: setup ## Run every check but the tests
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target --keep-going $(CHECKS)

# Plugins that load themselves cost more than many tests, so each one in use is named.
# By the names of their modules: of `-p django`, pytest would rewrite all of Django, as it does with tests.
# xdist keeps its own, by which pytest-randomly asks for it.
PLUGINS := -p pytest_django.plugin -p xdist -p pytest_randomly -p pytest_cov.plugin -p time_machine \
	-p _hypothesis_pytestplugin

.PHONY: tests
tests: setup ## Run the tests alone; ARGS="tests/fairs -k booth" chooses
	@PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 $(PY) -m pytest $(PLUGINS) --quiet \
		$(if $(WORKERS),-n $(WORKERS) --dist loadfile --no-loadscope-reorder) \
		$(if $(LONG),,-m 'not long') $(if $(COVER),--cov --cov-report=term:skip-covered --cov-fail-under=$(COVER)) $(ARGS)

.PHONY: lint
lint: setup ## Check style and form of code and templates
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(if $(TEMPLATES),$(BIN)/djade --target-version 5.2 --check $(TEMPLATES))
	@$(if $(TEMPLATES),$(BIN)/djlint --lint --quiet $(TEMPLATES))
	@echo "ok: lint"

.PHONY: types
types: setup ## Check types, strictly
	@$(NOWHERE) $(BIN)/mypy --no-error-summary
	@echo "ok: types"

.PHONY: imports
imports: setup ## Check that imports run down the house only
	@said=$$($(BIN)/lint-imports --no-cache 2>&1) || { echo "$$said"; exit 1; }
	@echo "ok: imports"

.PHONY: migrations
migrations: setup ## Check that no migration is missing
	@$(NOWHERE) $(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run --verbosity 1
	@echo "ok: migrations"

.PHONY: deployable
deployable: setup ## Check the settings as they are in production
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	@echo "ok: deployable"

.PHONY: schema
schema: setup ## Check the API's schema
	@$(NOWHERE) $(PY) manage.py spectacular --validate --fail-on-warn --file /dev/null
	@echo "ok: schema"

.PHONY: compose
compose: setup ## Check docker-compose.yml against the schema of its format
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml
	@echo "ok: compose"

.PHONY: i18n-check
i18n-check: setup ## Check that everything a person reads is there in both languages
	@$(PY) -m operations.messages check
	@echo "ok: i18n"

# ---- writing ---------------------------------------------------------------------------------------------------

.PHONY: format
format: setup ## Put code and templates into form
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format --quiet
	@$(if $(TEMPLATES),$(BIN)/djade --target-version 5.2 $(TEMPLATES))

.PHONY: docs
docs: setup ## Write the page of settings from the settings
	@$(PY) -m operations.settings_page

.PHONY: messages
messages: setup ## Collect new texts into locale/, to be translated there
	@$(PY) -m operations.messages update

.PHONY: screenshots
screenshots: setup ## Make the pictures of the docs anew (needs Chromium)
	@DJANGO_SETTINGS_MODULE= $(PY) -m tests.journeys.screenshots

.PHONY: lock
lock: setup ## Pin the packages of requirements/*.in anew, as little changed as possible
	@cd requirements && for name in uv base dev; do \
		../$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --quiet $$name.in -o $$name.txt; done
