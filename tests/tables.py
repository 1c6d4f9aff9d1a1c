"""The tables of others, counted again from their files, for who has them at hand.

They lie as ``ontology/external/tables.ttl`` names them, below the folder that the environment
variable SYSGRAPH_OUTSIDE_TABLES names. Written apart from what first counted them.
"""

import csv
import gzip
import io
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

Row = dict[str, str]
Reader = Callable[[str], bytes]
Counted = tuple[int, int, int | None, int | None]

TABLES = (
    *("navco12", "navco21", "gnad", "ejatlas", "ieg", "adb"),
    *("cna-irrigate", "cna-autonomy", "qca-homeless", "qca-transport", "qca-health"),
)


def counts(read: Reader) -> Iterator[tuple[str, Counted]]:
    """Yield every figure by its short name: how many of how many, and of the others."""
    for of_table in (_navco12, _navco21, _gnad, _ieg, _adb, _small, _health, _ejatlas):
        yield from of_table(read)


def _rows(data: bytes, delimiter: str = ",") -> list[Row]:
    text = io.StringIO(data.decode("utf-8-sig", "replace"), newline="")
    return list(csv.DictReader(text, delimiter=delimiter))


def _packed(data: bytes) -> list[Row]:
    """Read a table as R packs it: the names of rows stand first, without a head of their own."""
    lines = gzip.decompress(data).decode("utf-8-sig").strip().splitlines()
    parts = [[cell.strip().strip('"') for cell in line.split("\t")] for line in lines]
    head = ["row", *parts[0]]
    return [dict(zip(head, row, strict=True)) for row in parts[1:]]


def _split(rows: Iterable[Row], outcome: str, holds: Callable[[Row], bool | None]) -> Counted:
    """Return how many of those came out well of which something holds, and of the others."""
    told = [(bool(float(row[outcome])), holds(row)) for row in rows if _is_told(row[outcome])]
    kept = [(came, held) for came, held in told if held is not None]
    first = [came for came, held in kept if held]
    others = [came for came, held in kept if not held]
    return sum(first), len(first), sum(others), len(others)


def _is_told(cell: str) -> bool:
    return cell not in ("", "NA", "nan")


def _is(name: str, value: float = 1) -> Callable[[Row], bool | None]:
    return lambda row: float(row[name]) == value if _is_told(row[name]) else None


def _least(name: str, value: float) -> Callable[[Row], bool | None]:
    return lambda row: float(row[name]) >= value if _is_told(row[name]) else None


def _below(name: str, value: float) -> Callable[[Row], bool | None]:
    return lambda row: float(row[name]) < value if _is_told(row[name]) else None


def _navco12(read: Reader) -> Iterator[tuple[str, Counted]]:
    rows = _rows(read("navco-1.2/NAVCO 1.2 Updated.tab"), "\t")
    ended = [row for row in rows if row["CAMPAIGN"] and not _is("ONGOING")(row)]
    peaceful = [row for row in ended if _is("NONVIOL")(row)]
    part = "PERCENTAGEPOPULARPARTICIPATION"
    yield "nonviolent-sweeping", _split(ended, "SUCCESS", _is("NONVIOL"))
    for name, holds in {
        "regime-change": _is("REGCHANGE"),
        "secession": _is("SECESSION"),
        "many-people": _least(part, 0.01),
        "3-5-percent": _least(part, 0.035),
        "few-people": _below(part, 0.001),
        "security-defection": _is("DEFECT"),
        "violent-flank": _is("VIOLENTFLANK"),
        "violent-repression": _is("REGVIOL"),
        "outside-state-support": _is("STATESUP"),
        "since-2000": _least("BYEAR", 2000),
        "since-2010": _least("BYEAR", 2010),
    }.items():
        yield f"nonviolent-{name}", _split(peaceful, "SUCCESS", holds)


