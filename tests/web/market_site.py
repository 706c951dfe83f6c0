"""A workspace with a market, a land round, a review queue and a map of plots, for the pages of these; all of it is invented.

The firm ``MAKER`` makes parts and asks for land; ``OTHER`` is its rival. Run as a program it serves the site from a folder until it is
killed, like ``small_site.py``.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "allot"))

from round_file import FILES, HEAD

from kaiwu.identity import Basis, Batch, Entity, EntityKind, Name, Register, Relation, RelationKind
from kaiwu.identity.linking.answer import Alternative
from kaiwu.match.invitation import Terms
from kaiwu.procedure import open_workspace
from kaiwu.procedure.allot.desk import open_land_desk
from kaiwu.procedure.identity import ReviewItem, ReviewStore
from kaiwu.procedure.market import MarketDesk, hold_round, take_listings
from kaiwu.procedure.market.step_sheet import read_steps
from market_workspace import LEADER, MAKER, OTHER, SHEETS, STEPS, write_market_workspace

if TYPE_CHECKING:
    from kaiwu.web.account.models import Person

DAY, BEFORE, DECIDED = dt.date(2026, 3, 1), dt.date(2025, 7, 1), dt.date(2025, 9, 30)
TOWN = "town:东镇"
FIRMS = {LEADER: "链主公司", MAKER: "压铸甲厂", OTHER: "压铸乙厂"}
DRAWN = 'public_draw: {number: "07 11 18", date: 2025-09-07, source: 公开号码(虚构)}\n'
PLOTS = 6


def make_folder(folder: Path) -> Path:
    """The whole workspace, its round placed and not yet noticed."""
    write_market_workspace(folder)
    (folder / "kaiwu.toml").write_text(
        '[workspace]\nzh = "小市场"\nen = "Small market"\npacks = ["market", "national", "reference/land", "zhejiang"]\nsynthetic = true\n',
        encoding="utf-8",
    )
    _register(folder)
    workspace = open_workspace(folder)
    take_listings(
        workspace, [folder / "inbox" / "market" / name for name in SHEETS], known_at=DAY, day=DAY, synthetic=True
    )
    desk = MarketDesk(workspace, DAY)
    hold_round(desk.funnel, desk.invite(Terms(solver="plain")), event="<专场>", section="产业科", day=DAY, name="L1")
    (folder / "steps.csv").write_text(STEPS, "utf-8")
    desk.funnel.add_steps(read_steps(folder / "steps.csv"))
    candidates = (Alternative(MAKER, "压铸甲厂", 0.8), Alternative(OTHER, "压铸乙厂", 0.6))
    item = ReviewItem(
        0, "压铸厂", "", "", "a.csv:2", candidates, "+ 说过的理由 / said", "hand-1", "2025-01-01T09:00:00"
    )
    ReviewStore(folder / "state.db").add_items([item])
    _place_round(folder)
    (folder / "land").mkdir()
    (folder / "land" / "plots.geojson").write_text(json.dumps(draw_plots()), "utf-8")
    return folder


def _register(folder: Path) -> None:
    register = Register()
    firms = tuple(Entity(code, EntityKind.FIRM, (Name(name),)) for code, name in FIRMS.items())
    town = Entity(TOWN, EntityKind.TOWN, (Name("东镇"),))
    places = (Relation(RelationKind.LOCATED_IN_TOWN, MAKER, TOWN, basis=Basis.REGISTERED),)
    register.append(Batch(dt.date(2024, 1, 1), "test", (*firms, town), places))
    register.save(folder / "register")


def _place_round(folder: Path) -> None:
    """Last year's round tried, this year's placed: P1 (the maker's) is granted, P2 (the rival's) waits."""
    last = HEAD.replace("R1", "R0").replace("2025", "2024")
    for code, head in (("R0", last), ("R1", HEAD + DRAWN)):
        (folder / "rounds" / code).mkdir(parents=True)
        for name, text in {**FILES, "round.yaml": head}.items():
            told = (
                text.replace("20,是,否", "20,否,否")
                .replace("甲项目,甲,", f"甲项目,{MAKER},")
                .replace("乙项目,乙,", f"乙项目,{OTHER},")
            )
            (folder / "rounds" / code / name).write_text(told, encoding="utf-8")
    desk = open_land_desk(open_workspace(folder))
    desk.preview("R0", BEFORE, "officer")
    desk.adopt("R1", BEFORE, "leader")
    desk.commit_seed("R1", BEFORE, "officer")
    desk.run("R1", DECIDED, "officer")


def draw_plots() -> dict[str, Any]:
    """Six squares of 100 m in a row: two low, one of them in a block, one the maker's, one the supply S1."""
    more: list[dict[str, Any]] = [
        {"stage": "一类低效", "way": "整治提升", "block": 1, "cost_wan": 100, "gain_wan": 30}, {"stage": "二类低效"}, {"firm": MAKER, "owner": "压铸甲厂"},
        {"supply": "S1"}, {"stays": True}, {"listed": "missing"},
    ]  # fmt: skip
    features = []
    for i, facts in enumerate(more):
        x, y = 500_000 + 100 * i, 3_340_000
        ring = [[x, y], [x + 100, y], [x + 100, y + 100], [x, y + 100], [x, y]]
        features.append(
            {
                "type": "Feature",
                "properties": {"code": f"H{i}", **facts},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {"type": "FeatureCollection", "datum": "CGCS2000-GK120", "features": features}


def settle(people: dict[str, Person]) -> None:
    """Firms and a town of the workspace in the registry; the clerks and the town of the small site now belong to them."""
    from kaiwu.web.registry.models import Firm, Place

    town, _ = Place.objects.get_or_create(entity=TOWN, defaults={"name": "东镇", "kind": "town"})
    for code, name in FIRMS.items():
        Firm.objects.update_or_create(
            entity=code, defaults={"name": name, "uscc": code, "town": town if code == MAKER else None}
        )
    for login, code in (("clerk01", MAKER), ("clerk02", OTHER)):
        if login in people:
            type(people[login].organisation).objects.filter(pk=people[login].organisation_id).update(entity=code)


def serve(folder: Path) -> None:
    """Serve the site until the process is killed; prints its address."""
    from small_site import add_people

    from kaiwu.web import site

    make_folder(folder)
    site.set_up(folder)
    site.migrate()
    site.sync()
    from kaiwu.web.account.models import Person

    add_people()
    settle({p.login: p for p in Person.objects.select_related("organisation")})
    server = site.make_server("127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
