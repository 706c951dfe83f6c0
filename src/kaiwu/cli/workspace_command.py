"""The command ``init``: a new workspace with a commented ``kaiwu.toml``.

Owns the template of that file.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from kaiwu.cli.console import Speaker
from kaiwu.cli.option import speaking, workspace_argument
from kaiwu.quantity import KaiwuError, Problem

TEMPLATE = """\
# 工作区配置 / the workspace
[workspace]
zh = {name}
en = {name}
packs = [{packs}]           # 使用的内容包; 其依赖自动带上 / packs in use, with what they depend on
pack_roots = ["packs"]      # 本地内容包目录 / folders of your own packs
synthetic = false           # 合成数据必须写 true / true labels everything as synthetic

# 每个 [[job]] 是一项任务 / one standing task each
# [[job]]
# code = "permu"
# zh = "年度综合评价"
# en = "Yearly evaluation"
# schemes = ["…"]           # kaiwu schemes 列出全部 / “kaiwu schemes” lists them
# population = "firm"
# as_of = 2023-06-30        # 基准日
# rated = 2022              # 评价年度
# purpose = "permu"         # 用途: 数据只在许可的用途内取用 / figures answer only within their purposes
# [[job.changes]]           # 提档、降档: 会议决定, 逐条写明依据和签批人 / signed changes of class
# entity = "…"
# class = "A"
# article = "第十二条"       # 办法允许调档的条款 / an article on which the rulebook lets classes be changed
# signer = "…"
# reason = "…"
# scheme = "…"              # 任务里只有一个评价时可省 / may be left out where the job has one rating
"""


@click.command()
@workspace_argument
@click.option("--pack", "packs", multiple=True, default=("national",), help="内容包, 可多次 / pack, may be repeated")
@speaking
def init(workspace: Path, packs: tuple[str, ...], speaker: Speaker) -> None:
    """建立工作区。Make a workspace: kaiwu.toml, inbox and a folder for your own packs."""
    path = workspace / "kaiwu.toml"
    if path.exists():
        raise KaiwuError(Problem("C-EXISTS", "这里已有工作区", "there is a workspace here already", where=str(path)))
    # A JSON string is a TOML string, whatever quotes stand in it.
    name, listed = (json.dumps(value, ensure_ascii=False) for value in (workspace.resolve().name, list(packs)))
    try:
        for folder in ("inbox", "packs"):
            (workspace / folder).mkdir(parents=True, exist_ok=True)
        path.write_text(TEMPLATE.format(name=name, packs=listed[1:-1]), encoding="utf-8")
    except OSError as error:
        zh, en = f"不能在这里建立工作区: {error.strerror}", f"a workspace cannot be made here: {error.strerror}"
        raise KaiwuError(Problem("C-FOLDER", zh, en, where=str(workspace))) from error
    if speaker.is_json:
        speaker.data({"workspace": str(workspace)})
    speaker.say(f"已建立工作区 {workspace}; 请编辑 kaiwu.toml", f"made the workspace {workspace}; now edit kaiwu.toml")
