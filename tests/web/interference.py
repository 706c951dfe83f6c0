"""What somebody can see, before and after everything confidential of firm B has changed: ``interference.py FOLDER``.

Prints one JSON object: for each viewer how many addresses were seen, and those whose answers differ. The clock stands still.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parent.parent)]
from full_site import A, B, addresses, crawl, fill  # noqa: E402
from small_site import add_people, make_site_folder  # noqa: E402

VIEWERS = ("clerk01", "west", "taxman", "")
"""The firm A, its town, a department that is given nothing of B, a stranger."""
OF_B = (f"/firm/{B}/", f"/case/?q={B}", f"/dispute/?q={B}", f"/search/?q={B}")
"""Pages that show B to an officer: they must differ, or nothing was changed."""


def main(folder: Path) -> None:
    make_site_folder(folder)
    from kaiwu.web import site

    site.set_up(folder)
    from django.conf import settings
    from django.utils import timezone

    moment = timezone.now()
    timezone.now = lambda: moment
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    site.migrate()
    site.sync()
    add_people()
    keys = fill()
    starts = [url for owner in (A, B, "") for url in addresses(keys[owner])] + keys["codes"][:1]
    words = [f"/{code}/?q={word}" for code in ("firm", "case", "sheet", "dispute") for word in (B, "改")]
    starts += ["/", f"/search/?q={B}", "/search/?q=改", *words]
    before = {login: look(login, starts) for login in VIEWERS} | {"officer": see("officer", OF_B)}
    change_everything()
    after = {login: look(login, starts) for login in VIEWERS} | {"officer": see("officer", OF_B)}
    told = {
        login: {
            "seen": len(before[login]), "opened": sum(body.startswith(b"200") for body in before[login].values()),
            "differ": sorted(u for u in before[login].keys() | after[login].keys() if before[login].get(u) != after[login].get(u)),
        }
        for login in before
    }  # fmt: skip
    print(json.dumps(told))


def enter(login: str) -> Client:
    from django.test import Client

    from kaiwu.web.account.models import Person

    client = Client(HTTP_HOST="localhost")
    if login:
        client.force_login(Person.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend")
    return client


def look(login: str, starts: list[str]) -> dict[str, bytes]:
    """Everything within reach, but the page of a key that is drawn anew for every session."""
    return crawl(enter(login), [url for url in starts if url != "/account/totp/"])


def see(login: str, urls: tuple[str, ...]) -> dict[str, bytes]:
    """Some pages, as they are."""
    client = enter(login)
    return {url: client.get(url).content for url in urls}


def change_everything() -> None:
    """Names, figures, cases, files, disputes, sheets, events and people of B; a further case."""
    from kaiwu.figure import make_figures
    from kaiwu.web.account.models import Organisation, Person
    from kaiwu.web.case.models import Case, CaseFile
    from kaiwu.web.case.services import open_case
    from kaiwu.web.evaluation.models import Dispute, Sheet
    from kaiwu.web.event.services import Actor
    from kaiwu.web.registry.models import Firm
    from kaiwu.web.workspace import forget, workspace
    from small_county import figure

    rows = [figure(B, code, 777_777_777, source="改后来源") for code in ("turnover", "tax", "research")]
    workspace().figures.append(make_figures(rows), dt.date.today(), "改后批次")
    forget()
    firm = Firm.objects.get(entity=B)
    Firm.objects.filter(pk=firm.pk).update(name="改名后的公司", former_names="改前的名字", is_above_scale=True)
    Case.objects.filter(firm=firm).update(title="改后的标题", fields='{"text": "改后的内容"}', due=dt.date(2020, 1, 1))
    CaseFile.objects.filter(case__firm=firm).update(name="改后.pdf", size=9)
    Dispute.objects.filter(sheet__firm=firm).update(
        claimed="999万元", reason="改后的理由", state="rejected", town_note="改"
    )
    Sheet.objects.filter(firm=firm).update(state="settled", answered_by="改")
    Organisation.objects.filter(entity=B).update(name="改名后的机构")
    Person.objects.filter(organisation__entity=B).update(name="改名后的人")
    open_case(Actor("clerk02", "clerk", B), "request", firm=firm, fields={"theme": "用地用房", "text": "改后的又一件"})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
