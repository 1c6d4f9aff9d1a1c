"""``python -m sysgraph`` is the same as ``sysgraph``."""

from sysgraph.cli import main

if __name__ == "__main__":
    main()
