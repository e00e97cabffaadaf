# Everything a newcomer needs: `make run` and `make test`. Both set up first; set-up is quick when nothing changed.
SHELL := /bin/bash
PYTHON := .venv/bin/python
# One process of tests a core, and they share nothing; each holds the model, nearly 1 GB.
SIDE_BY_SIDE := -n logical --maxprocesses 4 --dist worksteal
export RASA_TELEMETRY_ENABLED = false

.PHONY: run test bench evaluate lint train clean setup

setup: .venv/.ready

.venv/.ready: requirements.lock scripts/setup.sh .python-version
	@scripts/setup.sh

models/assistant.tar.gz: .venv/.ready config.yml domain.yml $(shell find data bot/nlu -type f -name '*.*' -not -name '*.pyc')
	@echo "Training the dialogue model (a minute or so) …"
	@$(PYTHON) -m bot train --quiet

train: models/assistant.tar.gz

run: models/assistant.tar.gz
	@$(PYTHON) -m bot serve --demo $(ARGS)

test: export TF_CPP_MIN_LOG_LEVEL = 3
test: models/assistant.tar.gz
	@$(PYTHON) -m pytest $(SIDE_BY_SIDE) \
		tests/unit tests/conversations tests/doors tests/attacks tests/browser/test_step_up.py $(ARGS)

bench: models/assistant.tar.gz
	@$(PYTHON) -m benchmarks.turns --conversations 10 --detail --markdown docs/benchmark.md $(ARGS)

evaluate: models/assistant.tar.gz
	@$(PYTHON) -W ignore -m benchmarks.evaluation $(ARGS)

lint: .venv/.ready
	@$(PYTHON) -m ruff check . && $(PYTHON) -m ruff format --check . && $(PYTHON) -m mypy

clean:
	rm -rf .bench .uv .venv models var .rasa .mypy_cache .ruff_cache .pytest_cache .hypothesis node_modules
