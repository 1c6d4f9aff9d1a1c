"""Prints, for each frame in frame.yaml, the order in which its entries are to be taken.

Usage: python3 draw.py            the whole order of every frame
       python3 draw.py ID [K]     the order of one frame, or its first K only
Needs Python 3.2 or later and PyYAML. Nothing else decides the order.
"""

import os
import random
import sys

import yaml

SEED = "sysgraph drawn cases 2026-11-28"
# Frames in the order in which they are worked through, and how many are to be kept from each (28 in all).
QUOTA = {
    "community-networks": 5,
    "worldbank-learning": 5,
    "model-forests": 4,
    "participedia": 4,
    "ipbes-africa": 4,
    "ipbes-asia": 3,
    "ipbes-latin-america": 3,
}

with open(
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "frame.yaml"), encoding="utf-8"
) as f:
    frames = {frame["id"]: frame for frame in yaml.safe_load(f)}
assert list(frames) == list(QUOTA) and sum(QUOTA.values()) == 28
for name in sys.argv[1:2] or list(QUOTA):
    entries = frames[name]["entries"]
    assert [e["n"] for e in entries] == list(range(1, len(entries) + 1))
    order = list(range(len(entries)))
    random.Random(SEED + name).shuffle(order)
    first = int(sys.argv[2]) if len(sys.argv) > 2 else len(order)
    print(f"# {name}: {len(entries)} entries, {QUOTA[name]} to keep")
    for place, i in enumerate(order[:first], 1):
        e = entries[i]
        print(
            f"{place:3d}. n={e['n']:<3d} {e['name']} | {e.get('place', '')} | {e.get('country', '')} | {e.get('year', '')}"
        )
