# The two commands: `make up` and `make test`. `make help` lists the rest; STACK=prod chooses another stack.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

STACK ?= dev
FORMAT ?= text
QUERY ?= posts-per-month
FROM ?= program
# Where `preview`, `smoke` and the operations work: on the local AWS, or with ON=aws by the caller's credentials and state.
ON ?= laptop
UV := .local/uv/bin/uv
PYTHON := .venv/bin/python
GUARD := policies/serverless-guard
INSTALLED := .venv/installed
TOOL = $(PYTHON) -m $(if $(filter aws,$(ON)),operations,local)
OPERATION = $(if $(filter aws,$(ON)),,$(PYTHON) -m local run --stack $(STACK) --with) $(PYTHON) -m operations
# The functions' runtime is Python 3.13, and only 3.13 compiles bytecode for it: the first one found serves, pyenv's too.
PYTHON_3_13 = $(shell for python in python3.13 python3 $$HOME/.pyenv/versions/3.13.*/bin/python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && { command -v "$$python"; break; }; done)

.PHONY: help up preview findings cost refresh down smoke query logs shell \
	plan deploy drift import restore unlock redrive rollback comment test lint format types unit faults bench contract lock clean

help: ## List the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

up: $(INSTALLED) ## Set everything up, preview with the policies, deploy to the local AWS, call the API
	@$(PYTHON) -m local up --stack $(STACK)

preview: $(INSTALLED) ## Show what `up` would change, checked by the policies
	@$(TOOL) preview --stack $(STACK)

findings: $(INSTALLED) ## Judge what a stack would be, by file and line: FORMAT=text, json, sarif, junit or github
	@$(if $(filter $(FORMAT),text json sarif junit github),,echo "FORMAT=$(FORMAT) does not exist: use text, json, sarif, junit or github" >&2; exit 2)
	@mkdir -p .build && rm -f .build/preview-$(STACK).json
	@preview=0; $(PYTHON) -m local run --stack $(STACK) --with sh -c \
		'pulumi preview --json --show-sames --stack $(STACK) >.build/preview-$(STACK).json' >&2 || preview=$$?; \
	$(PYTHON) -m policies check .build/preview-$(STACK).json --format $(FORMAT); exit $$preview

cost: $(INSTALLED) ## Estimate what the stack costs a month on AWS, by component; FROM=meter: what the last load cost
	@$(PYTHON) -m local cost --stack $(STACK) --from $(FROM)

refresh: $(INSTALLED) ## Compare the state with what really exists
	@$(PYTHON) -m local refresh --stack $(STACK)

smoke: $(INSTALLED) ## Call the deployed API: create a user, read it back
	@$(TOOL) smoke --stack $(STACK)

query: $(INSTALLED) ## Run a named query of the archive, QUERY=posts-per-month
	@$(PYTHON) -m local query $(QUERY) --stack $(STACK)

down: $(INSTALLED) ## Destroy the stack and stop the local AWS
	@$(PYTHON) -m local down --stack $(STACK)

logs: $(INSTALLED) ## Follow the logs of the stack's functions: FUNCTION=get-user ID=... LEVEL=ERROR FORMAT=json
	@$(PYTHON) -m local logs --stack $(STACK) --function "$(FUNCTION)" --id "$(ID)" --level "$(LEVEL)" --format $(FORMAT)

shell: $(INSTALLED) ## Open a shell in which `pulumi preview --stack dev` works as typed
	@$(PYTHON) -m local shell --stack $(STACK)

plan: $(INSTALLED) ## Preview, and save exactly that for `make deploy`
	@$(OPERATION) plan --stack $(STACK)

deploy: $(INSTALLED) ## Carry out the saved plan and nothing else
	@$(OPERATION) deploy --stack $(STACK)

drift: $(INSTALLED) ## Fail where what exists, the state and the program differ
	@$(OPERATION) drift --stack $(STACK)

import: $(INSTALLED) ## Take over what exists: TYPE=aws:s3/bucket:Bucket NAME=blog-dev-media ID=...
	@$(OPERATION) import "$(TYPE)" "$(NAME)" "$(ID)" --stack $(STACK)

restore: $(INSTALLED) ## Restore the table into a new one: NAME=table-restored AT=2026-11-24T08:00:00Z
	@$(OPERATION) restore "$(NAME)" "$(AT)" --stack $(STACK)

unlock: $(INSTALLED) ## Let one protected resource be deleted until the next deployment: NAME=blog-prod-jobs
	@$(OPERATION) unlock "$(NAME)" --stack $(STACK)

redrive: $(INSTALLED) ## Send again what rests in a dead-letter queue: NAME=jobs
	@$(OPERATION) redrive "$(NAME)" --stack $(STACK)

rollback: $(INSTALLED) ## Give a function's callers an earlier version: FUNCTION=get-user VERSION=3
	@$(OPERATION) rollback "$(FUNCTION)" $(VERSION) --stack $(STACK)

comment: $(INSTALLED) ## Put the last `make preview ON=aws` on a pull request of GitHub, PR=12
	@$(PYTHON) -m operations comment "$(PR)"

test: lint types unit ## Lint, types and all tests, those on the real engine and the local AWS too

lint: $(INSTALLED)
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

format: $(INSTALLED) ## Format the code and mend what can be mended
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

types: $(INSTALLED)
	@.venv/bin/basedpyright
	@.venv/bin/basedpyright --pythonversion 3.11 $(GUARD)/src

unit: $(INSTALLED)
	@.venv/bin/pytest

faults: $(INSTALLED) ## Break the functions off at every call of AWS, and see that nothing is lost or there twice
	@PYTHONPATH=functions $(PYTHON) -m tests.functions.crash_points

bench: $(INSTALLED) ## Measure the functions beside a bare one, and previews with and without the policies
	@$(PYTHON) -m benchmarks.functions
	@$(PYTHON) -m benchmarks.pack
	@$(PYTHON) -m benchmarks.action_data
	@$(PYTHON) -m benchmarks.preview

contract: $(INSTALLED) ## Publish the outputs and the API as schemas, unless a reader or client would break; SINCE=v1 only compares
	@$(PYTHON) -m contract $(SINCE)
	@$(PYTHON) -m openapi $(SINCE)

lock: $(UV) ## Pin the dependencies anew, with hashes
	@compile() { $(UV) pip compile --quiet --upgrade --generate-hashes --universal --python-version 3.13 \
		--no-emit-index-url --no-annotate --no-header "$$@"; }; \
	compile pyproject.toml --group dev -o requirements.lock; \
	compile --group cloud -o local/cloud.lock; \
	compile --group uv -o local/uv.lock

clean: ## Remove what the other targets made in this folder (the engine stays in its cache)
	@[ ! -x $(PYTHON) ] || $(PYTHON) -m local stop
	@rm -rf .venv .local .build

$(UV): local/uv.lock
	@echo "Installing uv, which installs the rest"
	@rm -rf .local/uv && python3 -m venv .local/uv
	@.local/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r local/uv.lock
	@touch $(UV)

$(INSTALLED): requirements.lock $(GUARD)/pyproject.toml | $(UV)
	@echo "Installing the program's dependencies into .venv (Python 3.13)"
	@$(UV) venv --quiet --clear --python "$(or $(PYTHON_3_13),3.13)" .venv
	@$(UV) pip sync --quiet --require-hashes --compile-bytecode --python $(PYTHON) requirements.lock
	@$(UV) pip install --quiet --no-deps --python $(PYTHON) --editable $(GUARD)
	@touch $(INSTALLED)
