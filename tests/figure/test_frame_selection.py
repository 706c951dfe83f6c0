"""For every cell the one figure answers that may; what is missing stays missing."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.figure.declaration import load_variables
from kaiwu.figure.figure import PERIOD_PATTERNS, STORED_SCHEMA, make_figures, stamp_figures
from kaiwu.figure.frame import Slot, build_frame
from kaiwu.figure.store import FigureStore
from kaiwu.figure.variable import PeriodType
from kaiwu.quantity import KaiwuError
from kaiwu.quantity.period import Period, PeriodKind
from kaiwu.table import parse_document

PACK = """
variables:
  revenue: {zh: 营业收入, en: revenue, kind: money, unit: 万元, bound: [0元, 1亿元]}
  credit: {zh: 信用等级, en: credit, kind: category, values: [A, B, C], purposes: [permu]}
  staff: {zh: 职工人数, en: staff, kind: count, unit: 人, bound: [0, 1000], period: point}
  output: {zh: 月产值, en: output, kind: money, unit: 万元, bound: [0元, 1亿元], period: month}
  founded: {zh: 成立日期, en: founded, kind: date, period: constant}
  label: {zh: 称号, en: label, kind: text, period: constant}
"""
VARIABLES = {v.code: v for v in load_variables(parse_document(PACK))}
REVENUE, STAFF, FOUNDED = (VARIABLES[code] for code in ("revenue", "staff", "founded"))
THIS_YEAR = (Slot(REVENUE),)
KNOWN = dt.date(2025, 6, 1)
AS_OF = dt.date(2024, 12, 31)


def row(value, known_at=KNOWN, batch=1, **keys):
    base = {"entity": "E1", "variable": "revenue", "period": "2024", "value": value, "source": "S"}
    return base | keys | {"known_at": known_at, "batch": batch}


def stored(*rows):
    """Stored figures, each row a batch of its own order."""
    frames = []
    for i, each in enumerate(rows):
        plain = {k: v for k, v in each.items() if k not in ("known_at", "batch")}
        stamped = stamp_figures(make_figures([plain]), each["batch"], each["known_at"])
        frames.append(stamped.with_columns(figure=pl.lit(f"{each['batch']}#{i + 1}")))
    return pl.concat(frames) if frames else pl.DataFrame(schema=STORED_SCHEMA)


def build(rows, slots=THIS_YEAR, entities=("E1",), **keys):
    asked = {"rated": 2024, "as_of": AS_OF, "known_at": KNOWN, "purpose": "permu"} | keys
    figures = rows if isinstance(rows, pl.DataFrame) else stored(*rows)
    return build_frame(figures, pl.DataFrame({"entity": list(entities)}), list(slots), **asked)


def cell(rows, slot="revenue", **keys):
    return build(rows, **keys).table[slot].to_list()[0]


def withheld(rows, **keys):
    return build(rows, **keys).withheld.select("slot", "reason", "figure").rows()


def test_a_missing_figure_is_null_and_a_zero_is_zero():
    frame = build([row(0, entity="E2")], entities=("E2", "E1"))
    assert frame.table.rows() == [("E1", None), ("E2", 0)]
    assert frame.table.schema == {"entity": pl.String, "revenue": pl.Int64}


def test_a_yearly_slot_reads_its_year_exactly():
    rows = [row(4), row(3, period="2023"), row(1, period="2021")]
    frame = build(rows, slots=[Slot(REVENUE), Slot(REVENUE, -1), Slot(REVENUE, -2), Slot(REVENUE, 1)])
    assert frame.table.rows() == [("E1", 4, 3, None, None)]
    assert frame.slots == ("revenue", "revenue@-1", "revenue@-2", "revenue@+1")


def test_the_figure_recorded_last_answers():
    rows = [row(1, dt.date(2025, 3, 1)), row(2, dt.date(2025, 2, 1), 2), row(3, dt.date(2025, 7, 1), 3)]
    assert cell(rows) == 1
    assert cell(rows, known_at=dt.date(2025, 7, 1)) == 3
    assert cell(rows, known_at=dt.date(2025, 1, 1)) is None


def test_a_later_record_beats_an_earlier_final_one():
    assert cell([row(1, dt.date(2025, 2, 1), status="final"), row(2, dt.date(2025, 3, 1), 2, status="flash")]) == 2


@pytest.mark.parametrize(("winner", "loser"), [("final", "revised"), ("revised", "flash"), ("final", "flash")])
def test_on_one_day_the_more_final_status_answers(winner, loser):
    assert cell([row(1, status=winner, batch=1), row(2, status=loser, batch=2)]) == 1
    assert cell([row(2, status=loser, batch=1), row(1, status=winner, batch=2)]) == 1


def test_on_one_day_and_status_the_later_batch_answers():
    assert cell([row(1, batch=10), row(2, batch=9)]) == 1


def test_a_consolidated_figure_never_answers_for_a_legal_entity():
    assert cell([row(9, scope="group")]) is None
    assert withheld([row(9, scope="group")]) == [("revenue", "scope", "1#1")]
    assert cell([row(1, dt.date(2025, 1, 1)), row(9, batch=2, scope="group")]) == 1


def test_a_figure_outside_its_purposes_is_not_given():
    rows = [row(9, purposes="credit, policy")]
    assert cell(rows) is None and withheld(rows) == [("revenue", "purpose", "1#1")]
    assert cell(rows, purpose="policy") == 9
    assert cell(rows, purpose="") is None


def test_a_variable_outside_its_purposes_is_not_given():
    rows, slots = [row(1, variable="credit")], [Slot(VARIABLES["credit"])]
    assert cell(rows, "credit", slots=slots) == 1
    assert cell(rows, "credit", slots=slots, purpose="policy") is None
    assert withheld(rows, slots=slots, purpose="policy") == [("credit", "purpose", "1#1")]


def test_part_of_a_year_never_answers_for_the_year():
    rows = [row(9, period="2024-01..06")]
    assert cell(rows) is None and withheld(rows) == [("revenue", "period", "1#1")]
    assert withheld([row(9, period="2023Q1")]) == []
    assert withheld([row(9, period="2024-01..06"), row(1, batch=2)]) == []


def test_a_withdrawn_figure_leaves_the_cell_empty():
    rows = [row(9, dt.date(2025, 1, 1)), row(None, batch=2)]
    assert cell(rows) is None and withheld(rows) == [("revenue", "withdrawn", "2#2")]
    assert cell([*rows, row(8, batch=3)]) == 8


def test_a_point_in_time_reads_the_latest_state_by_the_date():
    rows = [
        row(1, variable="staff", period="2024-03-31"),
        row(2, dt.date(2025, 1, 1), variable="staff", period="2024-12-31"),
        row(3, variable="staff", period="2025-01-01"),
        row(4, variable="staff", period="2023-05-01"),
    ]
    slots = [Slot(STAFF), Slot(STAFF, -1), Slot(STAFF, -2)]
    assert build(rows, slots=slots).table.rows() == [("E1", 2, 4, None)]
    assert cell(rows, "staff", slots=slots, as_of=dt.date(2024, 12, 30)) == 1


def test_a_point_later_than_the_date_is_told_only_where_nothing_answers():
    later = row(3, variable="staff", period="2025-01-01")
    assert withheld([later], slots=[Slot(STAFF)]) == [("staff", "period", "1#1")]
    assert withheld([later, row(1, variable="staff", period="2024-01-01")], slots=[Slot(STAFF)]) == []


def test_a_constant_answers_in_every_year():
    rows = [row(7, variable="founded", period="")]
    assert build(rows, slots=[Slot(FOUNDED), Slot(FOUNDED, -1)]).table.rows() == [("E1", 7, 7)]
    assert build(rows, slots=[Slot(FOUNDED), Slot(FOUNDED, -1)]).sources.height == 2


def test_a_monthly_slot_needs_its_month():
    slots = [Slot(VARIABLES["output"]), Slot(VARIABLES["output"], -1)]
    rows = [row(6, variable="output", period="2024-06"), row(5, variable="output", period="2023-06")]
    with pytest.raises(KaiwuError, match="F-FRAME-PERIOD"):
        build(rows, slots=slots)
    assert build(rows, slots=slots, periods=[Period(PeriodKind.MONTH, 2024, 6)]).table.rows() == [("E1", 6, 5)]


def test_years_at_other_prices_than_the_newest_are_not_given():
    slots = [Slot(REVENUE), Slot(REVENUE, -1), Slot(REVENUE, -2)]
    rows = [
        row(4),
        row(3, period="2023", price_basis="constant:2020"),
        row(2, period="2022", price_basis="current"),
    ]
    frame = build(rows, slots=slots)
    assert frame.table.rows() == [("E1", 4, None, 2)]
    assert frame.withheld.rows() == [("E1", "revenue@-1", "price_basis", "1#2")]


def test_a_frame_names_the_figure_behind_every_cell():
    (source,) = build([row(4, unit="万元", place="B7", synthetic=True)]).sources.to_dicts()
    assert source == {
        "entity": "E1", "slot": "revenue", "figure": "1#1", "period": "2024", "value": 4, "unit": "万元",
        "source": "S", "place": "B7",
        "standing": "attested", "status": "final", "scope": "legal_entity", "synthetic": True,
        "known_at": KNOWN,
    }  # fmt: skip


def test_entities_outside_the_population_are_left_out():
    assert build([row(4, entity="E0"), row(5)]).table.rows() == [("E1", 5)]


@pytest.mark.parametrize("entities", [("E1", "E1"), ("E1", ""), ("E1", None)])
def test_a_population_lists_each_entity_once(entities):
    with pytest.raises(KaiwuError, match="F-FRAME-POPULATION"):
        build([row(1)], entities=entities)


def test_text_cannot_be_asked_for():
    with pytest.raises(KaiwuError, match="F-FRAME-TEXT"):
        build([], slots=[Slot(VARIABLES["label"])])


def test_a_slot_is_asked_for_once():
    with pytest.raises(KaiwuError, match="F-FRAME-SLOT"):
        build([], slots=[Slot(REVENUE), Slot(REVENUE)])


def test_an_empty_population_and_no_slots_give_an_empty_frame():
    assert build([row(1)], entities=()).table.height == 0
    assert build([row(1)], slots=()).table.columns == ["entity"]


def test_fresh_figures_answer_without_a_store():
    figures = make_figures([{"entity": "E1", "variable": "revenue", "period": "2024", "value": 3, "source": "S"}])
    frame = build(figures)
    assert frame.table["revenue"].to_list() == [3] and frame.sources["figure"].to_list() == ["0#1"]


def test_a_store_frames_the_last_full_year_unless_told(tmp_path):
    store = FigureStore(tmp_path)
    rows = [{"entity": "E1", "variable": "revenue", "period": str(y), "value": y, "source": "S"} for y in (2023, 2024)]
    store.append(make_figures(rows), KNOWN, "a")
    population = pl.DataFrame({"entity": ["E1"]})
    assert store.frame(population, [REVENUE], AS_OF, KNOWN).table["revenue"].to_list() == [2024]
    assert store.frame(population, [REVENUE], dt.date(2024, 12, 30), KNOWN).rated == 2023
    assert store.frame(population, [REVENUE], AS_OF, KNOWN, rated=2023).table["revenue"].to_list() == [2023]


ROWS = st.builds(
    row,
    value=st.integers(0, 9) | st.none(),
    known_at=st.sampled_from([dt.date(2025, 5, 31), KNOWN, dt.date(2025, 6, 2)]),
    batch=st.integers(1, 3),
    entity=st.sampled_from(["E1", "E2", "E3"]),
    variable=st.sampled_from(["revenue", "staff", "founded"]),
    period=st.sampled_from(["2024", "2023", "2024-06", "2024-06-30", "2024-12-31", "2025-01-01", "2023-01-01", ""]),
    scope=st.sampled_from(["legal_entity", "legal_entity", "legal_entity", "group"]),
    purposes=st.sampled_from(["", "", "permu", "credit"]),
    status=st.sampled_from(["flash", "revised", "final"]),
    price_basis=st.sampled_from(["", "", "", "current", "constant"]),
)
SLOTS = [Slot(v, o) for v in (REVENUE, STAFF, FOUNDED) for o in (0, -1)]


def answer_plainly(figures, entity, slot):
    """The rules of precedence, one cell at a time: the figure that answers, or None."""
    wanted = {"revenue": str(2024 + slot.offset), "founded": ""}.get(slot.variable.code)
    last = f"{2024 + slot.offset}-12-31"

    def may(f):
        fits = f["period"] == wanted if wanted is not None else len(f["period"]) == 10 and f["period"] <= last
        lawful = f["purposes"] in ("", "permu") and f["scope"] == "legal_entity" and f["known_at"] <= KNOWN
        return fits and lawful and f["entity"] == entity and f["variable"] == slot.variable.code

    def rank(f):
        day = f["period"] if slot.variable.period is PeriodType.POINT else ""
        number = int(f["figure"].split("#")[1])
        return day, f["known_at"], ["flash", "revised", "final"].index(f["status"]), f["batch"], number

    best = max(filter(may, figures), key=rank, default=None)
    return best if best and best["value"] is not None else None


def answer_all_plainly(figures, entities):
    cells = {}
    for entity in entities:
        for variable in (REVENUE, STAFF, FOUNDED):
            found = {o: answer_plainly(figures, entity, Slot(variable, o)) for o in (0, -1)}
            newest = next((f for o in (0, -1) if (f := found[o])), None)
            for offset, f in found.items():
                same = f and (f["price_basis"] or "current") == (newest["price_basis"] or "current")
                cells[entity, Slot(variable, offset).name] = f["figure"] if same else None
    return cells


@settings(max_examples=80, deadline=None)
@given(st.lists(ROWS, max_size=25))
def test_every_cell_is_answered_as_the_plain_rules_say(rows):
    figures = stored(*rows)
    frame = build(figures, slots=SLOTS, entities=("E1", "E2"))
    wanted = {k: v for k, v in answer_all_plainly(figures.to_dicts(), ("E1", "E2")).items() if v}
    traced = {(s["entity"], s["slot"]): s["figure"] for s in frame.sources.to_dicts()}
    assert traced == wanted
    values = dict(figures.select("figure", "value").rows())
    long = frame.table.unpivot(index="entity", variable_name="slot").drop_nulls()
    assert {(e, s): v for e, s, v in long.rows()} == {k: values[f] for k, f in wanted.items()}


@settings(max_examples=30, deadline=None)
@given(st.lists(ROWS, max_size=20), st.randoms(use_true_random=False))
def test_input_order_changes_nothing(rows, random):
    figures = stored(*rows)
    order = random.sample(range(len(rows)), len(rows))
    one = build(figures, slots=SLOTS, entities=("E1", "E2"))
    two = build(figures[order], slots=SLOTS, entities=("E2", "E1"))
    assert one.digest() == two.digest()
    assert one.sources.equals(two.sources) and one.withheld.equals(two.withheld)


@settings(max_examples=10, deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=20))
def test_a_store_answers_as_a_table_does_before_and_after_compaction(tmp_path_factory, rows):
    store = FigureStore(tmp_path_factory.mktemp("s"))
    for i, each in enumerate(sorted(rows, key=lambda r: r["known_at"])):
        plain = {k: v for k, v in each.items() if k not in ("known_at", "batch")}
        store.append(make_figures([plain]), each["known_at"], f"{i}")
    table = build(store.scan(None, KNOWN), slots=SLOTS, entities=("E1", "E2"))
    for _ in range(2):
        frame = build_frame(
            store,
            pl.DataFrame({"entity": ["E1", "E2"]}),
            SLOTS,
            rated=2024,
            as_of=AS_OF,
            known_at=KNOWN,
            purpose="permu",
        )
        assert frame.digest() == table.digest() and frame.sources.equals(table.sources)
        assert frame.withheld.equals(table.withheld)
        store.compact()


def test_every_period_type_has_its_pattern():
    assert set(PERIOD_PATTERNS) == set(PeriodType)
