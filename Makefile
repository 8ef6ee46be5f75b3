# The two commands of the README are `make run` and `make test`; both work on a fresh clone with Python 3.11 and a package registry.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: run test check lint types format docs messages wheel wheel-check demo map glance quality crawl walks shifts faults fuzz clean

run: $(VENV)/.run
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/.dev
	$(BIN)/python -m pytest

# The fast checks: style, types, imports, and the tests that need no browser and no long training.
check: lint
	$(BIN)/python -m pytest -m "not browser and not slow"

lint: $(VENV)/.dev types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.dev
	$(BIN)/mypy

# The API reference and all pages of docs/ as HTML in build/docs; needs no network.
docs: $(VENV)/.dev
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs

wheel: $(VENV)/.dev
	$(BIN)/python -m build --no-isolation --outdir dist .

# Builds the wheel, installs it into an empty environment in another folder, and runs it there (some minutes).
wheel-check: wheel
	PYTHON=$(PYTHON) .ci/wheel-check dist

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Collects the texts of the screen, updates the catalogues and compiles them (docs/translation.md).
messages: $(VENV)/.dev
	$(BIN)/python -m tests.messages

demo: $(VENV)/.run
	$(BIN)/python -m tagviz demo build

map:
	cd frontend/map && npm ci && npm run check && npm test && npm run build

glance:
	cd frontend/glance && npm ci && npm run check && npm test && npm run build

quality: $(VENV)/.dev
	$(BIN)/python -m benchmarks.quality

crawl: $(VENV)/.dev
	$(BIN)/python -m tests.crawl --part full pairwise

# Ten tasks in the browser and axe-core on every page; writes docs/benchmarks/walks.md.
walks: $(VENV)/.dev
	$(BIN)/python -m tests.walks

# Layout shifts and the largest contentful paint of every page; writes docs/benchmarks/dashboard.md.
shifts: $(VENV)/.dev
	$(BIN)/python -m benchmarks.layout_shifts

# Damages every kind of file in every way and looks at all pages and commands (half an hour).
faults: $(VENV)/.dev
	$(BIN)/python -m benchmarks.faults

# Changed files for everything that reads; what it finds is written to build/fuzz.
fuzz: $(VENV)/.dev
	$(BIN)/python -m benchmarks.fuzz --seconds 3600

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

$(VENV)/.made:
	$(PYTHON) -c 'import sys; sys.exit("tagviz needs Python 3.11 or newer; set PYTHON=/path/to/python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.run: $(VENV)/.made requirements.txt constraints.txt
	$(BIN)/python -m pip install --quiet -r requirements.txt -c constraints.txt
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt -c constraints.txt
	touch $@
