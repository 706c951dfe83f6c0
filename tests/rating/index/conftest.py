"""Published inputs, read where they are and never copied; a test that needs an absent one is skipped visibly."""

from __future__ import annotations

import csv
import os
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from kaiwu.rating.index import Direction, Node, Tree, Values, make_tree

sys.path.insert(0, str(Path(__file__).parent))  # a module of tests may lend its rulebook to another
ROOT = Path(os.environ.get("KAIWU_SHARED_DATA", Path(__file__).parents[4] / "shared" / "data")) / "index"


@pytest.fixture(scope="session")
def published() -> Path:
    if not ROOT.is_dir():
        pytest.skip(f"published inputs are not at {ROOT}; set KAIWU_SHARED_DATA")
    return ROOT


def number(text: str) -> float:
    return float(text) if text not in ("", "NA") else float("nan")


def asem_tree(folder: Path) -> Tree:
    with (folder / "asem_iMeta.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["Level"]]
    return make_tree([
        Node(
            row["iCode"], en=row["iName"], parent=row["Parent"] or None, weight=Fraction(row["Weight"]), level=int(row["Level"]),
            direction=Direction("higher" if row["Direction"] == "1" else "lower") if row["Level"] == "1" else None,
            denominator=row["Denominator"], target=number(row["Target"]) if row["Target"] else None,
        )
        for row in rows
    ])  # fmt: skip


def asem_values(folder: Path, tree: Tree) -> Values:
    with (folder / "asem_iData.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    codes = (*tree.leaves, "Area", "Energy", "GDP", "Population")
    groups = ("GDP_group", "GDPpc_group", "Pop_group", "EurAsia_group")
    return Values(
        tuple(row["uCode"] for row in rows), codes, np.array([[number(row[c]) for c in codes] for row in rows]),
        groups={g: tuple(row[g] for row in rows) for g in groups},
    )  # fmt: skip


@pytest.fixture(scope="session")
def asem(published: Path) -> tuple[Tree, Values]:
    tree = asem_tree(published / "asem")
    return tree, asem_values(published / "asem", tree)
