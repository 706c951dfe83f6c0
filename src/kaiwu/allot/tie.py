"""Ties (同分) and the public draw (公开抽签) that orders them: nobody can choose its seed.

Owns the draw and its commitment. Before the deadline the office logs a commitment to its secret; afterwards that secret is
joined with a public number drawn later, or with seeds that the applicants committed to. Without all parts there is no seed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kaiwu.ledger.log import canonical_bytes, commit
from kaiwu.quantity import KaiwuError, Problem

LABEL = "kaiwu-draw-1"


@dataclass(frozen=True, slots=True)
class Tie:
    """Applicants with equal scores, as ordered, and what ordered them: ``date`` or ``draw``."""

    score: int
    applicants: tuple[str, ...]
    by: str


@dataclass(frozen=True, slots=True)
class Draw:
    """The parts of a seed (种子). ``salt`` and ``secret`` are hex; ``commitment`` was logged on ``committed_on``.

    ``public`` is a number drawn in public on ``public_on``, after the ``deadline``; ``seeds`` are the applicants' own, each
    committed to (``seed_commitments``) with the filing. An applicant who does not open a commitment stands last in every tie.
    """

    commitment: str
    committed_on: dt.date
    deadline: dt.date
    salt: str = ""
    secret: str = ""
    public: str = ""
    public_on: dt.date | None = None
    public_source: str = ""
    seeds: Mapping[str, str] = field(default_factory=dict)
    seed_commitments: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> list[Problem]:
        """What is wrong with it: order of dates, an opening that does not fit, nothing that the office cannot choose."""
        found = []
        if self.committed_on >= self.deadline:
            found.append(_order("承诺必须在截止日之前登记", "the commitment must be logged before the deadline"))
        if self.public and (self.public_on is None or self.public_on <= self.deadline):
            found.append(_order("公开号码必须在截止日之后产生", "the public number must be drawn after the deadline"))
        if not self.public and not self.seeds:
            zh, en = "抽签只有本单位的种子; 还要公开号码或申请人的种子", "the office alone would choose: join a public number or seeds of the applicants"  # fmt: skip
            found.append(Problem("A-DRAW-ALONE", zh, en))
        if not _opens(self.commitment, self.salt, self.secret):
            zh, en = "公布的种子与事先登记的承诺不符", "the secret does not open the commitment that was logged"
            found.append(Problem("A-DRAW-OPEN", zh, en, text=self.commitment))
        for name, seed in self.seeds.items():
            if self.seed_commitments.get(name) != seed_commitment(name, seed):
                zh, en = f"{name} 的种子与其申请时的承诺不符", f"the seed of {name} is not the one committed to"
                found.append(Problem("A-DRAW-OPEN", zh, en, text=name))
        return found

    @property
    def seed(self) -> bytes:
        """SHA-256 over all parts. Raises ``KaiwuError`` where ``check`` finds anything."""
        if problems := self.check():
            raise KaiwuError(problems)
        parts = {"label": LABEL, "commitment": self.commitment, "secret": self.secret, "public": self.public, "seeds": dict(self.seeds)}  # fmt: skip
        return hashlib.sha256(canonical_bytes(parts)).digest()

    def numbers(self, applicants: Iterable[str]) -> dict[str, str]:
        """The number of each applicant (签号), lowest first; those who hide their seed come behind everybody."""
        seed = self.seed
        hidden = set(self.seed_commitments) - set(self.seeds)
        return {a: f"{int(a in hidden)}{hashlib.sha256(seed + a.encode()).hexdigest()}" for a in applicants}


def commit_secret(salt: bytes, secret: bytes) -> str:
    """The commitment that the office logs before the deadline."""
    return commit(salt, secret)


def seed_commitment(applicant: str, seed: str) -> str:
    """What an applicant hands in with the filing; the name in it keeps others from copying it."""
    return hashlib.sha256(canonical_bytes({"label": LABEL, "applicant": applicant, "seed": seed})).hexdigest()


def _opens(commitment: str, salt: str, secret: str) -> bool:
    try:
        return commit(bytes.fromhex(salt), bytes.fromhex(secret)) == commitment
    except (ValueError, KaiwuError):
        return False


def _order(zh: str, en: str) -> Problem:
    return Problem("A-DRAW-ORDER", zh, en)
