"""Claims assessed together (批量核定): the same answers as one by one in the order of filing, in a few settlements of all.

Owns what each claim of a queue sees of those before it. Its first guess is that nobody before it was granted anything; all are
settled at once, and again those for whom the guess was wrong, until every claim was decided by what the ones before it really got.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kaiwu.pack import Library
from kaiwu.pack.programme import Programme
from kaiwu.procedure.claim.assessment import Asked, Candidate, PaidIndex, decide_claims, is_waiting
from kaiwu.procedure.claim.case import Case
from kaiwu.quantity import KaiwuError

Advance = Callable[[Case, list[Candidate]], Case | None]
"""The case after its assessment with these candidates, or None where it is refused."""


def decide_queue(
    library: Library, programme: Programme, queue: Sequence[Case], *, others: Sequence[Case], available: int, waiting: Mapping[str, int],
    paid: PaidIndex, advance: Advance,
) -> list[list[Candidate] | KaiwuError]:  # fmt: skip
    """What the clauses grant each claim of a queue, where each stands behind those before it.

    ``others``: all claims of the firms of the queue, itself included; ``available``: what the ledger has for the pot (fen), of
    which ``waiting`` awards by claim are promised and not yet held.
    """
    line = _Line(queue, others, available, waiting)
    seen: list[Any] = [None] * len(queue)
    while True:
        asked = line.stand()
        changed = [i for i, one in enumerate(asked) if seen[i] != line.key(one)]
        if not changed:
            return decide_claims(library, programme, asked, paid)
        answers = decide_claims(library, programme, [asked[i] for i in changed], paid, with_words=False)
        for i, answer in zip(changed, answers, strict=True):
            seen[i] = line.key(asked[i])
            line.after[i] = None if isinstance(answer, KaiwuError) else advance(queue[i], answer)


class _Line:
    """The queue with what each claim is thought to get."""

    def __init__(
        self, queue: Sequence[Case], others: Sequence[Case], available: int, waiting: Mapping[str, int]
    ) -> None:
        self.queue, self.available, self.waiting = queue, available, waiting
        self.after: list[Case | None] = [None] * len(queue)
        self.by_firm: dict[str, dict[str, Case]] = defaultdict(dict)
        for case in others:
            self.by_firm[case.firm][case.number] = case
        self.queued = {case.number for case in queue}

    def stand(self) -> list[Asked]:
        """Every claim with what those before it leave."""
        current = {firm: dict(cases) for firm, cases in self.by_firm.items()}
        waiting, total = dict(self.waiting), sum(self.waiting.values())
        asked = []
        for case, after in zip(self.queue, self.after, strict=True):
            own = current[case.firm]
            left = self.available - total + waiting.get(case.number, 0)
            asked.append(Asked(case, tuple(own.values()), max(left, 0)))
            if after is not None:
                own[case.number] = after
                amount = after.amount if is_waiting(after) else 0
                total += amount - waiting.get(case.number, 0)
                waiting[case.number] = amount
        return asked

    def key(self, one: Asked) -> tuple[Any, ...]:
        """All that may differ from one guess to the next."""
        return one.left, tuple((c.number, c.state, c.award) for c in one.own if c.number in self.queued)
