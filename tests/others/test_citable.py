"""What is cited, signed, packed and scanned, as programs of others read it."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft4Validator
from jsonschema.exceptions import ValidationError

from calling import Call
from faults.corpus import seeds
from others.running import PLACE, needed, others

pytestmark = [others, needed]


def test_findings_are_sarif_by_its_schema(tmp_path: Path, call: Call) -> None:
    folder = PLACE / "node_modules" / "@microsoft" / "jest-sarif" / "lib" / "schemas"
    schema = json.loads((folder / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
    judge = Draft4Validator(schema)
    files = []
    for number, seed in enumerate(list(seeds())[::20]):
        files.append(tmp_path / f"{number}-{seed.name}")
        files[-1].write_bytes(seed.data)
    log = json.loads(call("validate", *files, "--format", "sarif").out)
    judge.validate(log)
    assert len(log["runs"][0]["results"]) > len(files) / 2
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    with pytest.raises(ValidationError):
        judge.validate(log)
