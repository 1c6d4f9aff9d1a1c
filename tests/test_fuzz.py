"""Mutated and hostile files through the command line, a small draw of what ``fuzz.py`` does."""

import fuzz


def test_no_file_brings_the_command_line_down(library: object) -> None:
    toll = fuzz.run(150, seed=20_261_128)
    assert toll.bad == {}
    assert toll.files == sum(toll.codes.values()) == 150
    assert set(toll.codes) == {"0", "1", "2"}  # that some are sound shows that they are read