def _navco21(read: Reader) -> Iterator[tuple[str, Counted]]:
    campaigns = _rows(read("navco-2.1-derived/campaign_buttons_data.csv"))
    years = _rows(read("navco-2.1-derived/df_cleaned.csv"))
    years.sort(key=lambda row: (int(row["id"]), int(row["years_active"])))
    of = {int(name): list(group) for name, group in groupby(years, key=lambda row: row["id"])}
    peaceful = []
    for row in campaigns:
        own = of.get(int(float(row["id"])))
        if own and own[-1]["prim_meth"] == "0":
            row["any_pi"] = str(max(int(year["any_pi"]) for year in own))
            peaceful.append(row)
    for name, holds in {
        "many-classes": _is("div_class"),
        "many-ethnic-groups": _is("div_ethnicity"),
        "consensus": _is("camp_structure", 0),
        "state-defection": _is("state_defect"),
        "parallel-institutions": _is("any_pi"),
    }.items():
        yield f"nonviolent-{name}", _split(peaceful, "success", holds)


def _gnad(read: Reader) -> Iterator[tuple[str, Counted]]:
    rows = _rows(read("gnad-north-america/campaigns_clean.csv"))
    goals = _rows(read("gnad-north-america/campaigns.csv"))
    for row, told in zip(rows, goals, strict=True):
        found = re.search(r"([\d.]+) out of", told["success_goal"])
        row["reached"] = str(int(found is not None and float(found[1]) >= 5))
    reached = sum(row["reached"] == "1" for row in rows)
    yield "gnad-all", (reached, len(rows), None, None)
    for name, column in {
        "local": "pcs_local",
        "repression": "had_repressive_violence",
        "campaigner-violence": "had_campaigner_violence",
        "allies": "had_allies",
        "elites": "had_social_elites",
        "defence": "class_defense",
    }.items():
        yield f"gnad-{name}", _split(rows, "reached", _is(column))


_GOOD = {
    **dict.fromkeys(("Highly Satisfactory", "Satisfactory", "Moderately Satisfactory"), "1"),
    **dict.fromkeys(("Highly Unsatisfactory", "Unsatisfactory", "Moderately Unsatisfactory"), "0"),
}


def _among(name: str, yes: Iterable[str], no: Iterable[str]) -> Callable[[Row], bool | None]:
    said = {**dict.fromkeys(yes, True), **dict.fromkeys(no, False)}
    return lambda row: said.get(row[name])


def _ieg(read: Reader) -> Iterator[tuple[str, Counted]]:
    name = "worldbank-ieg/ieg_world_bank_project_performance_ratings_01-17-2026.csv"
    rated = [row for row in _rows(read(name)) if row["Outcome"] in _GOOD]
    rated.sort(key=lambda row: float(row["Evaluation FY"]))
    rows = list({row["Project ID"]: row for row in rated}.values())  # the latest of a project
    for row in rows:
        row["good"] = _GOOD[row["Outcome"]]
        row["entry"] = _GOOD.get(row["Quality at Entry"], "")
        row["community"] = str(int(_COMMUNITY.search(row["Project Name"].lower()) is not None))
    yield "ieg-all", (sum(row["good"] == "1" for row in rows), len(rows), None, None)
    fragile = _among("Country / Economy FCS Status", ["FCS"], ["non-FCS"])
    lending = _among("Lending Instrument Type", ["DPF"], ["IPF"])
    watched = _among("M&E Quality", ["High", "Substantial"], ["Modest", "Negligible"])
    yield "ieg-fragile", _split(rows, "good", fragile)
    yield "ieg-policy-lending", _split(rows, "good", lending)
    yield "ieg-monitoring", _split(rows, "good", watched)
    yield "ieg-quality-at-entry", _split(rows, "good", _is("entry"))
    since = [r for r in rows if float(r["Approval FY"]) >= 1995 and lending(r) is False]
    yield "ieg-community-in-name", _split(since, "good", _is("community"))
    there = [row for row in since if fragile(row)]
    yield "ieg-community-in-name-fragile", _split(there, "good", _is("community"))


