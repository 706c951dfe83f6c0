"""Bringing a site up (站点启动): settings, tables, registry, server.

Owns the order of the steps that ``kaiwu serve`` takes. Imports Django only when called.
"""

from __future__ import annotations

import os
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

SETTINGS = "kaiwu.web.setting"
THREADS = 8
QUIET = timedelta(seconds=10)
"""After a start, so that the first pages have the processor."""


def set_up(workspace: Path) -> None:
    """Tell Django which workspace this is and load the apps. Raises ``KaiwuError`` for wrong settings."""
    os.environ["KAIWU_WORKSPACE"] = str(workspace)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()


def migrate() -> None:
    """Bring the tables to this version."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def sync() -> dict[str, int]:
    """Bring the registry and the rows of runs to what the workspace knows today."""
    from django.utils import timezone

    from kaiwu.web.claim.services import keep_claims
    from kaiwu.web.event.services import SYSTEM
    from kaiwu.web.registry.services import sync_registry
    from kaiwu.web.run.services import keep_rows

    counts = sync_registry(SYSTEM, timezone.localdate())
    return {**counts, "run": keep_rows(SYSTEM), "claim": keep_claims(SYSTEM)}


def sync_at_start() -> None:
    """Sync at once where the registry is empty; otherwise ask a worker for it, so that the first page does not wait."""
    from kaiwu.web.event.services import SYSTEM
    from kaiwu.web.job.services import ask
    from kaiwu.web.registry.models import Firm

    if Firm.objects.exists():
        ask(SYSTEM, "sync", "同步主体库", {}, after=QUIET)
    else:
        sync()


def start_worker(stop: threading.Event) -> threading.Thread:
    """Do jobs in a thread of this process until told to stop."""
    from kaiwu.web.job.work import work_until

    thread = threading.Thread(target=work_until, args=(stop,), name="worker", daemon=True)
    thread.start()
    return thread


def make_server(host: str, port: int) -> Any:
    """A WSGI server of this process that is ready to run; ``effective_port`` tells the port."""
    from django.conf import settings
    from waitress.server import create_server

    from kaiwu.web.environment import MEBIBYTE
    from kaiwu.web.wsgi import application

    return create_server(
        application, host=host, port=port, threads=THREADS, ident="kaiwu",
        clear_untrusted_proxy_headers=not settings.KAIWU_PROXY_HOPS,
        max_request_body_size=settings.KAIWU_UPLOAD_BYTES + 2 * MEBIBYTE,
    )  # fmt: skip
