"""Recognises what the layers below say in English, and says it in another language.

Errors, notes and sentences of reports are made in English below the screen, and many are stored or come from another
process. The catalogue holds their templates, such as "There is no preset {preset}". A text that fits a template is
translated with what stands in its placeholders; a text of several sentences is translated sentence by sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from gettext import NullTranslations
from string import Formatter

from tagviz.ui.message import Message, with_groups

LEAST_LETTERS = 5
"""Letters that a template must have outside its placeholders; one with fewer would fit anything."""
DEEPEST = 3
"""Levels of texts within placeholders."""
LONGEST = 3000
"""Characters of a text that is recognised."""
WORDS = ("kind", "kinds", "noun", "metric")
"""Placeholders for single words of the catalogue; in others, a single word is a name and stays as it is."""
_ENDS = re.compile(r"(?<=[.!?]) (?=[^a-z ])|; | \u2014 |: ")
"""Where a text of several sentences or parts can be cut."""


@dataclass(frozen=True)
class Template:
    """A message with placeholders.

    Attributes:
        message: The message.
        parts: Its text between the placeholders.
    """

    message: str
    parts: tuple[str, ...]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What fits the message; compiled when a text has all its parts."""
        pattern, seen = "", set()
        for text, name, _spec, _conversion in Formatter().parse(self.message):
            pattern += re.escape(text)
            if name is not None:
                pattern += f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
                seen.add(name)
        return re.compile(pattern, re.DOTALL)


class Recogniser:
    """Translates English texts by the messages of a catalogue."""

    def __init__(self, catalogue: NullTranslations) -> None:
        """Read the messages.

        Args:
            catalogue: The catalogue of a language.
        """
        messages: dict[object, str] = getattr(catalogue, "_catalog", {})
        self.language = str(catalogue.info().get("language", "")).partition("_")[0]
        self.constants = {message: text for message, text in messages.items() if isinstance(message, str) and text}
        self.templates = sorted(
            (one for message in self.constants if (one := template_of(message)) is not None),
            key=lambda one: -sum(map(len, one.parts)),
        )

    def translated(self, text: str, depth: int = 0) -> str | None:
        """Return a text in the language; None where nothing of it is known."""
        if len(text) > LONGEST or not text:
            return None
        if text in self.constants:
            return self.constants[text]
        for template in self.templates:
            if all(part in text for part in template.parts):
                match = template.pattern.fullmatch(text)
                if match is not None:
                    values = {name: self._value(name, value, depth) for name, value in match.groupdict().items()}
                    plain = _without_specs(self.constants[template.message])
                    return Message(plain, self.language).format(**values)
        return self._by_sentences(text, depth) if depth < DEEPEST else None

    def _value(self, name: str, value: str, depth: int) -> str:
        if name in WORDS:
            return self.constants.get(value, value)
        known = self.translated(value, depth + 1) if depth < DEEPEST and " " in value else None
        return with_groups(value, self.language) if known is None else known

    def _by_sentences(self, text: str, depth: int) -> str | None:
        """Translate the shortest beginning that is known, and then the rest."""
        for end in _ENDS.finditer(text):
            first = self.translated(text[: end.start()], DEEPEST)
            if first is not None:
                rest = text[end.end() :]
                known = self.translated(rest, depth)
                return first + end[0] + (rest if known is None else known)
        return None


def template_of(message: str) -> Template | None:
    """Return a message as a template; None if it has no named placeholder or too few letters."""
    if "{" not in message:
        return None
    pieces = list(Formatter().parse(message))
    parts = tuple(text for text, _name, _spec, _conversion in pieces if text)
    named = all(name is None or name.isidentifier() for _text, name, _spec, _conversion in pieces)
    if not named or sum(letter.isalpha() for letter in "".join(parts)) < LEAST_LETTERS:
        return None
    return Template(message, parts)


def _without_specs(message: str) -> str:
    """Return a message whose placeholders take texts: "{n:,} tags" → "{n} tags"."""
    return "".join(
        text.replace("{", "{{").replace("}", "}}") + ("" if name is None else f"{{{name}}}")
        for text, name, _spec, _conversion in Formatter().parse(message)
    )
