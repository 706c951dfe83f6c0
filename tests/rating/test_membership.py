"""Leagues whose members change over the years."""

from __future__ import annotations

import pytest

from district import CATALOGUE
from kaiwu.quantity import KaiwuError
from kaiwu.rating.membership import Move, read_history


def rows(*lines: str) -> list[dict[str, str]]:
    return [dict(zip(("entity", "league", "from", "to"), line.split(","), strict=True)) for line in lines]


HISTORY = read_history(rows("甲,机械,2019,2022", "甲,化工,2023,", "乙,化工,2020,", "丙,纺织,2018,2021"), "leagues.csv")


def test_a_unit_is_in_the_league_of_its_year() -> None:
    assert [HISTORY.league_of("甲", year) for year in (2018, 2019, 2022, 2023, 2030)] == [
        None,
        "机械",
        "机械",
        "化工",
        "化工",
    ]
    assert HISTORY.members(2021) == {"化工": ("乙",), "机械": ("甲",), "纺织": ("丙",)}


def test_who_moved_between_two_years_is_named() -> None:
    assert HISTORY.moves(2021, 2023) == (Move("丙", "纺织", None), Move("甲", "机械", "化工"))
    assert HISTORY.moves(2023, 2023) == ()


def test_a_unit_in_two_leagues_in_one_year_is_refused_at_its_line() -> None:
    with pytest.raises(KaiwuError, match="S-LEAGUE-TWICE") as caught:
        read_history(rows("甲,机械,2019,", "乙,化工,2019,2020", "甲,化工,2023,"), "leagues.csv")
    assert caught.value.problems[0].where == "leagues.csv:4"


def test_one_year_may_not_be_counted_twice_even_in_the_same_league() -> None:
    with pytest.raises(KaiwuError, match="S-LEAGUE-TWICE"):
        read_history(rows("甲,机械,2019,2022", "甲,机械,2022,"))


@pytest.mark.parametrize(
    "line", [",机械,2019,", "甲,,2019,", "甲,机械,,", "甲,机械,19,", "甲,机械,2020,2019", "甲,机械,2019,去年"]
)
def test_a_bad_cell_is_refused(line: str) -> None:
    with pytest.raises(KaiwuError, match="S-LEAGUE-CELL"):
        read_history(rows(line))


def test_who_of_the_population_is_in_no_league_is_named() -> None:
    HISTORY.check_population(2021, ["甲", "乙", "丙"])
    with pytest.raises(KaiwuError, match="S-LEAGUE-NONE") as caught:
        HISTORY.check_population(2023, ["甲", "乙", "丙"])
    assert "丙" in caught.value.problems[0].zh


def test_memberships_become_figures_of_a_category_by_year() -> None:
    variable = CATALOGUE.get("industry")
    assert variable is not None
    table = HISTORY.as_facts(variable, 2023, 3)
    assert table.columns == ["entity", "industry", "industry@-1", "industry@-2"]
    assert table.filter(entity="甲").row(0) == ("甲", 1, 0, 0)
    assert table.filter(entity="丙").row(0) == ("丙", None, None, 2)


def test_a_league_that_the_variable_does_not_know_is_refused() -> None:
    variable = CATALOGUE.get("industry")
    assert variable is not None
    with pytest.raises(KaiwuError, match="S-LEAGUE-VALUE"):
        read_history(rows("甲,食品,2019,")).as_facts(variable, 2023, 1)


def test_every_clash_inside_a_long_membership_is_named() -> None:
    rows = [
        {"entity": "A", "league": "m", "from": "2021", "to": "2024"}, {"entity": "A", "league": "c", "from": "2022", "to": "2022"},
        {"entity": "A", "league": "d", "from": "2023", "to": "2023"},
    ]  # fmt: skip
    with pytest.raises(KaiwuError) as caught:
        read_history(rows, "leagues.csv")
    assert [p.where for p in caught.value.problems] == ["leagues.csv:3", "leagues.csv:4"]
