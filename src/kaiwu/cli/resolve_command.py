"""The commands ``resolve …``: from names as they were written to entities, the review queue, and learning from its answers.

Owns arguments and printing. The work is ``kaiwu.procedure.identity``.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import click

from kaiwu.cli.console import EXIT_BAD_INPUT, Speaker
from kaiwu.cli.option import FILE, Day, now, speaking, today, workspace_option
from kaiwu.cli.resolve_demo import STATUS_ZH
from kaiwu.identity import check_uscc
from kaiwu.identity.history import EventKind, Fact, IdentityEvent, Survivor
from kaiwu.identity.linking.answer import Hints, Link
from kaiwu.procedure import Workspace, open_workspace
from kaiwu.procedure.identity import (
    ReviewItem,
    ReviewStore,
    answer_item,
    learn,
    list_touched,
    open_history,
    open_resolver,
    read_facts,
    read_mentions,
    record_event,
    resolve_list,
    survive,
)
from kaiwu.procedure.identity.review import NOBODY

NONE_WORD = "none"


@click.group("resolve")
def resolve_group() -> None:
    """主体识别: 名单、单个名称、代码、复核、学习、合并与拆分。Who is meant: lists, names, codes, the review queue, learning, mergers and splits."""


@resolve_group.command("list")
@click.argument("file", type=FILE)
@workspace_option
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), help="写成 CSV / write as CSV")
@speaking
def resolve_file(file: Path, workspace: Path, output: Path | None, speaker: Speaker) -> None:
    """识别一份名单: 链接、待复核、库中没有。Resolve a list: links, questions for a person, none."""
    opened = open_workspace(workspace)
    resolver = open_resolver(opened, today())
    result = resolve_list(resolver, _store(opened), read_mentions(file), source=file.name, asked_at=now())
    if output is not None:
        write_links(output, result.links, opened.names(today()))
    if speaker.is_json:
        speaker.data([_plain(link) for link in result.links])
        return
    rows = [(speaker.pick(STATUS_ZH[s], s.value), n) for s, n in result.count().items()]
    rows.append((speaker.pick("合计", "total"), len(result.links)))
    heads = ("结果", "条数") if speaker.language == "zh" else ("answer", "mentions")
    speaker.table(file.name, heads, rows, right=(1,))
    for row, link in enumerate(result.links, start=1):
        for problem in link.problems:
            speaker.say(f"{file.name}:{row} {problem}", f"{file.name}:{row} {problem}")
    speaker.say(f"新增复核 {len(result.asked)} 项", f"{len(result.asked)} new questions in the queue")


@resolve_group.command("name")
@click.argument("text")
@click.option("--code", default="", help="统一社会信用代码 / unified social credit code")
@click.option("--place", default="", help="地址 / address")
@workspace_option
@speaking
def resolve_name(text: str, code: str, place: str, workspace: Path, speaker: Speaker) -> None:
    """识别一个名称并说明理由。Resolve one name and say why."""
    opened = open_workspace(workspace)
    resolver = open_resolver(opened, today())
    link = resolver.resolve(text, Hints(code, place))
    if speaker.is_json:
        speaker.data(_plain(link))
        return
    names = opened.names(today())
    named = f"{link.entity} {names.get(link.entity, '')}".strip()
    speaker.say(f"{STATUS_ZH[link.status]} {named} {link.weight:.3f}", f"{link.status.value} {named} {link.weight:.3f}")
    for told in link.evidence:
        speaker.say(f"  {'-0+'[told.sign + 1]} {told.zh}", f"  {'-0+'[told.sign + 1]} {told.en}")
    for problem in link.problems:
        speaker.say(f"  {problem.zh}", f"  {problem.en}")
    for other in link.alternatives:
        speaker.say(
            f"  备选 {other.entity} {other.name} {other.weight:.3f}",
            f"  or {other.entity} {other.name} {other.weight:.3f}",
        )


@resolve_group.command("code")
@click.argument("codes", nargs=-1, required=True)
@speaking
def check_codes(codes: tuple[str, ...], speaker: Speaker) -> None:
    """校验统一社会信用代码, 有误时给出可能的改正。Check credit codes; a wrong one comes with its likely repair."""
    results = [check_uscc(code) for code in codes]
    if speaker.is_json:
        speaker.data(
            [
                {"code": r.code, "valid": r.valid, "suggestion": r.suggestion, "problem": str(r.problem or "")}
                for r in results
            ]
        )
    for result in results:
        said = ("有效", "valid") if result.problem is None else (result.problem.zh, result.problem.en)
        speaker.say(f"{result.code} {said[0]}", f"{result.code} {said[1]}")
    if not all(r.valid for r in results):
        raise SystemExit(EXIT_BAD_INPUT)


@resolve_group.command("review")
@workspace_option
@click.option("--number", type=int, help="只看这一项 / this item only")
@speaking
def review(workspace: Path, number: int | None, speaker: Speaker) -> None:
    """复核队列: 等人回答的提及和候选。The review queue: mentions that wait for a person, with candidates."""
    pending = [i for i in _store(open_workspace(workspace)).pending() if number in (None, i.number)]
    if speaker.is_json:
        speaker.data([_plain_item(item) for item in pending])
        return
    speaker.say(f"{len(pending)} 项待复核", f"{len(pending)} items wait")
    for item in pending:
        speaker.say(f"{item.number}. “{item.text}” {item.code} {item.place} ({item.source})".replace("  ", " "), f"{item.number}. “{item.text}” {item.code} {item.place} ({item.source})".replace("  ", " "))  # fmt: skip
        for candidate in item.candidates:
            line = f"   {candidate.entity} {candidate.name} {candidate.weight:.2f}"
            speaker.say(line, line)


@resolve_group.command("answer")
@click.argument("number", type=int)
@click.argument("entity")
@click.option("--by", required=True, help="谁回答的 / who answers")
@click.option("--note", default="", help="说明 / note")
@workspace_option
@speaking
def answer(number: int, entity: str, by: str, note: str, workspace: Path, speaker: Speaker) -> None:
    """回答一项复核: 主体编号, 或 none 表示库中没有。Answer an item: an entity's id, or none."""
    opened = open_workspace(workspace)
    meant = NOBODY if entity == NONE_WORD else entity
    kept = answer_item(opened, _store(opened), number, meant, by=by, answered_at=now(), note=note)
    speaker.say(f"第 {kept.item} 项: {entity}, {by}", f"item {kept.item}: {entity}, by {by}")


