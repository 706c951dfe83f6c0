"""Official participatory budgets (Pabulib) derived again: most votes first, skip what does not fit; each deviation is named.

Read from ``KAIWU_SHARED_DATA`` or from ``shared/data`` beside the repository; skipped, visibly, where they are not there.
"""

from __future__ import annotations

import csv
import datetime as dt
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from kaiwu.allot.applicant import Applicant
from kaiwu.allot.quota import Resource
from kaiwu.allot.result import Allotment, allot
from kaiwu.allot.round import Round
from kaiwu.allot.rule import Rule
from kaiwu.allot.scale import Scale
from kaiwu.allot.supply import UPGRADE, Supply, SupplyKind
from kaiwu.rule.outcome import Outcome

FOLDER = Path(os.environ.get("KAIWU_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")) / "allot" / "pb"
FILES = sorted(FOLDER.glob("*.pb"))
pytestmark = pytest.mark.skipif(not FILES, reason=f"no elections in {FOLDER}; set KAIWU_SHARED_DATA")
CENT = 100


def read_election(path: Path) -> tuple[int, dict[str, dict[str, str]]]:
    """Budget in cents, and the projects by id."""
    meta: dict[str, str] = {}
    projects: dict[str, dict[str, str]] = {}
    section, heads = "", list[str]()
    for row in csv.reader(path.open(encoding="utf-8-sig"), delimiter=";"):
        if len(row) == 1 and row[0] in ("META", "PROJECTS", "VOTES"):
            section, heads = row[0], []
        elif not heads:
            heads = row
        elif section == "META":
            meta[row[0]] = row[1]
        elif section == "PROJECTS":
            projects[row[0]] = dict(zip(heads, row, strict=False))
        else:
            break
    return cents(meta["budget"]), projects


def cents(text: str) -> int:
    return int(Fraction(text.replace(",", ".")) * CENT)


def points_of(project: dict[str, str]) -> int:
    """What the office counted: points where the ballots gave points, else votes."""
    return int(project.get("score") or project["votes"])


def derive(path: Path) -> tuple[Allotment, dict[str, dict[str, str]]]:
    """Each project wants its own supply, the budget is a quota. Ties fall by the order of the file, which no rule states."""
    budget, projects = read_election(path)
    rule = Rule(
        "pb", "得票多者先, 放不下则跳过", "most votes first, skip what does not fit", Scale(Fraction(1), Fraction(10**7)),
        (SupplyKind(UPGRADE, "项目", "project", False),), resources=(Resource("budget", "预算", "budget", "元", scope="district"),), ties=("date",),
    )  # fmt: skip
    first = dt.date(2000, 1, 1)
    applicants = tuple(
        Applicant(name, name, first + dt.timedelta(days=i), points_of(row), (UPGRADE,), {UPGRADE: Outcome.PASS}, demand={"budget": {"": cents(row["cost"])}})
        for i, (name, row) in enumerate(projects.items())
    )  # fmt: skip
    supplies = tuple(Supply(f"own {name}", UPGRADE, "", 1, owner=name) for name in projects)
    return allot(
        Round(path.stem, path.stem, path.stem, rule, applicants, supplies, {("budget", "", ""): budget})
    ), projects


def deviations(path: Path) -> str:
    """``+`` what the office chose and the rule does not, ``-`` the other way."""
    placed, projects = derive(path)
    official = {name for name, row in projects.items() if row["selected"] == "1"}
    ours = set(placed.grants())
    return " ".join([*(f"+{n}" for n in sorted(official - ours)), *(f"-{n}" for n in sorted(ours - official))])


DEVIATIONS = {
    "poland_gdynia_2020_leszczynki-small": "-2 -4 -6 -7 -8 -9",
    "poland_gdynia_2020_pogorze-small": "-1 -2 -4 -6 -7",
    "poland_gdynia_2020_pustki-cisowskie-demptowo-small": "-1 -2 -4 -5",
    "poland_gdynia_2020_srodmiescie-small": "-1 -2 -6 -7 -8",
    "poland_gdynia_2020_wielki-kack-small": "-4",
    "poland_katowice_2020_dab": "-L10/05/VII",
    "poland_katowice_2021_kostuchna": "-L21/04/VIII",
    "poland_katowice_2021_osiedle-tysiaclecia": "-L9/08/VIII",
    "poland_warszawa_2018_grochow-kinowa": "+2654 +2708 +2734 +899 -1960 -417",
}
"""Where the office chose otherwise: Gdynia left money of small projects unspent, Katowice one project each; in Grochów-Kinowa the
votes printed in the file are not those of its ballots. Nothing in the files says why."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_official_list_follows_from_the_rule_or_its_deviation_is_named(path: Path) -> None:
    assert deviations(path) == DEVIATIONS.get(path.stem, "")


def test_every_project_that_was_passed_over_reads_which_one_used_up_the_budget() -> None:
    """The cut-off is a claim about the whole election: with that many votes the project is chosen, with one less it is not."""
    tried = 0
    for path in FILES[:12]:
        placed, _ = derive(path)
        for i, cutoff in placed.cutoffs.items():
            loser = placed.round.applicants[i]
            for votes, wanted in ((cutoff.needed, True), (cutoff.needed - 1, False)):
                others = tuple(replace(a, score=votes) if a.id == loser.id else a for a in placed.round.applicants)
                assert (loser.id in allot(replace(placed.round, applicants=others)).grants()) is wanted
            tried += 1
    assert tried > 40
