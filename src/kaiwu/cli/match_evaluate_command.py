"""The command ``match evaluate``: how good retrieval is on one's own judged needs, and whether a stage may be switched on.

Owns arguments and printing. The numbers are ``kaiwu.match.evaluation``.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from kaiwu.cli.console import Speaker
from kaiwu.cli.match_table import invent_data, make_rows, read_data
from kaiwu.cli.option import FILE, packs_option, speaking
from kaiwu.match.encoder_adapter import open_encoder
from kaiwu.match.evaluation import Comparison, Judgements, Row, Variant, compare
from kaiwu.match.evaluation.comparison import grid_settings, text_variant
from kaiwu.match.extraction import extract_need
from kaiwu.match.record import MatchKind
from kaiwu.match.stage import fusion_variant, grant_permit
from kaiwu.match.text import Bm25, FieldText
from kaiwu.pack.library import builtin_packs, open_library
from kaiwu.pack.market_shelf import MarketContent, open_market
from kaiwu.pack.name_shelf import open_grammar
from kaiwu.procedure import open_workspace
from kaiwu.procedure.judgement import read_judgements, write_permit
from kaiwu.procedure.workspace import CONFIG
from kaiwu.quantity import KaiwuError, Problem


@click.command("evaluate")
@click.option("--needs", type=FILE, default=None, help="需求, JSON 行 / needs as JSON lines")
@click.option("--offers", type=FILE, default=None, help="供给, JSON 行 / offers as JSON lines")
@click.option("--judgements", type=FILE, default=None, help="判定: 需求、供给、等级 / grades: need, offer, grade")
@click.option(
    "--table",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=None,
    help="整张指标表: 评测数据文件夹或合成工作区 / the whole table: a folder of data or a synthetic workspace",
)
@click.option("--learnt/--no-learnt", "is_learnt", default=True, help="指标表含学习权重 / learnt weights in the table")
@click.option(
    "--kind",
    type=click.Choice([k.value for k in MatchKind]),
    default=MatchKind.TECHNOLOGY.value,
    show_default=True,
    help="类别 / kind",
)
@click.option(
    "--depth", type=click.IntRange(1, 1000), default=10, show_default=True, help="看前几名 / how many places count"
)
@click.option(
    "--encoder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=None,
    help="编码器文件夹 / folder of an encoder",
)
@click.option(
    "--permit",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="证明更好则写准用文件 / write a permit if proven better",
)
@click.option("--pack", default="market", show_default=True, help="内容包 / pack")
@packs_option
@speaking
def evaluate(
    needs: Path | None, offers: Path | None, judgements: Path | None, table: Path | None, is_learnt: bool, kind: str, depth: int, encoder: Path | None, permit: Path | None, pack: str,
    pack_roots: tuple[Path, ...], speaker: Speaker,
) -> None:  # fmt: skip
    """在本单位的判定数据上评测检索, 决定能否启用加挂环节。Judge retrieval on your own judged needs; decide on stages."""
    if permit is not None and encoder is None:
        zh, en = "准用文件是给编码器的, 请同时写 --encoder", "a permit is for an encoder: give --encoder as well"
        raise KaiwuError(Problem("M-PERMIT-STAGE", zh, en))
    if table is not None:
        print_table(speaker, table, is_learnt)
        return
    if needs is None or offers is None or judgements is None:
        zh = "请给出 --needs、--offers 和 --judgements, 或用 --table 看整张指标表"
        raise KaiwuError(Problem("M-EVALUATE-FILES", zh, "give --needs, --offers and --judgements, or --table"))
    content = open_market(open_library([pack], list(pack_roots) or None))
    judged = read_judgements(needs, offers, judgements)
    settings = content.settings.of(MatchKind(kind))
    base = text_variant(settings)
    choice = compare(judged, [text_variant(s) for s in grid_settings()], depth)
    stages = compare(judged, [base, _extracted(settings, content), *_fused(settings, encoder)], depth)
    if speaker.is_json:
        speaker.data(_data(judged, choice, stages))
    else:
        _print(speaker, choice, stages, depth)
    if permit is not None:
        granted = grant_permit(stages.rows[-1].name, judged, stages.rows[-1].difference)
        write_permit(permit, granted)
        speaker.say(f"已写准用文件 {permit}", f"wrote the permit {permit}")


def print_table(speaker: Speaker, folder: Path, is_learnt: bool) -> None:
    """The whole table of figures for the data of a folder, or for a synthetic workspace."""
    is_workspace = (folder / CONFIG).is_file()
    data = (
        invent_data(open_workspace(folder))
        if is_workspace
        else read_data(folder, open_grammar(open_library(_list_name_packs())))
    )
    rows = make_rows(data, is_learnt=is_learnt)
    if speaker.is_json:
        speaker.data([asdict(row) for row in rows])
        return
    heads = ("指标", "要求", "他处同类数据实测", "本次") if speaker.language == "zh" else ("what", "reach", "measured elsewhere", "this run")  # fmt: skip
    cells = [(speaker.pick(row.zh, row.en), row.reach, row.elsewhere, row.measured) for row in rows]
    speaker.table(speaker.pick(*data.label), heads, cells)
    speaker.say(
        "人工权重由这类开发数据拟合后取整; 学习权重的设置也在同一数据上试过: 都是开发成绩, 不是盲测",
        "the hand weights were rounded from a fit on such development data and the settings of the learnt ones were tried on it: development, not blind",
    )


def _list_name_packs() -> list[str]:
    """The packs that come with Kaiwu and bring words of names: names of a folder of data are read by all of them."""
    return sorted(path.parent.name for path in builtin_packs().glob("*/names"))


def _extracted(settings: Bm25, content: MarketContent) -> Variant:
    """Needs searched as they are in work: without buyers, money and boilerplate."""

    def clean(text: FieldText) -> FieldText:
        return extract_need(text.title, text.body, content.extraction).text

    return text_variant(settings, clean, "extraction")


def _fused(settings: Bm25, encoder: Path | None) -> list[Variant]:
    return [fusion_variant(open_encoder(encoder), settings)] if encoder is not None else []


def _print(speaker: Speaker, choice: Comparison, stages: Comparison, depth: int) -> None:
    speaker.say(
        f"{choice.needs} 个需求, {choice.pairs} 对判定; 只在判定过的对上计分, 未判定的不算错",
        f"{choice.needs} needs, {choice.pairs} judged pairs; only judged pairs score, an unjudged one is not wrong",
    )
    head = (
        ("方法", f"nDCG@{depth}", "bpref", f"前{depth}名已判定", "比第一行", "95%区间", "结论")
        if speaker.language == "zh"
        else ("way", f"nDCG@{depth}", "bpref", f"judged in {depth}", "against row 1", "95% interval", "verdict")
    )
    for title, table in (
        (speaker.pick("检索参数", "settings"), choice),
        (speaker.pick("加挂环节", "stages"), stages),
    ):
        speaker.table(title, head, [_cells(row, speaker, i) for i, row in enumerate(table.rows)], right=(1, 2, 3, 4, 5))
    chosen = ", ".join(dict.fromkeys(choice.nested.chosen))
    speaker.say(
        f"五折嵌套选参(选参时不看留出的需求): nDCG@{depth} = {choice.nested.mean:.4f}; 各折选中: {chosen}",
        f"settings chosen in five folds without the held-out needs: nDCG@{depth} = {choice.nested.mean:.4f}; chosen: {chosen}",
    )


def _cells(row: Row, speaker: Speaker, place: int) -> tuple[str, ...]:
    gap = row.difference
    verdict = (
        ""
        if place == 0
        else speaker.pick("更好", "better")
        if gap.is_better
        else speaker.pick("未证明更好", "not proven better")
    )
    return (
        row.name, f"{row.ndcg:.4f}", f"{row.bpref:.4f}", f"{row.judged:.0%}",
        "" if place == 0 else f"{gap.mean:+.4f}", "" if place == 0 else f"{gap.low:+.4f} … {gap.high:+.4f}", verdict,
    )  # fmt: skip


def _data(judged: Judgements, choice: Comparison, stages: Comparison) -> dict[str, Any]:
    def rows(table: Comparison) -> list[dict[str, Any]]:
        return [
            {
                "name": r.name, "ndcg": round(r.ndcg, 4), "bpref": round(r.bpref, 4), "judged": round(r.judged, 4),
                "difference": round(r.difference.mean, 4), "low": round(r.difference.low, 4), "high": round(r.difference.high, 4),
                "is_better": r.difference.is_better,
            }
            for r in table.rows
        ]  # fmt: skip

    return {
        "needs": choice.needs, "pairs": choice.pairs, "digest": judged.digest, "settings": rows(choice), "stages": rows(stages),
        "nested": {"ndcg": round(choice.nested.mean, 4), "chosen": list(choice.nested.chosen)},
    }  # fmt: skip
