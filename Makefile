# argotui for developers. Everything runs in .venv, which is made on first use; PYTHON chooses from
# which Python. `make demo` needs nothing else on the machine.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SAMPLE ?= sample_workflows/release.yaml
WORKERS ?= auto
ARGS ?=
RECORDED := tests/probes tests/corpus/test_corpus.py tests/unit/manifest/test_recordings.py
ORACLES := expr when depends sprintf kubectl condition jq functions

.PHONY: oracle demo test check snap bench differential results docs pictures fmt clean system-packages cluster cluster-down test-cluster s3
.DEFAULT_GOAL := check

demo: $(VENV)/.run  ## open argotui on a sample workflow, run on this machine
	@$(BIN)/argotui run --runtime local $(SAMPLE) $(ARGS)

test: $(VENV)/.dev system-packages  ## every test that this machine can run
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not cluster" $(ARGS)

check: $(VENV)/.dev  ## format, lint, types, layers and the fast tests: under a minute
	$(BIN)/ruff format --check argotui tests
	$(BIN)/ruff check argotui tests
	$(BIN)/mypy
	$(BIN)/python -m pytest -q tests/test_layers.py tests/test_budgets.py
	$(BIN)/python -m pytest -q -n $(WORKERS) -m "not slow and not tmux and not cluster" tests/unit $(ARGS)

cluster:  ## a real Kubernetes node on this machine (root, Debian); prints its kubeconfig's path
	@bash cluster/cluster.sh up

cluster-down:  ## remove it; the cache stays
	@bash cluster/cluster.sh down

test-cluster: $(VENV)/.dev  ## tests against it, or against $$ARGOTUI_TEST_KUBECONFIG
	@PYTHON=$(BIN)/python bash cluster/test.sh $(ARGS)

s3:  ## the S3 server that tests/stores lists from (Go); without it they are skipped
	@bash tests/stores/server.sh

snap: $(VENV)/.dev  ## take the pictures of the screens anew; look at the difference before committing
	$(BIN)/python -m pytest -q tests/tui --snapshot-update $(ARGS)

bench: $(VENV)/.dev  ## measure; see bench/
	$(BIN)/python -m bench $(ARGS)

docs: $(VENV)/.dev  ## write the pages of docs/ that are made from the code
	$(BIN)/python docs/keys_page.py
	$(BIN)/python docs/lint_page.py
	$(BIN)/python docs/schema_file.py
	$(BIN)/python docs/compatibility_page.py
	$(BIN)/python docs/expressions_page.py

results: $(VENV)/.dev  ## run what was recorded on a real controller, corpus and cluster too; note it in tests/results.json
	rm -f .results.jsonl
	-ARGOTUI_CORPUS_ALL=1 ARGOTUI_RESULTS=$(CURDIR)/.results.jsonl $(BIN)/python -m pytest -q -n $(WORKERS) -m "not cluster" $(RECORDED)
	-ARGOTUI_RESULTS=$(CURDIR)/.results.jsonl bash cluster/test.sh -q tests/cluster/test_corpus.py
	$(BIN)/python -m tests.results .results.jsonl
	$(BIN)/python docs/compatibility_page.py

pictures: $(VENV)/.dev  ## take the pictures of README.md anew, on real runs
	$(BIN)/python docs/pictures.py

fuzz: $(VENV)/.dev  ## broken manifests and random expressions, FUZZ of each, from SEED on
	nice $(BIN)/python -m tests.fuzz manifests $(FUZZ) $(SEED)
	nice $(BIN)/python -m tests.fuzz expressions $(FUZZ) $(SEED)

differential: $(VENV)/.dev  ## random whole workflows against themselves and the local runtime, FUZZ of each, from SEED on
	nice $(BIN)/python -m tests.differential acted $(or $(FUZZ),1000) $(or $(SEED),1)
	nice $(BIN)/python -m tests.differential local $(or $(FUZZ),100) $(or $(SEED),1)
	nice $(BIN)/python -m tests.differential killed $(or $(FUZZ),30) $(or $(SEED),1)

oracle: $(VENV)/.dev  ## expressions against the Go libraries that Argo uses, FUZZ of each; needs Go
	$(BIN)/python -m tests.oracle cases
	set -e; for kind in $(ORACLES); do \
		nice $(BIN)/python -m tests.oracle $$kind $(or $(FUZZ),20000) $(or $(SEED),1); done

fmt: $(VENV)/.dev
	$(BIN)/ruff format argotui tests
	$(BIN)/ruff check --fix argotui tests

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis snapshot_report.html

# What the tests of the sandbox and of real terminals use; they skip visibly where it cannot be had.
system-packages:
	@bash .ci/system-packages

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(VENV)/.run