@resolve_group.command("learn")
@workspace_option
@speaking
def learn_weights(workspace: Path, speaker: Speaker) -> None:
    """用复核结论学习权重(需要 kaiwu[match])。Learn weights from the answers (needs kaiwu[match])."""
    opened = open_workspace(workspace)
    model = learn(opened, open_resolver(opened, today()), _store(opened))
    speaker.say(f"已学习: {model.version}", f"learnt: {model.version}")


@resolve_group.command("event")
@click.argument("kind", type=click.Choice([k.value for k in EventKind]))
@click.argument("entity", required=False, default="")
@click.option(
    "--other", "others", multiple=True, help="并入的主体, 或拆出的新编号 / entities merged, or the new id of a split"
)
@click.option("--record", "records", multiple=True, help="记录 / record")
@click.option("--undoes", type=int, help="撤销哪一事件 / number of the event undone")
@click.option("--by", required=True, help="谁决定的 / who decides")
@click.option("--day", type=Day(), default=None, help="哪一天 / day")
@click.option("--reason", default="", help="理由 / reason")
@workspace_option
@speaking
def add_event(
    kind: str, entity: str, others: tuple[str, ...], records: tuple[str, ...], undoes: int | None, by: str, day: dt.date | None,
    reason: str, workspace: Path, speaker: Speaker,
) -> None:  # fmt: skip
    """登记认定、合并、拆分或撤销(只增不改); 主体库随之更新, 下次测算即生效。Record an assertion, merger, split or undoing; the register is told, and the next run sees it."""
    on = day or today()
    opened = open_workspace(workspace)
    event = record_event(
        opened,
        _store(opened),
        lambda number: IdentityEvent(number, EventKind(kind), by, on, entity, others, records, undoes, reason),
    )
    speaker.say(f"第 {event.number} 号事件", f"event {event.number}")


@resolve_group.command("history")
@workspace_option
@speaking
def show_history(workspace: Path, speaker: Speaker) -> None:
    """列出主体事件, 被撤销的也在内。List the identity events, undone ones among them."""
    history = open_history(opened := open_workspace(workspace), _store(opened))
    if speaker.is_json:
        speaker.data([{**_plain_event(e), "holds": e.number not in history.undone} for e in history.events])
        return
    heads = ("序号", "事件", "主体", "其他主体", "记录", "谁", "哪天", "效力") if speaker.language == "zh" else ("no.", "event", "entity", "others", "records", "by", "day", "holds")  # fmt: skip
    held = {True: speaker.pick("有效", "yes"), False: speaker.pick("已撤销", "undone")}
    rows = [
        (e.number, e.kind.value, e.entity, "、".join(e.others), "、".join(e.records), e.by, e.day, held[e.number not in history.undone])
        for e in history.events
    ]  # fmt: skip
    speaker.table(speaker.pick("主体事件", "identity events"), heads, rows, right=(0,))


