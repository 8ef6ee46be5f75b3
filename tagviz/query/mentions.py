"""The parts of a text and what they mean: the types of an interpretation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import regex

from tagviz.query.names import Match, MentionKind
from tagviz.query.transliteration import emoji_name

WEAK, WEAK_WHOLE = 5, 2
"""Tags with fewer listeners are part of the phrases too: meaning may know better than so few. A tag that is the whole
text needs fewer."""
_EMOJI = regex.compile(r"\p{Extended_Pictographic}[\p{Emoji_Modifier}\uFE0F\u200D]*")


class Role(StrEnum):
    """What a mention is there for."""

    ASKED = "asked"
    AVOIDED = "avoided"
    OFF = "off"


@dataclass(frozen=True)
class Candidate:
    """Another meaning of a mention: its key, name, kind, and how likely it is meant (0 … 1)."""

    key: str
    label: str
    kind: MentionKind
    confidence: float


@dataclass(frozen=True)
class Mention:
    """A part of a text and what it means.

    Attributes:
        start: Offset of its first character in `Interpretation.text`.
        end: Offset behind its last character.
        typed: The part of the text.
        kind: What it is.
        key: The key of the thing, such as "artist:17"; "" for a phrase.
        label: The name of the thing; of a phrase the phrase.
        role: Whether it is asked for, to be avoided, or switched off.
        how: How what was typed stands to the name.
        confidence: How likely this is meant, 0 … 1.
        count: Listeners (or playlists) that know the thing; 0 for a phrase.
        alternatives: What else may be meant, the likeliest first.
    """

    start: int
    end: int
    typed: str
    kind: MentionKind
    key: str
    label: str
    role: Role = Role.ASKED
    how: Match = Match.WORDS
    confidence: float = 1.0
    count: int = 0
    alternatives: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class Interpretation:
    """What a text means.

    Attributes:
        text: The text as it was read: without control characters, and cut where it was too long.
        mentions: Its parts in order, none overlapping. Words that say nothing are in none of them.
        language: The language in which its words are most common.
        match: Whether what is asked is meant all at once, or any of it.
        words: Words that may count as title words: no stop words, nothing that is avoided or switched off, and nothing
            out of a longer name.
        cut: Whether the end of the text was left out.
        corrections: (start, end, what is meant) of misspelt names, and of misspelt words in phrases, in order.
    """

    text: str
    mentions: tuple[Mention, ...] = ()
    language: str = "en"
    match: Literal["all", "any"] = "all"
    words: tuple[str, ...] = ()
    cut: bool = False
    corrections: tuple[tuple[int, int, str], ...] = ()

    def of(self, *kinds: MentionKind, role: Role = Role.ASKED) -> tuple[Mention, ...]:
        """The mentions of some kinds (all, if none are named) in one role."""
        return tuple(m for m in self.mentions if m.role is role and (not kinds or m.kind in kinds))

    @property
    def phrases(self) -> tuple[str, ...]:
        """What text models should answer.

        Asked phrases with the tags that they run into ("late night jazz"), and tags that hardly anybody uses.
        """
        weak = WEAK_WHOLE if len(self.mentions) == 1 else WEAK
        parts: list[tuple[int, int, bool]] = []
        for mention in self.of(MentionKind.PHRASE, MentionKind.TAG, MentionKind.GENRE):
            open_ = mention.kind is MentionKind.PHRASE or mention.count < weak
            if parts and not self.text[parts[-1][1] : mention.start].strip(" -"):
                start, _, before = parts.pop()
                parts.append((start, mention.end, before or open_))
            else:
                parts.append((mention.start, mention.end, open_))
        return tuple(_in_words(self.spelled(start, end)) for start, end, open_ in parts if open_)

    def spelled(self, start: int = 0, end: int | None = None) -> str:
        """A part of the text with what is misspelt in it corrected.

        Args:
            start: Offset of its first character.
            end: Offset behind its last character; None: to the end.
        """
        end, parts, at = len(self.text) if end is None else end, [], start
        for first, last, word in self.corrections:
            if start <= first and last <= end:
                parts += [self.text[at:first], word]
                at = last
        return "".join((*parts, self.text[at:end]))

    @property
    def avoided_phrases(self) -> tuple[str, ...]:
        """Phrases that say what is to be avoided."""
        return tuple(mention.typed for mention in self.of(MentionKind.PHRASE, role=Role.AVOIDED))


def _in_words(phrase: str) -> str:
    """A phrase with the names of its emoji, which text models read better."""
    return phrase if phrase.isascii() else _EMOJI.sub(lambda match: f" {emoji_name(match.group())} ", phrase).strip()
