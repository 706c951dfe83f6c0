"""The command writes a workspace, says how the targets were met, and never writes over one."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from kaiwu.cli.main import main


def call(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["synth", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_it_writes_a_workspace_and_refuses_to_write_it_again(tmp_path: Path) -> None:
    code, out, err = call("xiaoshan", "--firms", 80, "--out", tmp_path / "w", "--json")
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert data["synthetic"] is True
    assert {f["file"] for f in data["files"]} == {p.name for p in (tmp_path / "w" / "inbox").iterdir()}
    before = (tmp_path / "w" / "kaiwu.toml").read_bytes()
    code, _, err = call("xiaoshan", "--firms", 80, "--out", tmp_path / "w")
    assert code == 2
    assert "Y-EXISTS" in err
    assert (tmp_path / "w" / "kaiwu.toml").read_bytes() == before


def test_an_unknown_pack_is_a_located_error_and_writes_nothing(tmp_path: Path) -> None:
    code, _, err = call("nowhere", "--out", tmp_path / "w")
    assert code == 2
    assert "Y-PACK" in err
    assert not (tmp_path / "w").exists()
