# Two commands: `make demo` shows what riskbot does, `make test` proves it. Both set up `.venv` first.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin

.PHONY: demo test format lint types contracts unit gate postgres coverage eval bench crash constraints clean

demo: .venv/ready
	$(BIN)/riskbot replay

test: .venv/ready postgres gate

gate: format lint types contracts
	$(BIN)/pytest --numprocesses auto --dist worksteal

format: .venv/ready
	$(BIN)/ruff format --check .

lint: .venv/ready
	$(BIN)/ruff check .

types: .venv/ready
	$(BIN)/mypy

contracts: .venv/ready
	$(BIN)/lint-imports --no-logo

unit: .venv/ready
	$(BIN)/pytest tests/unit

coverage: .venv/ready
	$(BIN)/pytest --cov --cov-report=term-missing

# How good the shipped rules are, where the evaluation articles lie beside the repository.
# For lists: make eval ARGS="--misses --false --bulk-hits 20"
eval: .venv/ready
	$(BIN)/python -m bench.quality $(ARGS)

# How fast articles are matched; with the peers where `.venv/bin/pip install -c constraints.txt -e '.[bench]'` was run.
bench: .venv/ready
	$(BIN)/python -m bench.match $(ARGS)

# The bot is killed again and again while Slack misbehaves; nothing may be missing or told twice.
crash: .venv/ready
	$(BIN)/python -m bench.crash $(ARGS)

# The store's contract runs on PostgreSQL too, where its server is installed or can be.
postgres:
	@tests/install-postgres.sh

.venv/ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "riskbot needs Python 3.11 or newer on the PATH"; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt pip hatchling editables
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
		--no-build-isolation --editable '.[postgres]' --group dev
	touch .venv/ready

# Pins every package, direct or not, for all supported Pythons; run it to take up new releases.
constraints:
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
		--no-annotate --no-header --no-emit-index-url --upgrade --output-file constraints.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
