"""The site over the workspace of ``market_site``, fresh for each test: a copy of the folder, firms of its own, all rolled back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest
from market_site import make_folder, settle


@cache
def template() -> Path:
    """The workspace, made once a process."""
    return make_folder(Path(tempfile.mkdtemp(prefix="kaiwu-market-")) / "w")


@pytest.fixture
def market(db: Path, person: Callable, settings_of: Callable, tmp_path: Path) -> Iterator[Path]:
    """The folder of the workspace that the site serves during the test."""
    from kaiwu.web import workspace

    folder = copytree(template(), tmp_path / "w")
    settings_of(KAIWU_WORKSPACE=folder)
    workspace.forget()
    settle({login: person(login) for login in ("clerk01", "clerk02")})
    _take_town(person("east"))
    yield folder
    workspace.forget()


def _take_town(officer: object) -> None:
    """The town of the small site is that of this workspace; both have the same id."""
    assert officer.organisation.entity == "town:东镇"  # type: ignore[attr-defined]
