# Every target installs what it needs into .venv the first time. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
# The tests and the local cloud need Linux; from elsewhere one deploys.
LOCK := $(if $(filter Linux,$(shell uname -s)),dev,deploy)
STAGE ?= dev
PORT ?= 8400
VENV := .venv
BIN := $(VENV)/bin
LOCKS := infra/requirements
UV = $(BIN)/uv
READY := $(VENV)/.ready
EMULATOR := .local/emulator/.ready
# On two cores a third fills what stands wait (a fourth makes it longer); each collects all tests for itself, 10 s of CPU.
PYTEST := $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder
# Single examples reach every branch; thousands of them under a tracer would take five times as long.
DOMAIN := $(BIN)/pytest -p no:xdist tests/unit/domain -m "not hypothesis and not untraced" --cov=countersign.domain --cov-branch --cov-report=term-missing:skip-covered --cov-fail-under=100
# The stages that tests want, by one process; what is wrong with one, the tests will say.
AHEAD := $(BIN)/python -m infra.build.synth --stage dev prod local >/dev/null 2>&1
HOUSE := tests/unit/test_architecture.py tests/unit/test_contracts.py tests/unit/test_docs.py tests/unit/test_lint.py tests/infra
# Hundreds of short processes import the same modules; without this, some shells make each compile them.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test integration check lint bench guarantees soak synth deploy diff destroy bootstrap pictures new lock contracts clean

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: $(READY) $(EMULATOR) ## everything on this machine, on http://127.0.0.1:8400 (PORT= moves it; ONCE=1 plays events/ and ends, EVENTS=31 only those that begin so; KEEP=1 keeps the jobs, SHADOW=1 shows them to candidates)
	@$(BIN)/python -m infra.local.run --port $(PORT) $(if $(ONCE),--once) $(if $(EVENTS),--events $(EVENTS)) $(if $(KEEP),--keep) $(if $(SHADOW),--shadow)

# The same numbers each time: a red run is the change's own. `make guarantees` and `make soak` draw new ones.
test: export SEED ?= 20261130
test: lint ## ruff, mypy strict, then every test; domain/ is covered to its last branch
	@{ $(AHEAD); $(BIN)/mypy; } & mypy=$$!; $(DOMAIN) && $(PYTEST) -m "not soak and (not domain or hypothesis or untraced)"; tests=$$?; wait $$mypy && test $$tests = 0 && $(BIN)/python -m infra.build.green

integration: $(READY) $(EMULATOR) ## the shared integration suite alone; its green run on this code lets a workflow go live
	@$(PYTEST) -m "not soak" tests/integration && $(BIN)/python -m infra.build.green

check: lint ## ruff, mypy strict, architecture, contracts, docs, workflows, synthesis with cdk-nag
	@{ $(AHEAD); $(BIN)/mypy; } & mypy=$$!; $(PYTEST) $(HOUSE); house=$$?; wait $$mypy && exit $$house

lint: $(READY) $(EMULATOR)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

bench: $(READY) $(EMULATOR) ## measure what a job costs and takes; writes .local/bench.json (PART=cpu: one part; PUBLISH=1: into docs/bench.json and README)
	@$(BIN)/python -m infra.bench $(if $(PART),--part $(PART)) $(if $(PUBLISH),--publish)

guarantees: $(READY) $(EMULATOR) ## the promises' tests with their figures; writes docs/guarantees.json and its page
	@$(BIN)/python -m infra.bench.guarantees

soak: $(READY) $(EMULATOR) ## the same at the long figures, promise by promise (PART=T04: one; MINUTES=60: what fits; FRESH=1: also what has ended well before)
	@$(BIN)/python -m infra.bench.guarantees --soak $(if $(PART),--part $(PART)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(FRESH),--fresh)

synth: $(READY) ## the CloudFormation template of STAGE, into .local/cdk.out/STAGE
	@$(BIN)/python -m infra.build.synth --stage $(STAGE)

deploy diff destroy bootstrap: $(READY)
	@$(BIN)/python -m infra.build.deploy $@ --stage $(STAGE) $(if $(YES),--yes)

deploy: ## one `cdk deploy` of STAGE to the AWS account of your credentials (YES=1: ask nothing)
diff: ## what a deployment of STAGE would change
destroy: ## one `cdk destroy` of STAGE, after use too; says what it leaves (YES=1: ask nothing)
bootstrap: ## set CDK up in the account and region of your credentials, once

pictures: $(READY) $(EMULATOR) ## take the README's pictures anew from the running system
	@$(BIN)/python -m infra.bench.pictures

new: $(READY) ## a workflow's folder, green from the start: NAME=warranty_claim (PROMPT=file SCHEMA=file)
	@$(BIN)/countersign new $(NAME) $(if $(PROMPT),--prompt $(PROMPT)) $(if $(SCHEMA),--schema $(SCHEMA))

lock: $(READY) ## resolve the dependencies anew into hash-pinned locks without download addresses
	@$(BIN)/python -m infra.build.lock

contracts: $(READY) ## lock new versions of actions and messages (RETIRE=1: the previous ones have run for their deploy)
	@$(BIN)/python -m infra.build.contracts $(if $(RETIRE),--retire)

clean: ## remove what the targets made
	rm -rf .venv .local cdk.out .mypy_cache .ruff_cache .hypothesis

$(READY): $(LOCKS)/$(LOCK).txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Countersign needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12 …" >&2; exit 2; }
	@echo "Installing into $(VENV) (once) …"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(LOCKS)/uv.txt
	@$(UV) pip sync --quiet --python $(BIN)/python --require-hashes $(LOCKS)/$(LOCK).txt
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

$(EMULATOR): $(LOCKS)/emulator.txt $(READY)
	@echo "Installing the local cloud's emulator into .local/emulator (once) …"
	@test -x .local/emulator/bin/python || $(BIN)/python -m venv .local/emulator
	@$(UV) pip sync --quiet --python .local/emulator/bin/python --require-hashes $(LOCKS)/emulator.txt
	@touch $@
