"""Random draws (随机数): one independent stream for each topic, so that a new topic moves no other number.

Owns streams and the shapes that the model draws from. It does not own what is drawn.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Whole: TypeAlias = NDArray[np.int64]
Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Streams:
    """Generators by topic, all from one seed."""

    seed: int

    def open(self, topic: str) -> np.random.Generator:
        """The generator of a topic, always from its beginning."""
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence([self.seed, zlib.crc32(topic.encode())])))


def draw_tail(rng: np.random.Generator, count: int, low: float, high: float, exponent: float) -> Floats:
    """``count`` numbers of a bounded Pareto law, one from each of as many equal slices, largest first."""
    at = (np.arange(count) + rng.random(count)) / max(count, 1)
    return np.asarray(low * (1 - at[::-1] * (1 - (low / high) ** exponent)) ** (-1 / exponent))


def draw_body(rng: np.random.Generator, count: int, median: float, spread: float, top: float) -> Floats:
    """``count`` lognormal numbers below ``top``."""
    drawn = median * np.exp(spread * rng.standard_normal(count * 2 + 64))
    return np.asarray(drawn[drawn < top][:count])


def order_by(rng: np.random.Generator, weights: Floats) -> Whole:
    """All places in random order, heavier ones earlier (weights of zero last)."""
    with np.errstate(divide="ignore"):
        keys = np.log(weights) + rng.gumbel(size=len(weights))
    return np.asarray(np.argsort(-keys, kind="stable"), dtype=np.int64)


def pick(rng: np.random.Generator, pool: Mask, weights: Floats, count: int) -> Mask:
    """``count`` of a pool, heavier ones likelier; fewer where the pool is smaller."""
    places = np.flatnonzero(pool)
    chosen = places[order_by(rng, weights[places])[:count]]
    found = np.zeros(len(pool), dtype=np.bool_)
    found[chosen] = True
    return found


def fill_up(order: Whole, amounts: Floats, total: float) -> Mask:
    """Take places in order, passing over those that would overshoot, until their amounts reach ``total``."""
    taken = np.zeros(len(amounts), dtype=np.bool_)
    rest = total
    for place in order:
        if amounts[place] <= rest:
            taken[place] = True
            rest -= amounts[place]
    return taken


def draw_choices(rng: np.random.Generator, weights: Sequence[float] | Floats, count: int) -> Whole:
    """``count`` numbers of choices with relative weights."""
    shares = np.asarray(weights, dtype=np.float64)
    return np.asarray(rng.choice(len(shares), size=count, p=shares / shares.sum()), dtype=np.int64)
