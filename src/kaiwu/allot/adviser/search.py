"""A plan by local search (局部搜索): counted moves on whole numbers, the same on every machine.

Owns the search: it begins with the best value first and anneals; a move gives an applicant another option, puts out whoever
stands in its way, and looks for another place for them. It promises no optimum; ``bound`` says how far it can be.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kaiwu.allot.adviser.case import NONE, AdviceCase, Plan
from kaiwu.allot.kernel import Whole, draw, draw_patience, kernel, seed_state

MOVES = 1_000_000
"""Moves of a search; the work is counted, never timed."""
HEATS = (4, 1, 2)
"""The first temperature of each start: the middle half of all values, divided by this."""
TRIES = 6  # options or holders looked at
FILLS = 3  # applicants drawn after a move for what it left
MOST_OUT = 8  # applicants that one move may put out


class Table(NamedTuple):
    """A case and the state of a search as arrays. ``holder`` (resources, applicants) lists the entries of use that hold a resource, ``place`` where each
    stands in it, ``log`` the changes of the present move as (applicant, option before); ``log[-1, 0]`` counts."""

    start: Whole
    value: Whole
    use: Whole
    resource: Whole
    amount: Whole
    rest: Whole
    owner: Whole
    chosen: Whole
    holder: Whole
    held: Whole
    place: Whole
    log: Whole


def search_plan(case: AdviceCase, seed: int = 1, moves: int = MOVES, starts: int = 1, first: Whole | None = None) -> Plan:  # fmt: skip
    """The best plan of ``starts`` searches of ``moves`` moves, each with another temperature; ``first`` is a plan that the
    first one begins with, and the result is never worth less."""
    best, worth = np.full(case.applicants, NONE, dtype=np.int64), 0
    state = seed_state(seed)
    order = np.lexsort((np.arange(len(case.value)), -case.value)).astype(np.int64)
    low, high = np.percentile(case.value, [25, 75]).astype(np.int64) if len(case.value) else (0, 0)
    for number in range(starts if len(case.value) else 0):
        table = lay_table(case)
        if first is not None and number == 0:
            for a in np.flatnonzero(first != NONE).tolist():
                put(table, a, int(first[a]))
        else:
            fill(table, order)
        heat = int(min(max((high - low) // HEATS[number % len(HEATS)], 1), 2**26))
        found, value = anneal(table, state, heat, moves)
        if value > worth:
            best, worth = found, int(value)
    return Plan(best, worth, moves * starts)


def lay_table(case: AdviceCase) -> Table:
    """An empty table of a case."""
    n = case.applicants
    return Table(
        case.start, case.value, case.use, case.resource, case.amount, case.capacity.copy(), np.repeat(np.arange(n), np.diff(case.start)),
        np.full(n, NONE, dtype=np.int64), np.empty((len(case.capacity), n), dtype=np.int64), np.zeros(len(case.capacity), dtype=np.int64),
        np.zeros(len(case.resource), dtype=np.int64), np.zeros((4 * MOST_OUT + 16, 2), dtype=np.int64),
    )  # fmt: skip


@kernel
def put(table: Table, applicant: int, option: int) -> int:
    """Give an applicant an option, or with -1 take theirs; the change of value."""
    before = table.chosen[applicant]
    change = 0
    if before >= 0:
        change -= table.value[before]
        for e in range(table.use[before], table.use[before + 1]):
            r = table.resource[e]
            table.rest[r] += table.amount[e]
            table.held[r] -= 1
            last = table.holder[r, table.held[r]]
            table.holder[r, table.place[e]] = last
            table.place[last] = table.place[e]
    if option >= 0:
        change += table.value[option]
        for e in range(table.use[option], table.use[option + 1]):
            r = table.resource[e]
            table.rest[r] -= table.amount[e]
            table.holder[r, table.held[r]] = e
            table.place[e] = table.held[r]
            table.held[r] += 1
    table.chosen[applicant] = option
    at = table.log[-1, 0]
    table.log[at, 0], table.log[at, 1] = applicant, before
    table.log[-1, 0] = min(at + 1, len(table.log) - 2)
    return change


@kernel
def has_room(table: Table, option: int) -> bool:
    """Whether an option fits in what is left."""
    for e in range(table.use[option], table.use[option + 1]):
        if table.rest[table.resource[e]] < table.amount[e]:
            return False
    return True


@kernel
def fill(table: Table, order: Whole) -> None:
    """Give options in an order to whoever has none yet and where they fit."""
    for k in range(len(order)):
        a = table.owner[order[k]]
        if table.chosen[a] < 0 and has_room(table, order[k]):
            put(table, a, order[k])


@kernel
def settle(table: Table, applicant: int, state: Whole) -> int:
    """Give an applicant the best of ``TRIES`` drawn options that fit; the change of value."""
    count = table.start[applicant + 1] - table.start[applicant]
    chosen = -1
    for _ in range(min(TRIES, count)):
        option = table.start[applicant] + draw(state) % count
        if (chosen < 0 or table.value[option] > table.value[chosen]) and has_room(table, option):
            chosen = option
    return put(table, applicant, chosen) if chosen >= 0 else 0


@kernel
def make_room(table: Table, owner_of_entry: Whole, option: int, out: Whole, state: Whole) -> tuple[int, int]:
    """Put out holders, of those drawn the ones that lose least for what they free: (number put out or -1, change)."""
    count, change = 0, 0
    for e in range(table.use[option], table.use[option + 1]):
        r = table.resource[e]
        while table.rest[r] < table.amount[e]:
            if table.held[r] == 0 or count >= MOST_OUT:
                return -1, change
            best = -1
            for _ in range(TRIES):
                other = table.holder[r, draw(state) % table.held[r]]
                if best < 0:
                    best = other
                    continue
                mine, theirs = table.value[owner_of_entry[other]], table.value[owner_of_entry[best]]
                if mine * table.amount[best] < theirs * table.amount[other]:
                    best = other
            a = table.owner[owner_of_entry[best]]
            change += put(table, a, -1)
            out[count] = a
            count += 1
    return count, change


@kernel
def anneal(table: Table, state: Whole, heat: int, moves: int) -> tuple[Whole, int]:
    """Anneal from what lies on the table: (best options, their value)."""
    owner_of_entry = np.empty(len(table.resource), dtype=np.int64)  # the option that an entry of use belongs to
    value = 0
    for option in range(len(table.value)):
        for e in range(table.use[option], table.use[option + 1]):
            owner_of_entry[e] = option
        if table.chosen[table.owner[option]] == option:
            value += table.value[option]
    best, best_value = table.chosen.copy(), value
    out = np.empty(MOST_OUT, dtype=np.int64)
    for move in range(moves):
        warm = heat * (moves - move) // moves * (moves - move) // moves
        patience = draw_patience(state, warm) if warm > 0 else 0
        option = draw(state) % len(table.value)
        a = table.owner[option]
        if table.chosen[a] == option:
            continue
        table.log[-1, 0] = 0
        change = put(table, a, -1) if table.chosen[a] >= 0 else 0
        count, moved = make_room(table, owner_of_entry, option, out, state)
        change += moved
        if count >= 0:
            change += put(table, a, option)
            for k in range(count):
                change += settle(table, out[k], state)
            for _ in range(FILLS):  # what was freed may do for somebody small
                b = draw(state) % len(table.chosen)
                if table.chosen[b] < 0:
                    change += settle(table, b, state)
        if count < 0 or change < -patience:
            for back in range(table.log[-1, 0]):
                k = table.log[-1, 0] - 1 - back
                undo(table, table.log[k, 0], table.log[k, 1])
            continue
        value += change
        if value > best_value:
            best_value = value
            best[:] = table.chosen
    return best, best_value


@kernel
def undo(table: Table, applicant: int, option: int) -> None:
    """Put back an option without noting it."""
    count = table.log[-1, 0]
    a, b = table.log[count, 0], table.log[count, 1]
    put(table, applicant, option)
    table.log[-1, 0] = count
    table.log[count, 0], table.log[count, 1] = a, b
