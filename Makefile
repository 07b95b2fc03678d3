# make install | demo | test: all a newcomer needs; Python >= 3.11 and make, no root.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: install demo test test-slow walks e2e lint format lock docs clean

install: .venv/.installed

# Debian's Python may lack ensurepip: then the outer pip installs into the new environment.
.venv/.installed: requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv --without-pip .venv
	$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	$(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

demo: install
	$(BIN)/zhengxiang demo

# The law and the verifier are covered to the last branch, by their own tests; to trace all others would double their time.
LAW := tests/regulation tests/webhooks tests/assess tests/filings/test_what_is_filed.py

test: install lint
	$(BIN)/pytest -n 2 -m "not slow" --cov=plugin/regulation --cov=webhooks --cov-branch --cov-report= $(LAW)
	$(BIN)/coverage report --skip-covered --include='plugin/regulation/*,webhooks/delivery.py' --fail-under=100
	$(BIN)/pytest -n 2 -m "not slow"

test-slow: install
	$(BIN)/pytest -m slow || [ $$? -eq 5 ]

# Three stories of the console in Chromium, against the demo with 2000 projects. SCREENSHOTS=folder keeps numbered pictures;
# WALKS_DATA=folder starts from a copy of what `zhengxiang demo --projects 2000 --now 2025-03-10T09:30 --data folder` left.
walks: install
	$(BIN)/pytest tests/walks --durations=6

# A real NocoBase in a cache folder (npm, Debian's PostgreSQL), real people in Chromium. SCREENSHOTS=folder keeps pictures.
e2e: install
	$(BIN)/python -m e2e.nocobase install
	$(BIN)/pytest e2e --durations=12

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Locks name no registry: only versions and hashes.
lock:
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 --extra dev pyproject.toml -o requirements-dev.lock

# What is generated from code: after a change of the project's facts or of the manifest's shape.
docs: install
	$(BIN)/python -m plugin.schemas

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
