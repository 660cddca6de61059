# `make run` and `make test` need Python 3.11 or newer and make; everything else they set up themselves.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
# Every package is named by a lock with its hashes; pip takes no other file for it.
INSTALL := -m pip install --disable-pip-version-check -q --require-hashes
LOCKING := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
  --custom-compile-command "make locks"

.PHONY: run test lint bench scale faults lighthouse old-engine pictures drawings words locks sbom scan clean help

help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /	/'

run: $(VENV)/.run-ready var/env  ## set everything up and serve http://127.0.0.1:8000/
	@$(BIN)/python manage.py bootstrap --demo
	@echo
	@echo "  首页      http://127.0.0.1:$(PORT)/"
	@echo "  查学分    http://127.0.0.1:$(PORT)/credits/check/"
	@echo "  管理后台  http://127.0.0.1:$(PORT)/admin/"
	@echo
	@$(BIN)/python -m helpdesk.common.supervisor $(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

test: $(VENV)/.test-ready var/env  ## run the whole test suite; DATABASE_URL chooses another database
	@$(BIN)/python -m pytest $(TESTS)

lint: $(VENV)/.test-ready var/env  ## what CI checks before the tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .

bench: $(VENV)/.test-ready var/env  ## measure search at 62, 1,000 and 10,000 entries beside plain Whoosh, about four minutes
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench.pages --editors 5
	@$(BIN)/python -m tests.bench.signed_in
	@$(BIN)/python -m tests.bench.statements
	@$(BIN)/python -m tests.bench.roster
	@$(BIN)/python -m tests.bench.jobs
	@$(BIN)/python -m tests.bench.upgrade
	@$(BIN)/python -m tests.bench.editing
	@$(BIN)/python -m tests.bench.questions
	@$(BIN)/python -m tests.bench.insight

scale: $(VENV)/.test-ready var/tools/tantivy/.ready var/env  ## measure search at 100,000 entries in two workers, building beside Tantivy; a quarter of an hour
	@$(BIN)/python -m tests.bench.scale

faults: $(VENV)/.test-ready  ## stalled clients, locked tables, deploys, killed workers, damaged files, full disks, many readers, lost power, a replica that lags and dies: done for real, counted
	@$(BIN)/python -m tests.faults

lighthouse: $(VENV)/.test-ready  ## five rounds of Lighthouse over five pages against the targets; needs Node and Chromium
	@$(BIN)/python -m tests.lighthouse

old-engine: $(VENV)/.test-ready  ## open the portal that `make run` serves in Chromium 72 of 2019; needs Node
	@$(BIN)/python -m tests.browser.old_engine http://127.0.0.1:$(PORT)

pictures: $(VENV)/.test-ready  ## take pictures of the portal that `make run` serves; DEMO_PASSWORD=… for all of them
	@DEMO_PASSWORD='$(DEMO_PASSWORD)' $(BIN)/python -m tests.browser.pictures http://127.0.0.1:$(PORT)

drawings: $(VENV)/.test-ready  ## draw the icons and the card for passing a page on anew
	$(BIN)/python -m tests.browser.drawings

words: $(VENV)/.test-ready  ## compile the Chinese sentences in helpdesk/locale after a change
	@$(BIN)/python -m tests.words

locks: var/tools/uv/.ready  ## write the locks anew from requirements.in, requirements-dev.in and tests/tools/
	@for source in requirements.in requirements-dev.in tests/tools/*.in; do \
	  echo "$${source%.in}.txt"; \
	  var/tools/uv/bin/uv pip compile $(LOCKING) "$$source" -o "$${source%.in}.txt" || exit 1; done

sbom: var/tools/cyclonedx-bom/.ready  ## write what the portal runs on, with versions and hashes, to var/sbom.json (CycloneDX)
	@PYTHONWARNINGS=ignore var/tools/cyclonedx-bom/bin/cyclonedx-py requirements requirements.txt \
	  --pyproject pyproject.toml --output-reproducible -o var/sbom.json
	@echo var/sbom.json

scan: $(VENV)/.test-ready var/tools/wapiti3/.ready  ## let wapiti and schemathesis loose on a portal as in production; exit 1 where they find something
	@$(BIN)/python -m tests.scan

clean:  ## remove the virtual environment (the data in var/ stays)
	rm -rf $(VENV)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "需要 Python 3.11 或更新的版本；现在是：$$($(PYTHON) --version 2>&1)。可用 make PYTHON=python3.12 指定。"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "建不了虚拟环境。Debian、Ubuntu 请先安装：sudo apt install python3-venv"; exit 1; }

$(VENV)/.run-ready: requirements.txt | $(BIN)/python
	@echo "正在安装运行所需的组件，第一次大约要一分钟……"
	@$(BIN)/python $(INSTALL) -r requirements.txt
	@touch $@

# What comes as source only, as esprima does, is built by the locked setuptools, not by one that pip would fetch unasked.
$(VENV)/.test-ready: requirements.txt requirements-dev.txt tests/tools/setuptools.txt | $(BIN)/python
	@echo "正在安装运行和测试所需的组件，第一次大约要两分钟……"
	@$(BIN)/python $(INSTALL) -r tests/tools/setuptools.txt
	@$(BIN)/python $(INSTALL) --no-build-isolation -r requirements-dev.txt
	@touch $@ $(VENV)/.run-ready

# A tool that brings many packages has an environment of its own.
var/tools/%/.ready: tests/tools/%.txt tests/tools/setuptools.txt | $(BIN)/python
	@echo "正在安装 $*……"
	@$(BIN)/python -m venv $(@D)
	@$(@D)/bin/python $(INSTALL) -r tests/tools/setuptools.txt
	@$(@D)/bin/python $(INSTALL) --no-build-isolation -r $<
	@touch $@

var/env: | $(BIN)/python
	@mkdir -p var
	@umask 077; $(BIN)/python -c 'import secrets; print("DEBUG=on\nSECRET_KEY=" + secrets.token_urlsafe(50))' > $@
