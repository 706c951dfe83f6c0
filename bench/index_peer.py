"""Times peers on one table; run by the interpreter that ``SCIKIT_CRITERIA_PYTHON`` names, which has them and not this project.

Arguments: a folder with ``x.npy``, ``weights.npy`` and ``draws.npy``. Prints JSON: seconds for each evaluation, and the scores.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np

LOOPS = 40


def best(work: object, loops: int = LOOPS) -> float:
    """Seconds of the fastest of some calls."""
    out = []
    for _ in range(loops):
        start = time.perf_counter()
        work()  # type: ignore[operator]
        out.append(time.perf_counter() - start)
    return min(out)


def main() -> None:
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    x, w, draws = (np.load(folder / f"{name}.npy") for name in ("x", "weights", "draws"))
    out: dict[str, dict[str, object]] = {}

    import pymcdm
    from pymcdm.methods import TOPSIS
    from pymcdm.normalizations import minmax_normalization, vector_normalization
    from pymcdm.weights import critic_weights

    types = np.ones(x.shape[1])
    topsis = TOPSIS(vector_normalization)
    out["pymcdm"] = {
        "version": version("pymcdm"),
        "critic_s": best(lambda: critic_weights(x)),
    }
    out["pymcdm"]["critic"] = critic_weights(x).tolist()
    out["pymcdm"]["topsis_s"] = best(lambda: topsis(x, w, types))
    out["pymcdm"]["topsis"] = topsis(x, w, types).tolist()

    def weighted_pymcdm() -> None:
        for row in draws[:200]:
            scores = np.sum(np.apply_along_axis(minmax_normalization, 0, x) * row, axis=1)
            pymcdm.helpers.rankdata(scores, reverse=True)

    out["pymcdm"]["weighted_s"] = best(weighted_pymcdm, 3) / 200

    import skcriteria
    from skcriteria.agg.similarity import TOPSIS as SkTopsis
    from skcriteria.agg.simple import WeightedSumModel
    from skcriteria.pipeline import mkpipe
    from skcriteria.preprocessing.scalers import MinMaxScaler, VectorScaler
    from skcriteria.preprocessing.weighters import CRITIC

    table = skcriteria.mkdm(x, [max] * x.shape[1], weights=w)
    pipe = mkpipe(VectorScaler(target="matrix"), SkTopsis())
    plain = mkpipe(MinMaxScaler(target="matrix"), WeightedSumModel())
    out["scikit-criteria"] = {
        "version": version("scikit-criteria"),
        "critic_s": best(lambda: CRITIC().transform(table)),
    }
    out["scikit-criteria"]["critic"] = np.asarray(CRITIC().transform(table).weights).tolist()
    out["scikit-criteria"]["topsis_s"] = best(lambda: pipe.evaluate(table))
    out["scikit-criteria"]["topsis"] = np.asarray(pipe.evaluate(table).e_.similarity).tolist()

    def weighted_skcriteria() -> None:
        for row in draws[:20]:
            plain.evaluate(skcriteria.mkdm(x, [max] * x.shape[1], weights=row)).rank_  # noqa: B018

    out["scikit-criteria"]["weighted_s"] = best(weighted_skcriteria, 2) / 20
    print(json.dumps(out))


if __name__ == "__main__":
    main()
