"""A small synthetic district with its year of vouchers, written and played as the demo does."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from kaiwu.ledger.log import make_key, write_key
from kaiwu.procedure import Workspace, open_workspace
from kaiwu.procedure.claim import Case, Desk
from kaiwu.synth import make_district, open_calibration, write_workspace
from kaiwu.synth.voucher import VoucherYear
from kaiwu.synth.voucher_file import make_voucher_year
from kaiwu.synth.voucher_setting import open_voucher_plan
from kaiwu.synth.voucher_year import YearPlay, YearReport

PACK = "xiaoshan"
FIRMS = 60
WAN = 1_000_000
CAP = 800 * WAN
POT = 25_000 * WAN


@dataclass(frozen=True)
class Played:
    """A played year: the desk, what was made, what came of it, and the claims in the order of filing."""

    workspace: Workspace
    desk: Desk
    year: VoucherYear
    play: YearPlay
    report: YearReport

    @property
    def cases(self) -> list[Case]:
        """All claims, in order."""
        return self.play.cases()

    @property
    def folder(self) -> Path:
        """The folder of the workspace."""
        return self.workspace.folder


def make_year(firms: int, seed: int) -> VoucherYear:
    """The claims of a year without their files."""
    plan = open_voucher_plan(PACK)
    assert plan is not None
    return make_voucher_year(make_district(open_calibration(PACK), firms, seed), plan)


def write_year(folder: Path, firms: int = FIRMS, seed: int = 1) -> VoucherYear:
    """A workspace with the files of a year; of the policies only one, for the sake of time."""
    opened = open_calibration(PACK)
    calibration = replace(opened, settings=replace(opened.settings, policies=("national",)))
    written = write_workspace(make_district(calibration, firms, seed), folder, vouchers=open_voucher_plan(PACK))
    assert written.vouchers is not None
    return written.vouchers


def fix_secrets(folder: Path) -> None:
    """A known key and salt, so that one play can be compared with another."""
    vault = open_workspace(folder).witness.vault
    vault.mkdir(parents=True, exist_ok=True)
    (vault / "salt.bin").write_bytes(bytes(range(32)))
    write_key(vault, make_key("synthetic-district", bytes(32)))


def play_year(folder: Path, year: VoucherYear) -> Played:
    """Play the year under a known key and salt."""
    fix_secrets(folder)
    workspace = open_workspace(folder)
    play = YearPlay(Desk(folder, workspace.library), year, folder)
    return Played(workspace, play.desk, year, play, play.play())


def copy_files(source: Path, target: Path) -> None:
    """A workspace as it was written, without what was played."""
    shutil.copytree(
        source,
        target,
        ignore=shutil.ignore_patterns("state.db*", "log", "secret", "evidence", "*银行*"),
    )
