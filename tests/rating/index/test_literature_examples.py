"""Worked examples of the papers in which the methods were published; inputs are read, results stand here with their source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kaiwu.rating.index import Direction, Node
from kaiwu.rating.index.step.aggregate import compromise, topsis, vikor
from kaiwu.rating.index.step.ahp import compare_pairs
from kaiwu.rating.index.step.normalise import Normalise, normalise
from kaiwu.rating.index.step.weigh import critic, merec


@pytest.fixture(scope="module")
def example(published: Path) -> dict[str, dict[str, Any]]:
    listed = json.loads((published / "literature" / "inputs.json").read_text(encoding="utf-8"))
    by_id = {item["id"]: item for item in listed}
    for item in listed:
        if "same_matrix_as" in item:
            item.update({k: by_id[item["same_matrix_as"]][k] for k in ("matrix", "types")})
    return by_id


def oriented(item: dict[str, Any], by: str = "none") -> np.ndarray:
    nodes = [Node(f"c{i}", direction=Direction("higher" if t > 0 else "lower")) for i, t in enumerate(item["types"])]
    return normalise(np.array(item["matrix"], dtype=float), nodes, Normalise(by=by))


def test_critic_weights_of_diakoulaki_1995(example: dict[str, dict[str, Any]]) -> None:
    """Paper: 0.20, 0.48, 0.32."""
    found = critic(np.array(example["critic_1995"]["matrix"]))
    assert np.round(found, 2).tolist() == [0.20, 0.48, 0.32]
    assert found == pytest.approx([0.20222554, 0.48090173, 0.31687273], abs=1e-8)


def test_merec_weights_of_keshavarz_ghorabaee_2021(example: dict[str, dict[str, Any]]) -> None:
    """Paper, section 4.1: 0.5752, 0.0141, 0.4016, 0.0091."""
    item = example["merec_2021"]
    found = merec(np.array(item["matrix"], dtype=float), [t < 0 for t in item["types"]])
    assert np.round(found, 4).tolist() == [0.5752, 0.0141, 0.4016, 0.0091]


def test_topsis_closeness_of_tzeng_and_huang_2011(example: dict[str, dict[str, Any]]) -> None:
    """Book, chapter 5: 0.5037, 0.6581, 0.7482, 0.3340."""
    item = example["topsis_2011"]
    x, w = oriented(item, "vector"), np.array(item["weights"])
    assert np.round(topsis(x, np.broadcast_to(w, x.shape)), 4).tolist() == [0.5037, 0.6581, 0.7482, 0.3340]


def test_vikor_of_opricovic_and_tzeng_2004(example: dict[str, dict[str, Any]]) -> None:
    """Paper, mountain climbing: S 0.5, 0.375, 0.5; R 0.5, 0.25, 0.5; Q 1, 0, 1; A2 alone is the compromise."""
    item = example["vikor_2004"]
    x = oriented(item)
    s, r, q = vikor(x, np.broadcast_to(np.array(item["weights"]), x.shape))
    assert s.tolist() == [0.5, 0.375, 0.5]
    assert r.tolist() == [0.5, 0.25, 0.5]
    assert q.tolist() == [1.0, 0.0, 1.0]
    assert compromise(s, r, q) == (1,)


@pytest.mark.parametrize(
    ("name", "s", "r", "q"),
    [
        (
            "vikor_2007_w1",
            [0.692, 0.700, 0.290, 0.423, 0.280, 0.346],
            [0.125, 0.125, 0.121, 0.125, 0.067, 0.125],
            [0.991, 1.0, 0.473, 0.670, 0.0, 0.578],
        ),
        (
            "vikor_2007_w2",
            [0.701, 0.600, 0.386, 0.365, 0.317, 0.459],
            [0.167, 0.114, 0.161, 0.167, 0.089, 0.167],
            [1.0, 0.533, 0.552, 0.563, 0.0, 0.686],
        ),
    ],
)
def test_vikor_of_opricovic_and_tzeng_2007(
    example: dict[str, dict[str, Any]], name: str, s: list[float], r: list[float], q: list[float]
) -> None:
    """Paper, hydropower systems on the Drina, weights W1 and W2; A5 alone is the compromise."""
    item = example[name]
    x, w = oriented(item), np.array(item["weights"], dtype=float)
    found = vikor(x, np.broadcast_to(w / w.sum(), x.shape))
    for mine, printed in zip(found, (s, r, q), strict=True):
        assert np.abs(mine - printed).max() < 1e-3
    assert compromise(*found) == (4,)


def test_pairwise_weights_of_saaty_with_their_consistency() -> None:
    """Hand-checked: a consistent matrix of weights 4 : 2 : 1 has largest eigenvalue 3 and ratio 0."""
    found = compare_pairs([[1, 2, 4], [0.5, 1, 2], [0.25, 0.5, 1]])
    assert found.weights == pytest.approx([4 / 7, 2 / 7, 1 / 7], abs=1e-12)
    assert found.eigenvalue == pytest.approx(3, abs=1e-12)
    assert found.ratio == pytest.approx(0, abs=1e-12)
    slightly = compare_pairs([[1, 2, 5], [0.5, 1, 2], [0.2, 0.5, 1]])
    assert 0 < slightly.ratio < 0.1
