"""Blocks by local search (局部搜索): counted moves on whole numbers, the same on every machine.

Owns the search: annealing whose moves grow a block by a short path and prune where that passes the budget, drop plots, hand
them over and begin blocks; several starts, the best right plan kept. It promises no optimum; ``block_exact`` proves one on
small cases.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kaiwu.allot.kernel import Whole, draw, draw_patience, kernel, seed_state
from kaiwu.allot.land.block import FREE, BlockCase, BlockPlan, weigh_plan

MOVES_PER_PLOT, LEAST_MOVES, WORK = 1000, 200_000, 1_000_000
"""Moves of one start for each plot, at least, and what small cases spend on several starts; counted, never timed."""
PATH = 6  # plots that one move may add
TRIES = 8  # members looked at before one is pruned
LOG = 128  # changes that one move and its undoing may make
COUNT, SPENT, CHANGES = 0, 1, 2


class Board(NamedTuple):
    """A case and the state of a search as arrays. ``tally`` holds the number of members, their cost, and the changes of
    the present move, which stand in ``log`` as (plot, its label before)."""

    worth: Whole
    cost: Whole
    area: Whole
    movable: Whole
    start: Whole
    neighbour: Whole
    saving: Whole
    label: Whole
    member: Whole
    place: Whole
    held: Whole
    size: Whole
    tally: Whole
    log: Whole
    stamp: Whole
    queue: Whole


def search_blocks(case: BlockCase, seed: int = 1, moves: int | None = None, starts: int | None = None, first: Whole | None = None) -> BlockPlan:  # fmt: skip
    """The best plan of ``starts`` searches of ``moves`` moves each (by default 1000 for each plot, and several starts of a
    small case); ``first`` is a plan to
    begin the first one with, and the result is never worth less."""
    if moves is None:
        moves = max(LEAST_MOVES, MOVES_PER_PLOT * case.count)
        starts = starts or max(WORK // moves, 1)
    starts = starts or 1
    best = np.full(case.count, FREE, dtype=np.int64) if first is None else first.copy()
    worth = weigh_plan(case, best)
    state = seed_state(seed)
    limits = np.array([case.budget, case.least_area, choose_heat(case), _choose_pull(case)], dtype=np.int64)
    for number in range(starts):
        board = lay_board(case, best if first is not None and number == 0 else None)
        found, value = anneal(board, limits, state, moves)
        if value > worth:
            best, worth = found, int(value)
    return BlockPlan(_renumber(best), worth, moves * starts)


def lay_board(case: BlockCase, label: Whole | None = None) -> Board:
    """The board of a case with a plan on it, or with none."""
    n = case.count
    start, neighbour, saving = case.bonus
    board = Board(
        case.worth, case.cost, case.area, case.is_movable, start, neighbour, saving, np.full(n, FREE, dtype=np.int64),
        np.empty(n, dtype=np.int64), np.full(n, FREE, dtype=np.int64), np.zeros(case.most, dtype=np.int64), np.zeros(case.most, dtype=np.int64),
        np.zeros(3, dtype=np.int64), np.zeros((LOG, 2), dtype=np.int64), np.zeros(n + 1, dtype=np.int64), np.empty(n + 1, dtype=np.int64),
    )  # fmt: skip
    if label is not None:
        for plot in np.flatnonzero(label != FREE).tolist():
            attach(board, plot, int(label[plot]))
            board.tally[CHANGES] = 0
    return board


def choose_heat(case: BlockCase) -> int:
    """The first temperature: one and a half times the usual size of a plot's worth."""
    movable = case.worth[case.is_movable != 0]
    return int(min(max(int(np.median(np.abs(movable))) * 3 // 2 if len(movable) else 1, 1), 2**26))


def _choose_pull(case: BlockCase) -> int:
    """What a missing unit of area costs while a block is still too small: twice the mean worth of a unit of area."""
    return int(max(2 * np.abs(case.worth).sum() // max(int(case.area.sum()), 1), 1))


def _renumber(label: Whole) -> Whole:
    """Blocks numbered by their lowest plot, so that equal plans have equal labels."""
    out = np.full_like(label, FREE)
    seen: dict[int, int] = {}
    for plot in np.flatnonzero(label != FREE).tolist():
        out[plot] = seen.setdefault(int(label[plot]), len(seen))
    return out


@kernel
def stays_connected(board: Board, plot: int) -> bool:
    """Whether the block of a plot hangs together without it."""
    label, start, neighbour, stamp, queue = board.label, board.start, board.neighbour, board.stamp, board.queue
    k, wanted, first = label[plot], 0, -1
    for e in range(start[plot], start[plot + 1]):
        if label[neighbour[e]] == k:
            wanted += 1
            first = neighbour[e]
    if wanted <= 1:
        return True
    stamp[-1] += 2
    mark = stamp[-1]  # mark: to be reached; mark + 1: reached
    for e in range(start[plot], start[plot + 1]):
        if label[neighbour[e]] == k:
            stamp[neighbour[e]] = mark
    stamp[first] = stamp[plot] = mark + 1
    wanted -= 1
    queue[0], head, tail = first, 0, 1
    while head < tail:
        p = queue[head]
        head += 1
        for e in range(start[p], start[p + 1]):
            q = neighbour[e]
            if label[q] != k or stamp[q] == mark + 1:
                continue
            if stamp[q] == mark:
                wanted -= 1
                if wanted == 0:
                    return True
            stamp[q] = mark + 1
            queue[tail] = q
            tail += 1
    return False


@kernel
def change_of(board: Board, plot: int, k: int) -> int:
    """What a plot adds to block ``k``."""
    total: int = board.worth[plot]
    for e in range(board.start[plot], board.start[plot + 1]):
        if board.label[board.neighbour[e]] == k:
            total += board.saving[e]
    return total


@kernel
def attach(board: Board, plot: int, k: int) -> int:
    """Add a free plot to a block; the change of worth."""
    change = change_of(board, plot, k)
    tally = board.tally
    board.label[plot] = k
    board.held[k] += board.area[plot]
    board.size[k] += 1
    board.member[tally[COUNT]] = plot
    board.place[plot] = tally[COUNT]
    tally[COUNT] += 1
    tally[SPENT] += board.cost[plot]
    board.log[tally[CHANGES], 0], board.log[tally[CHANGES], 1] = plot, -1
    tally[CHANGES] += 1
    return change


@kernel
def detach(board: Board, plot: int) -> int:
    """Free a plot of a block; the change of worth."""
    k, tally = board.label[plot], board.tally
    board.label[plot] = -1
    board.held[k] -= board.area[plot]
    board.size[k] -= 1
    tally[COUNT] -= 1
    tally[SPENT] -= board.cost[plot]
    last = board.member[tally[COUNT]]
    board.member[board.place[plot]], board.place[last] = last, board.place[plot]
    board.place[plot] = -1
    board.log[tally[CHANGES], 0], board.log[tally[CHANGES], 1] = plot, k
    tally[CHANGES] += 1
    return -change_of(board, plot, k)


@kernel
def take_back(board: Board) -> None:
    """Undo the changes of the present move, the last first."""
    changes = board.tally[CHANGES]
    for back in range(changes):
        plot, k = board.log[changes - 1 - back, 0], board.log[changes - 1 - back, 1]
        if k < 0:
            detach(board, plot)
        else:
            attach(board, plot, k)
    board.tally[CHANGES] = 0


@kernel
def grow(board: Board, plot: int, state: Whole) -> int:
    """Add a path of up to ``PATH`` free plots that leaves a member; the change of worth."""
    k, total = board.label[plot], 0
    for _ in range(1 + draw(state) % PATH):
        degree = board.start[plot + 1] - board.start[plot]
        if degree == 0:
            break
        plot = board.neighbour[board.start[plot] + draw(state) % degree]
        if board.label[plot] >= 0 or board.movable[plot] == 0:
            break
        total += attach(board, plot, k)
    return total


@kernel
def prune(board: Board, budget: int, state: Whole) -> int:
    """Free members until the cost is within the budget, each time the one of ``TRIES`` that loses least for its cost; the
    change of worth. It gives up where none may go."""
    total = 0
    while board.tally[SPENT] > budget and board.tally[CHANGES] < LOG // 3:
        chosen, loss = -1, 0
        for _ in range(TRIES):
            plot = board.member[draw(state) % board.tally[COUNT]]
            lost = change_of(board, plot, board.label[plot])
            if chosen >= 0 and lost * max(board.cost[chosen], 1) >= loss * max(board.cost[plot], 1):
                continue
            if board.cost[plot] > 0 and stays_connected(board, plot):
                chosen, loss = plot, lost
        if chosen < 0:
            break
        total += detach(board, chosen)
    return total


@kernel
def charge(board: Board, least: int, pull: int) -> int:
    """What is charged for blocks that are too small."""
    total = 0
    for k in range(len(board.size)):
        if board.size[k] > 0 and board.held[k] < least:
            total += (least - board.held[k]) * pull
    return total


@kernel
def step(board: Board, budget: int, state: Whole) -> int:
    """One move, not yet accepted; the change of worth."""
    kind = draw(state) % 8
    empty = -1
    for k in range(len(board.size)):
        if board.size[k] == 0:
            empty = k
    if board.tally[COUNT] == 0 or (empty >= 0 and kind == 0):
        plot = draw(state) % len(board.label)
        if empty < 0 or board.label[plot] >= 0 or board.movable[plot] == 0:
            return 0
        return attach(board, plot, empty)
    plot = board.member[draw(state) % board.tally[COUNT]]
    if kind <= 1:
        return detach(board, plot) if stays_connected(board, plot) else 0
    degree = board.start[plot + 1] - board.start[plot]
    if degree > 0 and kind == 2:  # a neighbour of another block comes over
        other = board.neighbour[board.start[plot] + draw(state) % degree]
        if board.label[other] >= 0 and board.label[other] != board.label[plot] and stays_connected(board, other):
            k = board.label[plot]
            change = detach(board, other)
            return change + attach(board, other, k)
        return 0
    return grow(board, plot, state)


@kernel
def anneal(board: Board, limits: Whole, state: Whole, moves: int) -> tuple[Whole, int]:
    """One start from what lies on the board: (best labels, their worth)."""
    budget, least, heat, pull = limits[0], limits[1], limits[2], limits[3]
    value = 0
    for plot in range(len(board.label)):
        if board.label[plot] >= 0:
            value += board.worth[plot]
            for e in range(board.start[plot], board.start[plot + 1]):
                if board.neighbour[e] < plot and board.label[board.neighbour[e]] == board.label[plot]:
                    value += board.saving[e]
    best, best_value = np.full(len(board.label), -1, dtype=np.int64), 0
    charged = charge(board, least, pull)
    for move in range(moves):
        warm = heat * (moves - move) // moves * (moves - move) // moves
        patience = draw_patience(state, warm) if warm > 0 else 0
        board.tally[CHANGES] = 0
        change = step(board, budget, state)
        if board.tally[CHANGES] == 0:
            continue
        if board.tally[SPENT] > budget:
            change += prune(board, budget, state)
        now = charge(board, least, pull)
        # The charge for small blocks rises from nothing to the whole, so that a block may begin anywhere.
        if board.tally[SPENT] > budget or change - (now - charged) * move // moves < -patience:
            take_back(board)
            continue
        value += change
        charged = now
        if value > best_value and charged == 0:
            best_value = value
            best[:] = board.label
    return best, best_value
