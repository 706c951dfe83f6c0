"""The stage of the demo that resolves a dirty list (主体识别): 5,000 synthetic mentions, counted against the planted truth.

Owns what is printed and the list that is written. The list is synthetic and says so.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kaiwu.cli.console import Speaker
from kaiwu.cli.option import now, today
from kaiwu.identity import EntityKind
from kaiwu.identity.linking.answer import Hints, Link, LinkStatus, Mention
from kaiwu.pack.name_shelf import open_grammar
from kaiwu.procedure import Workspace
from kaiwu.procedure.identity import ListResult, ReviewStore, open_resolver, resolve_list
from kaiwu.synth.mention import MentionMaker, PlantedMention

MENTIONS = 5000
SHOWN = 5
FILE = "mentions-synthetic.csv"
STATUS_ZH = {
    LinkStatus.SAME: "同一主体", LinkStatus.FORMER_NAME: "曾用名", LinkStatus.BRANCH_OF: "分支机构", LinkStatus.GROUP_OF: "所在集团",
    LinkStatus.AMBIGUOUS: "待复核", LinkStatus.NONE: "库中没有",
}  # fmt: skip


def resolve_demo(workspace: Workspace, speaker: Speaker, seed: int = 1, count: int = MENTIONS) -> ListResult:
    """Spell, resolve and count a dirty list of a synthetic workspace's firms."""
    firms = list(workspace.register.entities(EntityKind.FIRM))
    planted = MentionMaker(firms, open_grammar(workspace.library), seed).make(count)
    write_list(workspace.folder / FILE, planted)
    resolver = open_resolver(workspace, today())
    store = ReviewStore(workspace.folder / "state.db")
    mentions = [Mention(p.text, Hints()) for p in planted]
    result = resolve_list(resolver, store, mentions, source=FILE, asked_at=now())
    tell_counts(result, planted, speaker)
    tell_queue(store, speaker)
    return result


def write_list(path: Path, planted: Sequence[PlantedMention]) -> None:
    """The list as a clerk would send it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["企业名称", "说明"])
        writer.writerows([p.text, "合成数据"] for p in planted)


def tell_counts(result: ListResult, planted: Sequence[PlantedMention], speaker: Speaker) -> None:
    """One line per status: how many, and how many of them are as planted; the lines sum to the list."""
    right = Counter(link.status for link, p in zip(result.links, planted, strict=True) if is_right(link, p))
    rows = [
        (speaker.pick(STATUS_ZH[status], status.value.replace("_", " ")), number, right[status])
        for status, number in result.count().items()
    ]
    rows.append((speaker.pick("合计", "total"), len(planted), sum(right.values())))
    heads = ("结果", "条数", "与植入一致") if speaker.language == "zh" else ("answer", "mentions", "as planted")
    title = speaker.pick(f"{len(planted)} 条脏名单(合成数据)", f"a dirty list of {len(planted)} (synthetic)")
    speaker.table(title, heads, rows, right=(1, 2))


def is_right(link: Link, planted: PlantedMention) -> bool:
    """Whether an answer is as planted; for a question to a person, whether the right firm stands first."""
    if link.status is LinkStatus.NONE:
        return planted.truth == ""
    if planted.is_branch != (link.status is LinkStatus.BRANCH_OF) and link.is_linked:
        return False
    return link.entity == planted.truth


def tell_queue(store: ReviewStore, speaker: Speaker) -> None:
    """The first items of the review queue."""
    pending = store.pending()
    speaker.say(f"    复核队列 {len(pending)} 项, 前 {min(SHOWN, len(pending))} 项:", f"    review queue: {len(pending)} items, the first {min(SHOWN, len(pending))}:")  # fmt: skip
    for item in pending[:SHOWN]:
        first = item.candidates[0]
        speaker.say(f"    {item.number}. “{item.text}” → {first.name} ({first.weight:.2f})", f"    {item.number}. “{item.text}” → {first.name} ({first.weight:.2f})")  # fmt: skip
