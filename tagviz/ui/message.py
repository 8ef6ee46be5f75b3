"""A translated text: numbers in its placeholders are written, and Korean particles chosen, as its language does."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any

NARROW_SPACE = "\u202f"
GROUPS = {"fr": NARROW_SPACE}
"""What separates thousands, where it is not a comma. The decimal sign stays a point, as in tables and figures."""
SPACED_PERCENT = ("fr",)
"""Languages with a space before the percent sign."""

_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?![\w,])")
_HANGUL, _LAST_HANGUL, _FINALS = 0xAC00, 0xD7A3, 28
_PARTICLE = re.compile(r"([\w%])([”’\"'»)\]*]*)(을\(를\)|이\(가\)|은\(는\)|과\(와\)|\(으\)로)")
_WITH_FINAL = {"을(를)": "을", "이(가)": "이", "은(는)": "은", "과(와)": "과", "(으)로": "으로"}
_WITHOUT_FINAL = {"을(를)": "를", "이(가)": "가", "은(는)": "는", "과(와)": "와", "(으)로": "로"}
_DIGITS_WITH_FINAL = "013678"
_ENDING_IN_R = "178"


class _NumberFormatter(Formatter):
    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        text = str(super().format_field(value, format_spec))
        if isinstance(value, (int, float)):
            if "," in format_spec:
                text = text.replace(",", GROUPS.get(self.language, ","))
            if format_spec.endswith("%") and self.language in SPACED_PERCENT:
                text = text.replace("%", NARROW_SPACE + "%")
        return text


class Message(str):
    """A text in a language other than English."""

    language: str

    def __new__(cls, text: str, language: str) -> Message:
        """Return the text as one of a language."""
        message = super().__new__(cls, text)
        message.language = language
        return message

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """Return what makes the same message again, for copies."""
        return str(self), self.language

    def format(self, *args: object, **kwargs: object) -> str:
        """Fill in the placeholders."""
        text = _NumberFormatter(self.language).vformat(self, args, kwargs)
        return with_particles(text) if self.language == "ko" else text


def with_groups(text: str, language: str) -> str:
    """Return a text with its numbers grouped as in a language: "1,200" → "1 200"."""
    sign = GROUPS.get(language)
    return _NUMBER.sub(lambda number: number[0].replace(",", sign), text) if sign else text


def with_particles(text: str) -> str:
    """Choose Korean particles by the word before: "재즈을(를)" → "재즈를". After Latin letters both stay."""
    return _PARTICLE.sub(lambda found: found[1] + found[2] + _particle(found[1], found[3]), text)


def _particle(last: str, both: str) -> str:
    code = ord(last)
    if _HANGUL <= code <= _LAST_HANGUL:
        final, in_r = (code - _HANGUL) % _FINALS != 0, (code - _HANGUL) % _FINALS == 8
    elif last.isdecimal():
        final, in_r = last in _DIGITS_WITH_FINAL, last in _ENDING_IN_R
    elif last == "%":
        final = in_r = False
    else:
        return both
    return (_WITHOUT_FINAL if not final or (in_r and both == "(으)로") else _WITH_FINAL)[both]
