"""The command ``synth``: a workspace with a synthetic district, ready to be imported like any other.

Owns arguments and the summary. What is made is ``kaiwu.synth``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kaiwu.cli.console import Speaker
from kaiwu.cli.option import packs_option, speaking
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.synth import Calibration, Written, make_district, open_calibration, write_workspace
from kaiwu.synth.voucher_setting import open_voucher_plan


@click.command()
@click.argument("pack")
@click.option("--firms", type=int, default=None, help="企业数, 缺省按标定 / number of firms, by default as calibrated")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="随机种子 / seed")
@click.option(
    "--out", "-o", type=click.Path(path_type=Path, file_okay=False), required=True, help="工作区 / workspace to write"
)
@click.option("--with-mistakes", is_flag=True, help="另写一张错误示例 / also a sheet with planted mistakes")
@click.option("--vouchers", "has_vouchers", is_flag=True, help="另合成一年的券申报 / also a year of voucher claims")
@packs_option
@speaking
def synth(
    pack: str,
    firms: int | None,
    seed: int,
    out: Path,
    with_mistakes: bool,
    has_vouchers: bool,
    pack_roots: tuple[Path, ...],
    speaker: Speaker,
) -> None:
    """合成一个区: 按公开数据标定, 写出部门会报送的 Excel, 处处标明合成数据。

    Make a synthetic district: calibrated, as the Excel files that departments would send, labelled synthetic everywhere.
    """
    calibration = open_calibration(pack, pack_roots)
    district = make_district(calibration, firms or calibration.settings.base.firms, seed)
    vouchers = open_voucher_plan(pack, pack_roots) if has_vouchers else None
    if has_vouchers and vouchers is None:
        zh, en = (
            f"内容包“{pack}”没有 voucher.yaml, 不能合成一年的券",
            f"pack “{pack}” has no voucher.yaml: it knows no year of vouchers",
        )
        raise KaiwuError(Problem("Y-VOUCHERS", zh, en))
    with speaker.progress("合成", "synthesising") as bar:

        def advance(name: str, total: int) -> None:
            bar.update(bar.task_ids[0], description=name, total=total, advance=1)

        written = write_workspace(
            district, out, roots=pack_roots, with_mistakes=with_mistakes, vouchers=vouchers, progress=advance
        )
    report_synthesis(written, calibration, speaker)


def report_synthesis(written: Written, calibration: Calibration, speaker: Speaker) -> None:
    """Print what was written and how the targets were met."""
    unmet = [row for row in written.comparison if not row.is_met]
    if speaker.is_json:
        speaker.data(_summary(written))
        return
    columns = [speaker.pick("目标", "target"), speaker.pick("折算", "scaled"), speaker.pick("结果", "achieved"), ""]
    rows = [[speaker.pick(r.target.zh, r.target.en), f"{r.scaled:,.4g} {r.unit}", f"{r.achieved:,.4g} {r.unit}", "" if r.is_met else "✗"]
            for r in written.comparison]  # fmt: skip
    if not speaker.is_quiet:
        speaker.table(f"{calibration.settings.zh} · {calibration.settings.name.label}", columns, rows, right=(1, 2))
    for pack, reason in written.left_out.items():
        speaker.say(f"未能载入, 没有申报: {pack} — {reason}", f"does not load, no declarations: {pack} — {reason}")
    speaker.say(
        f"已写 {written.folder}: {len(written.books)} 个文件, {written.rows} 行, 缺 {written.missing:.1%} 的格, {len(unmet)} 个目标未达到",
        f"wrote {written.folder}: {len(written.books)} files, {written.rows} rows, {written.missing:.1%} of the cells empty, {len(unmet)} targets missed",
    )


def _summary(written: Written) -> dict[str, Any]:
    return {
        "synthetic": True,
        "workspace": str(written.folder),
        "files": [{"file": b.file, "rows": b.rows} for b in written.books],
        "rows": written.rows,
        "missing": round(written.missing, 4),
        "packs": list(written.packs),
        "left_out": written.left_out,
        "targets": [{"code": r.target.code, "scaled": r.scaled, "achieved": r.achieved, "unit": r.unit, "met": r.is_met} for r in written.comparison],
    }  # fmt: skip
