# Two commands need nothing but make and Python 3.11 or later:
#
#   make book     build the site into _build/html
#   make test     run the tests; TESTS=tests/site runs these only
#
# and nine more for those who work on the book:
#
#   make page PAGE=book/part2/losses
#                 build into _build/pages, and run the cells of this page only
#   make serve    build the site and serve it at http://127.0.0.1:8000
#   make notebooks
#                 build the site, and put its notebooks into _build/notebooks
#   make pdf      print the built site as one PDF, _build/html/offline
#   make zip      pack the built site into a ZIP to read from disk, there too
#   make lint     check style and types
#   make links    ask whether the links to other sites still lead somewhere
#   make lock     write requirements.txt anew from pyproject.toml
#   make clean    delete what was built, but keep .venv
#
# Each sets up .venv first, if it is not there or no longer fits. `make book`
# installs requirements.txt only; `make test` adds the tools that test. Name
# another Python with `make book PYTHON=/path/to/python3`.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

# The first Python that is new enough; `command -v` alone is not proof.
PYTHON ?= $(shell for python in python3 python python3.13 python3.12 \
	python3.11 python3.14; do \
	if $$python -c '$(NEW_ENOUGH)' >/dev/null 2>&1; then \
	echo $$python; break; fi; done)

.PHONY: book page serve notebooks pdf zip test lint links lock clean
.DELETE_ON_ERROR:

book: $(VENV)/book.stamp
	$(BIN)/jupyter-book build . -W -n --keep-going
	@echo "The book is at _build/html/index.html; 'make serve' shows it."

# Of the build's messages those about the page, or the last ones if it failed.
page: $(VENV)/book.stamp
	@mkdir -p _build/pages
	@log=_build/pages/$(notdir $(PAGE)).log; \
	if BOOK_PAGE=$(PAGE) $(BIN)/jupyter-book build . -q --path-output \
	_build/pages/$(notdir $(PAGE)) > $$log 2>&1; \
	then ! grep -F '$(PAGE).md:' $$log; else grep -m 1 -A 60 Traceback $$log || tail $$log; \
	exit 1; fi
	@echo _build/pages/$(notdir $(PAGE))/_build/html/$(PAGE).html

serve: book
	@echo "Read it at http://127.0.0.1:8000 and stop with Ctrl+C."
	$(BIN)/python -m http.server 8000 --bind 127.0.0.1 \
		--directory _build/html

notebooks: book
	$(BIN)/python book/_ext/branch.py
	@echo "The notebooks and the library are in _build/notebooks."

# Both take the site as it is, and build it only if there is none.
pdf: $(VENV)/test.stamp | _build/html/index.html
	PYTHONPATH=book/_ext $(BIN)/python -m offline.pdf

zip: $(VENV)/test.stamp | _build/html/index.html
	PYTHONPATH=book/_ext $(BIN)/python -m offline.archive

_build/html/index.html:
	$(MAKE) book

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest --numprocesses logical --maxprocesses 8 \
	--dist loadgroup $(TESTS)

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# No cell runs: the glossary has none. Figures that are not there for it are
# no news, so only broken links are shown.
links: $(VENV)/book.stamp
	@mkdir -p _build/links
	@BOOK_PAGE=book/glossary $(BIN)/jupyter-book build . -q \
		--builder linkcheck --path-output _build/links \
		> _build/links/log 2>&1 \
	|| { grep -F '[broken]' _build/links/_build/html/output.txt \
		|| tail _build/links/log; exit 1; }
	@echo "No link to another site is broken."

clean:
	rm -rf _build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune \
		-exec rm -rf {} +

# The stamps are written last: after an interruption the work is done again,
# and pip leaves alone what is already right.
$(VENV)/python.stamp:
	@if [ -z "$(PYTHON)" ]; then \
		echo "This book needs Python 3.11 or later, and none was found" \
			"on PATH. Install one, or name it:" \
			"make book PYTHON=/path/to/python3" >&2; exit 1; fi
	@$(PYTHON) -c '$(NEW_ENOUGH)' || { \
		echo "This book needs Python 3.11 or later, but $(PYTHON) is" \
			"$$($(PYTHON) --version 2>&1)." >&2; exit 1; }
	@$(BIN)/python -c 'import pip; $(NEW_ENOUGH)' 2>/dev/null \
		|| $(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/book.stamp: requirements.txt pyproject.toml | $(VENV)/python.stamp
	$(PIP) install --quiet --requirement requirements.txt
	@touch $@

$(VENV)/test.stamp: $(VENV)/book.stamp
	$(PIP) install --quiet --requirement requirements.txt --editable '.[test]'
	@touch $@

lock: $(VENV)/python.stamp
	$(PIP) install --quiet uv
	{ sed -n '1,/^-e \.$$/p' requirements.txt; \
	$(BIN)/uv pip compile pyproject.toml --extra book --universal \
		--python-version 3.11 --no-header --no-annotate --quiet; \
	} > requirements.new
	mv requirements.new requirements.txt
