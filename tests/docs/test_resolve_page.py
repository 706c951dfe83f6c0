"""Every command of the how-to on resolving a list runs, in the order of the page."""

from __future__ import annotations

import datetime as dt
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from kaiwu.cli.main import main
from kaiwu.identity import Batch, Entity, EntityKind, Name, Register

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "resolve-a-list.md"
FIRM = "91330109MA27XXXX0A"  # the page's, as an id of the register


def test_every_command_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kaiwu.toml").write_text('[workspace]\nzh = "区"\npacks = ["zhejiang"]\n', encoding="utf-8")
    Path("list.csv").write_text(
        "企业名称,地址\n某某,\n杭州某某,\n杭州某某科技有限公司,杭州市萧山区\n", encoding="utf-8"
    )
    Path("facts.csv").write_text("记录,字段,值,来源,日期\nR1,电话,1,税务,2024-01-01\n", encoding="utf-8")
    register = Register()
    names = {FIRM: "杭州某某科技有限公司", "b": "杭州某某机械有限公司", "c": "杭州某某化工股份有限公司"}
    firms = tuple(Entity(i, EntityKind.FIRM, (Name(n),)) for i, n in names.items())
    register.append(Batch(dt.date(2024, 1, 1), "test", firms))
    register.save(tmp_path / "register")
    lines = re.findall(r"^ *kaiwu (resolve .*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) >= 13
    for line in lines:
        done = CliRunner().invoke(main, shlex.split(line.replace("WORKSPACE", ".")))
        is_learning = line.startswith("resolve learn")  # two answers are too few, and that is what it says
        assert done.exit_code == (2 if is_learning else 0), f"{line}\n{done.output}"
        assert not is_learning or "I-FIT-FEW" in done.output
