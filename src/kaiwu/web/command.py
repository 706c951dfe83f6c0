"""The commands of the platform: ``serve``, ``administrators``, ``worker``, ``backup``, ``restore`` (entry points of ``kaiwu``).

Owns what is said meanwhile. Nothing of Django is imported before a command runs.
"""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from kaiwu.cli.console import Speaker
from kaiwu.cli.option import FILE, speaking, workspace_argument
from kaiwu.procedure import open_workspace
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.web import site

if TYPE_CHECKING:
    from kaiwu.web.account.demo import DemoAccount

PORT = 8765
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _set_up(workspace: Path) -> None:
    """Open the workspace, then Django. Raises ``KaiwuError`` where either is not there."""
    folder = open_workspace(workspace).folder
    try:
        site.set_up(folder.resolve())
    except ModuleNotFoundError as error:
        zh = f"没有安装平台: pip install 'kaiwu[web]'(缺 {error.name}); 只看结果可用 kaiwu browse"
        en = f"the platform is not installed: pip install 'kaiwu[web]' ({error.name} is missing); kaiwu browse shows results without it"
        raise KaiwuError(Problem("W-EXTRA", zh, en)) from error


@click.command()
@workspace_argument
@click.option("--host", default="127.0.0.1", show_default=True, help="监听地址 / address to listen on")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="端口, 0 为任选 / port, 0 for any"
)
@click.option(
    "--demo-accounts",
    "has_demo",
    is_flag=True,
    help="建演示账号并显示口令(仅合成数据) / demo accounts (synthetic data only)",
)
@click.option(
    "--worker/--no-worker", "has_worker", default=True, help="在本进程做后台任务 / do jobs in this process too"
)
@speaking
def serve(workspace: Path, host: str, port: int, has_demo: bool, has_worker: bool, speaker: Speaker) -> None:
    """启动平台: 建表、同步主体库、后台任务、网页。Serve the platform: tables, registry, jobs, pages."""
    _set_up(workspace)
    site.migrate()
    speaker.say("同步主体库", "bringing the registry up to date")
    site.sync_at_start()
    accounts = add_accounts() if has_demo else []
    server = site.make_server(host, port)
    stop = threading.Event()
    if has_worker:
        site.start_worker(stop)
    signal.signal(signal.SIGTERM, _leave)
    url = f"http://{host if ':' not in host else f'[{host}]'}:{server.effective_port}/"
    if speaker.is_json:
        speaker.data(
            {"url": url, "accounts": [{"login": a.login, "password": a.password, "who": a.who} for a in accounts]}
        )
    if accounts and not speaker.is_json:
        show_accounts(accounts, speaker)
    if host not in LOOPBACK:
        zh, en = (
            "对外服务请放在 HTTPS 反向代理之后, 见 docs/operations.md",
            "put it behind an HTTPS proxy: docs/operations.md",
        )
        speaker.say(zh, en)
    speaker.say(f"{url}  (Ctrl+C 结束)", f"{url}  (Ctrl+C to stop)")
    try:
        server.run()
    finally:
        stop.set()


def _leave(*_: Any) -> NoReturn:
    raise SystemExit(0)


def add_accounts() -> list[DemoAccount]:
    """The demo accounts, each with a new password, and work on their desks. Raises ``KaiwuError`` where data are real."""
    from kaiwu.web.account.demo import add_demo_accounts
    from kaiwu.web.play import play

    accounts = add_demo_accounts()
    play()
    return accounts


def show_accounts(accounts: list[DemoAccount], speaker: Speaker) -> None:
    """Logins and passwords of the demo, once."""
    columns = (
        ("谁", "单位", "登录名", "口令") if speaker.language == "zh" else ("who", "organisation", "login", "password")
    )
    rows = [(a.who, a.home, a.login, a.password) for a in accounts]
    title = speaker.pick(
        "演示账号(合成数据; 口令只显示这一次)", "Demo accounts (synthetic data; passwords are shown this once)"
    )
    speaker.table(title, columns, rows)


@click.command()
@workspace_argument
@speaking
def administrators(workspace: Path, speaker: Speaker) -> None:
    """建首批三员账号并显示一次口令; 已有人员的站点不做。The first three administrators, with passwords shown once; not where there are people."""
    _set_up(workspace)
    site.migrate()
    from kaiwu.web.account.first import add_administrators

    made = add_administrators()
    if speaker.is_json:
        speaker.data([{"login": login, "password": password} for login, password in made])
        return
    columns = ("登录名", "初始口令") if speaker.language == "zh" else ("login", "first password")
    speaker.table(speaker.pick("三员(口令只显示这一次)", "Administrators (shown this once)"), columns, made)


@click.command()
@workspace_argument
@speaking
def worker(workspace: Path, speaker: Speaker) -> None:
    """做后台任务, 直到结束信号。Do the platform's jobs until told to stop."""
    _set_up(workspace)
    from kaiwu.web.job.work import work_until

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    speaker.say("等待后台任务 (Ctrl+C 结束)", "waiting for jobs (Ctrl+C to stop)")
    work_until(stop)


@click.command()
@workspace_argument
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--rows",
    "as_rows",
    is_flag=True,
    help="数据库存为可移植的行(换数据库时用) / the database as portable rows, to move to another",
)
@speaking
def backup(workspace: Path, file: Path, as_rows: bool, speaker: Speaker) -> None:
    """备份工作区和数据库到一个文件; 平台可以开着。Back the workspace and the database up into one file; the platform may run."""
    from kaiwu.web.backup import write_backup

    _set_up(workspace)
    made = write_backup(open_workspace(workspace).folder.resolve(), file, as_rows=as_rows)
    if speaker.is_json:
        speaker.data({"file": str(file), "files": made.files, "bytes": made.size, "database": made.database})
    speaker.say(
        f"{file}: {made.files} 个文件, {made.size:,} 字节; 内含密钥, 请加密保管",
        f"{file}: {made.files} files, {made.size:,} bytes; it holds keys: keep it encrypted",
    )


@click.command()
@click.argument("file", type=FILE)
@workspace_argument
@speaking
def restore(file: Path, workspace: Path, speaker: Speaker) -> None:
    """把备份恢复到一个空目录(和设置所指的数据库)。Restore a backup into an empty folder (and the database that the settings name)."""
    from kaiwu.web.backup import restore_backup

    made = restore_backup(file, workspace.resolve())
    if speaker.is_json:
        speaker.data({"workspace": str(workspace), "files": made.files, "database": made.database})
    speaker.say(f"已恢复 {made.files} 个文件到 {workspace}", f"{made.files} files restored into {workspace}")
