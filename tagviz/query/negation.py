"""What a text says is not wanted: "punk, not pop punk", "sans guitares", "ohne gesang", "록 말고 재즈"."""

from __future__ import annotations

from collections.abc import Sequence

NEGATORS: dict[tuple[str, ...], str] = {
    **dict.fromkeys([("not",), ("no",), ("non",), ("never",)], "en"),
    **dict.fromkeys([("without",), ("except",), ("excluding",), ("minus",), ("but", "not"), ("but", "no")], "en"),
    **dict.fromkeys([("anything", "but"), ("everything", "but"), ("no", "more"), ("less",), ("except", "for")], "en"),
    **dict.fromkeys([("sans",), ("sauf",), ("pas", "de"), ("pas",), ("hors",), ("excepté",), ("moins", "de")], "fr"),
    **dict.fromkeys([("sin",), ("excepto",), ("menos",), ("salvo",), ("pero", "no"), ("que", "no", "sea")], "es"),
    **dict.fromkeys([("ohne",), ("nicht",), ("kein",), ("keine",), ("keinen",), ("außer",), ("ausser",)], "de"),
    **dict.fromkeys([("aber", "nicht"), ("aber", "kein"), ("aber", "keine"), ("weniger",)], "de"),
}
"""Folded words before what is not wanted → their language."""

NEGATORS_AFTER = frozenset(("말고", "빼고", "제외", "제외하고", "없는", "없이", "아닌", "싫어"))
"""Korean words behind what is not wanted."""

STRONG = frozenset(
    "without except excluding minus sans sauf hors excepté sin excepto salvo"
    " ohne außer ausser kein keine keinen".split()
)
"""Negators whose object is not wanted also where it is no name that the corpus knows ("without vocals")."""

_NO_NEGATION_BEFORE = frozenset("only just sure enough nur seulement solo".split())
"""Words behind which "not" does not say that something is unwanted ("not only jazz")."""
SKIPPED = frozenset(
    "too so any much really the a an more de la le les des du d l el los las"
    " der die das den zu sehr muy très trop".split()
)
"""Words that may stand between a negator and its object."""

COMPARATIVES_BEFORE = frozenset("but more just aber mais pero mehr plus más mas 더".split())
"""Words before a comparative ("but heavier")."""


def negator_at(words: Sequence[str], at: int) -> int:
    """Number of words of the negator that begins at a word, 0 where there is none.

    Args:
        words: Folded words of the text.
        at: Which of them.
    """
    for length in (3, 2, 1):
        if at + length <= len(words) and tuple(words[at : at + length]) in NEGATORS:
            behind = words[at + length] if at + length < len(words) else ""
            return 0 if behind in _NO_NEGATION_BEFORE else length
    return 0


def positive(word: str) -> tuple[str, ...]:
    """English words of which a word may be the comparative ("heavier" → "heavy", "sadder" → "sad"), likeliest first."""
    if word.endswith("ier") and len(word) > 5:
        return (word[:-3] + "y",)
    if not word.endswith("er") or len(word) < 5:
        return ()
    stem = word[:-2]
    doubled = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else ""
    return tuple(filter(None, (doubled, stem, stem + "e")))
