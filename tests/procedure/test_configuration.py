"""A wrong ``kaiwu.toml`` is refused with the place of every mistake, and nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaiwu.procedure import Workspace, open_workspace
from kaiwu.quantity import KaiwuError

HEAD = '[workspace]\npacks = ["tiny"]\n'
JOB = '[[job]]\ncode = "s"\nschemes = ["strong"]\nas_of = 2024-06-30\nrated = 2023\n'


def open_config(folder: Path, text: str) -> Workspace:
    (folder / "kaiwu.toml").write_text(text, encoding="utf-8")
    return open_workspace(folder)


def test_a_right_configuration_opens(tmp_path: Path) -> None:
    job = open_config(tmp_path, HEAD + JOB).job("s")
    assert (job.schemes, job.rated, job.purpose, job.is_synthetic) == (("strong",), 2023, "s", False)


@pytest.mark.parametrize(
    "text",
    [
        "workspace = 3\n",
        "[workspace]\npacks = 5\n",
        "[workspace]\npacks = [1]\n",
        HEAD + "pack_roots = 3\n",
        HEAD + 'synthetic = "false"\n',
        HEAD + "syntetic = true\n",
        "job = 3\n" + HEAD,
        "job = [1]\n" + HEAD,
        HEAD + JOB.replace("[[job]]", "[job]"),
        HEAD + JOB + JOB,
        HEAD + JOB.replace('"s"', "[1]"),
        HEAD + JOB.replace("2023", '"x"'),
        HEAD + JOB.replace("2023", "2023.7"),
        HEAD + JOB.replace("2023", "0"),
        HEAD + JOB.replace("2024-06-30", "2024-06-30T01:02:03"),
        HEAD + JOB.replace('["strong"]', "[1]"),
        HEAD + JOB + 'population = "xyz"\n',
        HEAD + JOB + "ids = [1]\n",
        HEAD + JOB + "kinds = [[1]]\n",
        HEAD + JOB + "purpose = 2024-01-01\n",
        HEAD + JOB + 'synthetic = "no"\n',
        HEAD + JOB + "changes = 3\n",
    ],
)
def test_a_wrong_configuration_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(KaiwuError) as caught:
        open_config(tmp_path, text)
    assert all(p.zh and p.en and "kaiwu.toml" in p.where for p in caught.value.problems)


def test_all_mistakes_come_in_one_report(tmp_path: Path) -> None:
    with pytest.raises(KaiwuError) as caught:
        open_config(tmp_path, HEAD + "syntetic = true\n" + JOB.replace("2023", '"x"') + "ids = [1]\n")
    assert len(caught.value.problems) == 3
