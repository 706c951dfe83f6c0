"""The alignment of many pairs at once equals the plain recurrence."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kaiwu.identity.linking.encoding import align, count_prefix, encode_texts, find_shared, hash_numbers
from kaiwu.identity.naming.pinyin import sound_out

TEXT = st.text(alphabet="甲乙丙丁戊ab12", max_size=12)


def plain(left: str, right: str) -> int:
    row = [0] * (len(right) + 1)
    for a in left:
        previous = 0
        for j, b in enumerate(right, start=1):
            previous, row[j] = row[j], previous + 1 if a == b else max(row[j], row[j - 1])
    return row[-1]


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=8))
@settings(max_examples=100)
def test_the_common_subsequence_has_the_plain_length(pairs: list[tuple[str, str]]) -> None:
    left, right = encode_texts([a for a, _ in pairs]), encode_texts([b for _, b in pairs])
    assert align(left, right).tolist() == [plain(a, b) for a, b in pairs]
    here, there = find_shared(left, right)
    for row, (a, b) in enumerate(pairs):
        assert here[row, : len(a)].tolist() == [c in b for c in a]
        assert there[row, : len(b)].tolist() == [c in a for c in b]
        assert count_prefix(left, right)[row] == next(
            (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
        )


def test_homophones_sound_alike_and_signs_like_themselves() -> None:
    codes = np.array([ord(c) for c in "股固药耀A"], np.uint32)
    sounds = sound_out(codes)
    assert sounds[0] == sounds[1] and sounds[2] == sounds[3] and sounds[0] != sounds[2]
    assert sounds[4] == ord("A")


def test_numbers_and_ordinals_of_names_are_compared() -> None:
    third, fifth, none, digits, same = hash_numbers(
        encode_texts(["第三磨石", "第五磨石", "三磨石", "磨石12", "石磨12"])
    )
    assert third != fifth
    assert none == 0
    assert digits == same != 0
