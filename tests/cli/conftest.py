"""A run of the small county, a workspace that imports sheets, and a way to call the command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kaiwu.cli.main import main
from kaiwu.identity.uscc import make_uscc
from small_county import CHANGE, make_county

TEMPLATE = """\
import: tax_yearly
zh: 税务年度数据
en: Yearly data of the tax office
entity: {column: [统一社会信用代码], kind: firm, name_column: [企业名称]}
period: {year: 2023}
source: 税务局
status: final
scope: legal_entity
register: true
columns:
  - {head: 实缴税金, variable: tax, unit: 万元}
  - {head: 研发费用, variable: research}
"""


@dataclass(frozen=True)
class Answer:
    """What a call of the command left."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """The one JSON value on standard output."""
        return json.loads(self.out)


Kaiwu = Callable[..., Answer]


@pytest.fixture
def kaiwu() -> Kaiwu:
    """Call the command; an exception that is no exit is raised."""

    def call(*arguments: object, stdin: str | None = None) -> Answer:
        result: Result = CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Answer(result.exit_code, result.stdout, result.stderr)

    return call


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county whose job ran once as number 0001; not to be changed."""
    folder = tmp_path_factory.mktemp("ran")
    make_county(folder, changes=CHANGE)
    assert CliRunner().invoke(main, ["run", str(folder), "--known-at", "2024-06-30", "-q"]).exit_code == 0
    return folder


@pytest.fixture
def own(ran: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(ran, tmp_path / "own"))


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A county with an import template."""
    folder = tmp_path / "bare"
    make_county(folder)
    (folder / "packs/county/imports").mkdir()
    (folder / "packs/county/imports/tax.yaml").write_text(TEMPLATE, encoding="utf-8")
    (folder / "inbox").mkdir()
    return folder


@pytest.fixture
def sheet(bare: Path) -> Callable[..., Path]:
    """Put a department's sheet into the inbox; ``{0}``, ``{1}`` stand for codes of firms."""

    def write(*rows: str) -> Path:
        codes = [make_uscc("9", "1", "330109", f"{i:08d}") for i in range(3)]
        path = bare / "inbox" / "税务年度数据.csv"
        head = "统一社会信用代码,企业名称,实缴税金,研发费用(万元)"
        path.write_text("\n".join([head, *rows]).format(*codes) + "\n", encoding="utf-8-sig")
        return path

    return write
