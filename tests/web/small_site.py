"""The site of the small county: two towns, one run, one account of every kind.

Run as a program it serves that site from a folder until it is killed: ``small_site.py FOLDER`` prints the address. The clock of
the served site goes by the file ``FOLDER/days``: so many days later than today.
"""

from __future__ import annotations

import datetime as dt
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from kaiwu.identity import Basis, Batch, Entity, EntityKind, Name, Register, Relation, RelationKind
from kaiwu.procedure import open_workspace
from small_county import FIRMS, make_county, run_county

TOWNS = ("东镇", "西镇")
PASSWORD = "a long enough pass phrase"


def add_towns(folder: Path) -> None:
    """Two towns; firms with an even number lie in the first, the others in the second."""
    register = Register.load(folder / "register")
    towns = tuple(Entity(id=f"town:{t}", kind=EntityKind.TOWN, names=(Name(t),)) for t in TOWNS)
    places = tuple(
        Relation(RelationKind.LOCATED_IN_TOWN, f, f"town:{TOWNS[i % 2]}", basis=Basis.REGISTERED)
        for i, f in enumerate(FIRMS)
    )
    register.append(Batch(dt.date(2024, 1, 2), "test", towns, places))
    register.save(folder / "register")


PROGRAMME = """\
programme: award_claim
zh: 研发补助兑付
en: Claims of the research grant
rulebook: award
clauses: [b1]
pot: {code: award_pot, year: 2099, amount: 1000万元, article: 第四条}
funds: [{code: county, zh: 县级财政, en: county treasury, level: county, year: 2099, share: 100%, budget: 1000万元, article: 第四条}]
invoices: {required: false}
materials: [{code: audit, zh: 研发费用专项审计报告, en: audit of research, kind: other, article: 第五条}]
checks: [{check: outside_validity, severity: blocks}]
stages:
  - {code: section, zh: 科室审核, en: check by the section, kind: approval, role: 科室, article: 第六条}
  - {code: notice, zh: 公示, en: public notice, kind: notice, role: 经信局, article: 第六条}
  - {code: treasury, zh: 国库支付, en: payment, kind: treasury, role: 国库, article: 第六条}
notice: {days: 5, count: working, article: 第六条}
"""


def make_site_folder(folder: Path) -> Path:
    """The small county with towns, the procedures of the province, a programme of claims and one run of its job."""
    make_county(folder)
    (folder / "packs" / "county" / "programmes").mkdir()
    (folder / "packs" / "county" / "programmes" / "award.yaml").write_text(PROGRAMME, encoding="utf-8")
    add_towns(folder)
    config = folder / "kaiwu.toml"
    config.write_text(
        config.read_text(encoding="utf-8").replace('["county"]', '["county", "zhejiang"]'), encoding="utf-8"
    )
    run_county(open_workspace(folder))
    return folder


def add_people() -> None:
    """One account of every kind, all with the same pass phrase."""
    from kaiwu.web.account.role import OrganisationKind, Role
    from kaiwu.web.account.services import add_organisation, add_person
    from kaiwu.web.event.services import SYSTEM

    homes = {
        "bureau": add_organisation(SYSTEM, "bureau", "经信局", OrganisationKind.BUREAU),
        "tax": add_organisation(SYSTEM, "tax", "税务局", OrganisationKind.DEPARTMENT),
        **{
            f"town:{t}": add_organisation(SYSTEM, f"town:{t}", t, OrganisationKind.TOWN, entity=f"town:{t}")
            for t in TOWNS
        },
        **{f: add_organisation(SYSTEM, f, f, OrganisationKind.FIRM, entity=f) for f in FIRMS[:4]},
    }
    people = [
        ("officer", "bureau", Role.OFFICER), ("chief", "bureau", Role.CHIEF), ("auditor", "bureau", Role.AUDIT),
        ("system", "bureau", Role.SYSTEM), ("security", "bureau", Role.SECURITY), ("taxman", "tax", Role.DEPARTMENT),
        ("east", "town:东镇", Role.TOWN), ("west", "town:西镇", Role.TOWN),
        *((f"clerk{f[1:]}", f, Role.CLERK) for f in FIRMS[:4]),
    ]  # fmt: skip
    for login, home, role in people:
        add_person(SYSTEM, login, login, homes[home], (role,), PASSWORD, must_change=False)


def serve(folder: Path) -> None:
    """Make the site in a folder and serve it, with a worker, until the process is killed."""
    from kaiwu.web import site

    make_site_folder(folder)
    site.set_up(folder)
    turn_clock(folder / "days")
    site.migrate()
    site.sync()
    add_people()
    from kaiwu.web.job.work import work_until

    threading.Thread(target=work_until, args=(threading.Event(),), daemon=True).start()
    server = site.make_server("127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


def turn_clock(file: Path) -> None:
    """Let the site believe that it is so many days later as the file says."""
    from django.utils import timezone

    real = timezone.now

    def later() -> dt.datetime:
        return real() + dt.timedelta(days=int(file.read_text()) if file.is_file() else 0)

    timezone.now = later


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
