# The two commands of the README are `make run` and `make test`; both work on a fresh clone with Python 3.11 and a package registry.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: run test lint format demo map glance quality clean

run: $(VENV)/.run
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: $(VENV)/.dev
	$(BIN)/python -m pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

demo: $(VENV)/.run
	$(BIN)/python -m tagviz demo build

map:
	cd frontend/map && npm ci && npm run check && npm test && npm run build

glance:
	cd frontend/glance && npm ci && npm run check && npm test && npm run build

quality: $(VENV)/.dev
	$(BIN)/python -m benchmarks.quality

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build

$(VENV)/.made:
	$(PYTHON) -c 'import sys; sys.exit("tagviz needs Python 3.11 or newer; set PYTHON=/path/to/python3.11") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.run: $(VENV)/.made requirements.txt requirements-multilingual.txt constraints.txt
	$(BIN)/python -m pip install --quiet -r requirements.txt -r requirements-multilingual.txt -c constraints.txt
	touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.txt
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt -c constraints.txt
	touch $@
