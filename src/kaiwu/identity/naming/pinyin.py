"""How a name sounds (拼音): one number per toneless syllable, so that homophones compare as equal.

Owns the table of syllables, made with pypinyin (MIT) when first asked for. A character of several sounds has the commonest;
what is no Chinese character sounds like itself.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

PLANE = 1 << 16
SYLLABLE_BASE = 1 << 17
"""Numbers of syllables lie above every character of the basic plane."""


@lru_cache(maxsize=1)
def load_sounds() -> npt.NDArray[np.uint32]:
    """Sound of each character of the basic plane (65536,): the number of a syllable, or the character itself."""
    from pypinyin.contrib.tone_convert import to_normal  # 42,000 characters: loaded only where sounds are compared
    from pypinyin.pinyin_dict import pinyin_dict

    sounds = np.arange(PLANE, dtype=np.uint32)
    toneless = lru_cache(maxsize=None)(to_normal)
    numbers: dict[str, int] = {}
    for character, readings in pinyin_dict.items():
        if character < PLANE:
            syllable = toneless(readings.partition(",")[0])
            sounds[character] = SYLLABLE_BASE + numbers.setdefault(syllable, len(numbers))
    return sounds


def sound_out(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Sounds of characters, in the shape given; a character beyond the basic plane sounds like itself."""
    sounds = load_sounds()
    return np.where(codes < PLANE, sounds[np.minimum(codes, PLANE - 1)], codes)


def list_homophones(character: str) -> str:
    """The other characters of the basic plane that sound like one."""
    if ord(character) >= PLANE:
        return ""
    sounds = load_sounds()
    return "".join(chr(c) for c in np.flatnonzero(sounds == sounds[ord(character)]) if c != ord(character))
