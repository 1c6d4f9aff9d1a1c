"""grlc over a folder: what it makes of the folder, and of a question with parameters filled in.

What is given is read as JSON: a list of questions, each with its arguments. It looks for a file
of settings in the current folder, and does without.
"""

import json
import sys
from contextlib import redirect_stdout
from unittest.mock import patch

with redirect_stdout(sys.stderr):  # where it says which settings it read
    from grlc import fileLoaders, gquery, swagger


def main(folder: str) -> None:
    """Write as JSON grlc's operations and warnings, and the queries that it would send."""
    loader = fileLoaders.LocalLoader(folder)
    with patch("grlc.utils.getLoader", return_value=loader):
        operations, warnings = swagger.build_spec(None, None)
    filled = []
    for name, arguments in json.load(sys.stdin):
        said = gquery.get_metadata(loader.getTextForName(name)[0], "")
        text = gquery.rewrite_query(said["original_query"], said["parameters"], arguments)
        filled.append(text)
    found = {"title": loader.getRepoTitle(), "warnings": warnings, "filled": filled}
    json.dump({**found, "operations": operations}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
