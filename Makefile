# Everything happens in a virtual environment of this folder; nothing is installed elsewhere.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

# What to run the suite against: nothing for the embedded sandbox, a target file, or the URL of a host.
TARGET ?=
WHERE := $(if $(TARGET),$(if $(findstring ://,$(TARGET)),--url,--target) '$(TARGET)')

.PHONY: conformance test serve bench bench-conformance bench-sandbox mutation witnesses lint types format clean

conformance: $(INSTALLED) ## run the suite and write report/
	$(BIN)/lead-conformance run $(WHERE) $(ARGS)

test: $(INSTALLED) ## run the project's own tests
	$(BIN)/pytest -n 2 --dist worksteal $(ARGS)

serve: $(INSTALLED) ## serve the sandbox on http://127.0.0.1:4020
	$(BIN)/lead-mock serve $(ARGS)

bench: $(INSTALLED) ## compare the sandbox's speed with plain Connexion and a bare server
	$(BIN)/python -m benchmarks.requests $(ARGS)

bench-conformance: $(INSTALLED) ## what the suite costs, beside Schemathesis alone
	$(BIN)/python -m benchmarks.conformance $(ARGS)

mutation: $(INSTALLED) ## serve every fault, try every check; goes on where it was interrupted
	$(BIN)/lead-conformance prove --seeds 50 --summary docs/mutation.md $(ARGS)

witnesses: $(INSTALLED) ## paste the printed lines of every fault into a shell
	$(BIN)/pytest -n 2 tests/test_witnesses.py --every-fault $(ARGS)

bench-sandbox: $(INSTALLED) ## what a test run pays for the sandbox
	$(BIN)/python -m benchmarks.sandbox

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) report dist .hypothesis

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@
