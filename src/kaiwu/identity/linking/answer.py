"""The answer to a mention (认定结果): who is meant, who else might be, why, and how sure.

Owns these values. They are made by ``resolver``; the sentences are ``evidence``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kaiwu.identity.linking.evidence import Evidence, Grounds, tell_evidence
from kaiwu.quantity.problem import Problem


class LinkStatus(StrEnum):
    """How a mention stands to the entity that it names (关系)."""

    SAME = "same"  # 同一主体
    FORMER_NAME = "former_name"  # 曾用名
    BRANCH_OF = "branch_of"  # 其分支机构; never the parent itself
    GROUP_OF = "group_of"  # 其所在集团; 集团 is not 股份
    AMBIGUOUS = "ambiguous"  # 待人工复核
    NONE = "none"  # 库中没有


@dataclass(frozen=True, slots=True)
class Hints:
    """What else is known of a mention (线索); blank where it is not."""

    code: str = ""  # unified social credit code
    place: str = ""  # address or part of one


@dataclass(frozen=True, slots=True)
class Mention:
    """A name as somebody wrote it (提及), with hints."""

    text: str
    hints: Hints = field(default_factory=Hints)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Somebody who may be meant (备选): the name by which it was found, and the weight of it."""

    entity: str
    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Link:
    """Who is meant by a mention (链接).

    ``entity`` is blank for ``none``; for ``branch_of`` and ``group_of`` it is the firm to which the mentioned one belongs
    or that belongs to it; ``group`` is then the group of that firm in the register, blank where it has none. ``weight`` is the share of true links among answers like this one, as far as the ranker's is.
    """

    mention: Mention
    status: LinkStatus
    entity: str = ""
    weight: float = 0.0
    alternatives: tuple[Alternative, ...] = ()
    said: tuple[Evidence, ...] = ()  # by the code and the kind of relation
    grounds: Grounds | None = field(default=None, repr=False)  # what was measured
    problems: tuple[Problem, ...] = ()
    group: str = ""

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Why, in sentences with a sign (证据); put into words only when asked for."""
        return (*self.said, *(tell_evidence(self.grounds) if self.grounds else ()))

    @property
    def is_linked(self) -> bool:
        """Whether the link holds without a person."""
        return self.status not in (LinkStatus.AMBIGUOUS, LinkStatus.NONE)