_COMMUNITY = re.compile(
    "communit|social fund|participat|kecamatan|village|grassroots|local development"
)


def _adb(read: Reader) -> Iterator[tuple[str, Counted]]:
    rows = _rows(read("adb/adb-success-rates-database-2018.csv"))
    good = {"Highly successful": 1, "Successful": 1}
    good |= dict.fromkeys(("Less than successful", "Partly successful", "Unsuccessful"), 0)
    own, others = (
        [good.get(row[name]) for row in rows]
        for name in ("PCR overall rating", "PVR overall rating")
    )
    both = [pair for pair in zip(own, others, strict=True) if None not in pair]
    down = [not theirs for mine, theirs in both if mine]
    up = [theirs for mine, theirs in both if not mine]
    yield "adb-own-success-marked-down", (sum(down), len(down), None, None)
    yield "adb-own-failure-marked-up", (sum(filter(None, up)), len(up), None, None)


def _small(read: Reader) -> Iterator[tuple[str, Counted]]:
    canals = _packed(read("cna/d.irrigate.tab.gz"))
    yield from _each("irrigation", canals, "W", _CANALS)
    areas = [r for r in _packed(read("cna/d.autonomy.tab.gz")) if r["row"].startswith("EN")]
    halves = [{name: str(int(cell > "0.5")) for name, cell in row.items()} for row in areas]
    yield from _each("autonomy", halves, "AU", _AREAS)
    groups = _packed(read("qcapro/d.homeless.tab.gz"))
    for row in groups:
        row["most"] = str(int(sum(int(row[name]) for name in ("REP", "RES", "RIG", "REL")) >= 3))
        row["frames"] = str(int(row["DF"] == row["PF"] == "1"))
    yield from _each("homeless", groups, "most", _GROUPS)
    yield from _each("transport", _packed(read("qcapro/d.transport.tab.gz")), "ACC", _ROADS)


_CANALS = {
    "rules": "R",
    "leadership": "L",
    "fines": "F",
    "collective-action": "C",
    "assistance": "A",
}
_AREAS = {"comanagement": "CO", "local-jobs": "EM", "national-civil-service": "CI"}
_GROUPS = {"viable": "VI", "disruptive": "DT", "allies": "SA", "frames": "frames"}
_ROADS = {"coordination": "COO", "discretion": "DIS", "experts": "EXP", "history": "HIS"}
_CLUSTERS = {"stopped": "transform", "reform": "reform", "criminalised": "resist"}


def _each(
    start: str, rows: list[Row], outcome: str, columns: dict[str, str]
) -> Iterator[tuple[str, Counted]]:
    for name, column in columns.items():
        yield f"{start}-{name}", _split(rows, outcome, _is(column))


def _health(read: Reader) -> Iterator[tuple[str, Counted]]:
    rows = _packed(read("qcapro/d.health.tab.gz"))
    for name, outcome, column, value in (
        ("champions-cancer", "CAN", "CH", 1),
        ("champions-heart", "CVD", "CH", 1),
        ("partnership-cancer", "CAN", "SP", 0),
        ("leadership-heart", "CVD", "GL", 1),
        ("reviews-cancer", "CAN", "PR", 0),
        ("aspirational-cancer", "CAN", "AS", 1),
        ("primary-care-heart", "CVD", "PC", 1),
        ("commissioning-cancer", "CAN", "BC", 0),
    ):
        yield f"health-{name}", _split(rows, outcome, _is(column, value))


def _ejatlas(read: Reader) -> Iterator[tuple[str, Counted]]:
    clusters = [row["cluster"].lower() for row in _rows(read("ejatlas/ej_data_public.csv"))]
    for name, start in _CLUSTERS.items():
        of = sum(cluster.startswith(start) for cluster in clusters)
        yield f"ejatlas-{name}", (of, len(clusters), None, None)
