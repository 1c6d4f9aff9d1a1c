# Everything that must hold before a change is shared. `just` alone runs it.
check: lint types layers test docs-check

# Formatting and style of code and Turtle
lint:
    ruff format --check src tests benchmarks
    ruff check src tests benchmarks
    turtlefmt --check ontology tests

types:
    mypy

layers:
    lint-imports

# All tests with coverage; `just test -k word` picks some and skips the coverage
test *arguments:
    pytest -n auto {{ if arguments == "" { "--cov --cov-report=term --cov-fail-under=95" } else { arguments } }}

# What the documentation shows is what the programs say
docs-check:
    cog --check README.md docs/*.md docs/advice/*.md docs/commands/*.md

# Rewrite what can be rewritten by machine
fmt:
    ruff format src tests benchmarks
    ruff check --fix src tests benchmarks
    turtlefmt ontology tests
    cog -r README.md docs/*.md docs/advice/*.md docs/commands/*.md

# Measure sysgraph beside the plain libraries, in one run
bench *arguments:
    python benchmarks/run.py {{ arguments }}
