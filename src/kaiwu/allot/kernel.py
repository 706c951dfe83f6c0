"""Compiled kernels (整数内核): loops over whole numbers that run alike as plain Python and as machine code.

Owns the compiling and the draw of pseudo-random whole numbers. A kernel uses int64 arithmetic that cannot overflow and
nothing else, so that its answer is the same on every machine, with or without numba; ``plain(kernel)`` is its twin.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

F = TypeVar("F", bound=Callable[..., Any])
Whole = NDArray[np.int64]
DRAWS = 2_147_483_562
"""``draw`` gives a number from 1 to this."""


def kernel(function: F) -> F:
    """Compile a function where numba (extra ``map``) is installed; the first call of a fresh installation takes seconds."""
    try:
        from numba import njit
    except ImportError:  # the plain twin is slower and says the same
        return function
    compiled: Any = njit(cache=True)(function)
    return cast(F, compiled)


def plain(compiled: F) -> F:
    """The plain Python twin of a kernel."""
    twin: F = getattr(compiled, "py_func", compiled)
    return twin


def seed_state(seed: int) -> Whole:
    """The state of ``draw`` for a seed (种子), any whole number."""
    return np.array([1 + (40014 * (seed % 2_147_483_562) + 1) % 2_147_483_562, 1 + (seed // 7 + 12_345) % 2_147_483_398], dtype=np.int64)  # fmt: skip


@kernel
def draw(state: Whole) -> int:
    """The next pseudo-random whole number, 1 … ``DRAWS`` (L'Ecuyer 1988, two multiplicative generators; period 2·10^18)."""
    state[0] = 40014 * state[0] % 2147483563
    state[1] = 40692 * state[1] % 2147483399
    z: int = state[0] - state[1]
    return z if z > 0 else z + 2147483562


@kernel
def draw_patience(state: Whole, heat: int) -> int:
    """How much a search gives up this time: about ``heat`` × an exponential draw in powers of two, by shifts alone.

    −log2 of a uniform number: its leading zeros, and between two powers the straight line. ``heat`` < 2^27.
    """
    z = draw(state)
    zeros = 0
    while z < 1073741824:
        z <<= 1
        zeros += 1
    return heat * (zeros * 1073741824 + 2147483648 - z) >> 30