@resolve_group.command("survive")
@click.argument("file", type=FILE)
@click.option("--source", "sources", multiple=True, help="来源, 最可信的在前, 可多次 / sources, the most trusted first")
@workspace_option
@speaking
def survive_command(file: Path, sources: tuple[str, ...], workspace: Path, speaker: Speaker) -> None:
    """一主体多条记录时每个字段取哪个值: 先看来源次序, 再看日期; 落选的也列出。Which value holds for each field: by sources, then by day; what loses is told."""
    opened = open_workspace(workspace)
    found = survive(read_facts(file), open_history(opened, _store(opened)), sources)
    if speaker.is_json:
        speaker.data({entity: [_plain_survivor(s) for s in survivors] for entity, survivors in found.items()})
        return
    heads = ("主体", "字段", "取值", "来源", "日期", "落选") if speaker.language == "zh" else ("entity", "field", "value", "source", "day", "beaten")  # fmt: skip
    rows = [
        (entity, s.field, s.fact.value, s.fact.source, s.fact.day, "; ".join(f"{f.value}({f.source} {f.day})" for f in s.beaten))
        for entity, survivors in found.items()
        for s in survivors
    ]  # fmt: skip
    speaker.table(speaker.pick("字段取值", "values that hold"), heads, rows)


@resolve_group.command("touched")
@click.argument("entity")
@workspace_option
@speaking
def list_touched_command(entity: str, workspace: Path, speaker: Speaker) -> None:
    """新主体入库后哪些已问过的名称可能改判, 其余不受影响。Which mentions asked before may be answered otherwise since an entity came; no others."""
    opened = open_workspace(workspace)
    opened.register.entity(entity)
    items = list_touched(open_resolver(opened, today()), _store(opened), entity)
    if speaker.is_json:
        speaker.data([_plain_item(item) for item in items])
        return
    speaker.say(f"可能改判 {len(items)} 项", f"{len(items)} items may be answered otherwise")
    for item in items:
        speaker.say(f"{item.number}. {item.text} ({item.source})", f"{item.number}. {item.text} ({item.source})")


def write_links(path: Path, links: Sequence[Link], names: dict[str, str]) -> None:
    """Links as a CSV with the sentences of their evidence."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["名称", "结果", "主体", "主体名称", "权重", "理由", "问题"])
        for link in links:
            told = "; ".join(f"{'-0+'[e.sign + 1]}{e.zh}" for e in link.evidence)
            problems = "; ".join(p.zh for p in link.problems)
            writer.writerow(
                [
                    link.mention.text,
                    STATUS_ZH[link.status],
                    link.entity,
                    names.get(link.entity, ""),
                    f"{link.weight:.3f}",
                    told,
                    problems,
                ]
            )


def _store(workspace: Workspace) -> ReviewStore:
    return ReviewStore(workspace.folder / "state.db")


def _plain(link: Link) -> dict[str, object]:
    return {
        "mention": link.mention.text, "status": link.status.value, "entity": link.entity, "group": link.group, "weight": round(link.weight, 4),
        "alternatives": [{"entity": a.entity, "name": a.name, "weight": round(a.weight, 4)} for a in link.alternatives],
        "evidence": [{"sign": e.sign, "zh": e.zh, "en": e.en} for e in link.evidence],
        "problems": [{"code": p.code, "zh": p.zh, "en": p.en} for p in link.problems],
    }  # fmt: skip


def _plain_event(event: IdentityEvent) -> dict[str, object]:
    return {
        "number": event.number, "kind": event.kind.value, "by": event.by, "day": event.day, "entity": event.entity, "others": list(event.others),
        "records": list(event.records), "undoes": event.undoes, "reason": event.reason,
    }  # fmt: skip


def _plain_survivor(survivor: Survivor) -> dict[str, object]:
    def plain(fact: Fact) -> dict[str, object]:
        return {"record": fact.record, "value": fact.value, "source": fact.source, "day": fact.day}

    return {"field": survivor.field, **plain(survivor.fact), "beaten": [plain(f) for f in survivor.beaten]}


def _plain_item(item: ReviewItem) -> dict[str, object]:
    return {
        "number": item.number, "mention": item.text, "code": item.code, "place": item.place, "source": item.source,
        "candidates": [{"entity": c.entity, "name": c.name, "weight": round(c.weight, 4)} for c in item.candidates],
        "said": item.said,
    }  # fmt: skip
