"""Every pack that comes with Kaiwu loads, compiles, passes its own tests, and together they hold all that was to be encoded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kaiwu.pack import Library, builtin_packs, open_library
from kaiwu.pack.case import CaseReport, run_cases
from kaiwu.pack.coverage import measure_coverage, print_coverage
from kaiwu.pack.library import find_packs

GOLDEN_NUMBERS = (
    2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44, 48,
)  # fmt: skip
GOLDEN = {f"GC-{n:03}" for n in GOLDEN_NUMBERS}
CLAUSES_NUMBERS = (
    1, 2, 3, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 19, 21, 22, 23, 25, 26, 27, 28, 29, 30, 31, 32, 33, 36, 37, 38, 41,
    42, 46, 47, 48, 49, 50, 53, 55, 56, 57, 59, 60, 64, 67, 68, 71, 72, 74, 76, 77, 80, 81, 83, 84, 85, 87, 89, 91,
    92, 93, 95, 97, 99, 100, 101, 102, 103, 104, 107, 110, 111, 115, 116, 118, 120, 121, 123, 125, 126, 127, 128,
    132, 133, 135, 139, 142, 147, 148, 149, 150, 153, 156, 158, 159, 160, 163, 164, 165, 166, 168, 169, 170, 171,
    172, 173, 175,
)  # fmt: skip
CLAUSES = {f"C{n:03}" for n in CLAUSES_NUMBERS}
PACKS = sorted(find_packs([builtin_packs()]))
COVERAGE = Path(__file__).parents[2] / "docs" / "coverage.md"


@pytest.fixture(scope="module")
def library() -> Library:
    """All packs in one library: codes of variables and schemes are unique across all of them."""
    return open_library(PACKS)


@pytest.fixture(scope="module")
def reports(library: Library) -> list[CaseReport]:
    return run_cases(library)


@pytest.mark.parametrize("pack", PACKS)
def test_a_pack_compiles_with_nothing_but_what_it_depends_on(pack: str) -> None:
    alone = open_library([pack])
    assert all(scheme.needs() is not None for scheme in alone.schemes())


def test_every_case_of_every_pack_passes(reports: list[CaseReport]) -> None:
    failed = [f"{r.where} {r.name}: {'; '.join(r.differences)}" for r in reports if not r.is_passed]
    assert not failed, "\n".join(failed)
    assert len(reports) > 100


def test_every_rulebook_with_content_is_tested(library: Library) -> None:
    tested: set[str] = set()
    for shelf in library.shelves.values():
        for name in shelf.pack.names("tests"):
            data = shelf.pack.document(name).data or {}
            tested |= {str(case.get("scheme", data.get("scheme"))) for case in data.get("tests") or []}
    with_content = {code for code, (_, _, head) in library.heads.items() if head.status != "template"}
    assert sorted(with_content - tested) == []


def test_every_golden_case_is_cited_by_a_passing_case(reports: list[CaseReport]) -> None:
    cited = {case for r in reports if r.is_passed for case in re.findall(r"GC-\d{3}", r.cites)}
    assert sorted(GOLDEN - cited) == []


def test_every_clause_is_encoded_in_a_rulebook(library: Library) -> None:
    encoded: set[str] = set()
    for shelf in library.shelves.values():
        for name in shelf.pack.names("rulebooks"):
            encoded |= set(re.findall(r"\bC\d{3}\b", shelf.pack.files[name]))
    assert sorted(CLAUSES - encoded) == []


def test_the_page_on_coverage_is_current(library: Library) -> None:
    page = print_coverage(measure_coverage(library))
    remedy = "run: python -c 'from pathlib import Path; from kaiwu.pack import *; from kaiwu.pack.coverage import *; "
    remedy += 'from kaiwu.pack.library import find_packs; write_coverage(open_library(find_packs([builtin_packs()])), Path("docs/coverage.md"))\''
    assert COVERAGE.read_text(encoding="utf-8") == page, remedy


def test_every_source_that_a_pack_names_is_listed_with_its_standing(library: Library) -> None:
    standings = {"attested", "single_copy", "memory", "inferred"}
    unknown = []
    for shelf in library.shelves.values():
        for source, row in shelf.sources.items():
            if row.get("standing") not in standings:
                unknown.append(f"{shelf.pack.code}/sources.csv {source}: standing {row.get('standing')!r}")
        for name in (*shelf.pack.names("facts", ".csv"), *shelf.pack.names("taxonomies", ".csv")):
            rows = shelf.pack.rows(name)
            if rows and "source" in rows[0]:
                named = {code for row in rows for code in row["source"].split()}
                unknown += [f"{shelf.pack.code}/{name}: {s}" for s in sorted(named - set(shelf.sources))]
    assert not unknown, unknown
