"""What a typed text means: the names in it, what is left as a phrase, what is asked and what is to be avoided."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal
from weakref import WeakKeyDictionary

from tagviz import text as texts
from tagviz.errors import NotFoundError
from tagviz.query import negation, stop_words
from tagviz.query import tokens as tok
from tagviz.query.entities import EntityIndex, entities_of
from tagviz.query.mentions import Candidate, Interpretation, Mention, Role
from tagviz.query.names import Match, MentionKind
from tagviz.query.ordinary_words import corrected
from tagviz.query.segmentation import Segmenter, Span
from tagviz.query.tokens import Token
from tagviz.types import Corpus

LONGEST_TEXT = texts.LONGEST_TITLE
"""Characters of a text that are read; what is behind them is left out, and `Interpretation.cut` says so."""
MOST_TOKENS = 200
"""Words of a text that are read."""
MOST_ALTERNATIVES = 6
LEAST_ALTERNATIVE = 1e-4
"""Confidence below which another meaning is not offered."""
KEPT = 2**14
"""Texts of a corpus whose interpretations are kept."""
_KEYED = frozenset(kind.value for kind in MentionKind)
OFF, AS_PHRASE = "", "phrase"
"""What a person can exchange a reading for, beside a key: nothing, and a phrase."""

Overrides = tuple[tuple[str, str], ...]
"""Typed span → the key that it means, OFF or AS_PHRASE."""


_kept: WeakKeyDictionary[Corpus, dict[tuple[str, Overrides], Interpretation]] = WeakKeyDictionary()


def interpret(text: str, corpus: Corpus, overrides: Overrides = ()) -> Interpretation:
    """Reads a text that a person typed.

    Args:
        text: Any text; of very long ones the beginning is read.
        corpus: Whose tags, artists, songs, albums and genres may be named.
        overrides: What a person has decided on parts of the text: (typed part, key, OFF or AS_PHRASE).

    Returns:
        The names in the text, what is left of it as phrases, and their roles.

    Raises:
        NotFoundError: A key of `overrides` is not in the corpus.
    """
    kept = _kept.setdefault(corpus, {})
    interpretation = kept.get((text, overrides))
    if interpretation is None:
        if len(kept) >= KEPT:
            kept.clear()
        interpretation = _interpreted(text, entities_of(corpus), overrides)
        if len(text) <= LONGEST_TEXT:
            kept[(text, overrides)] = interpretation
    return interpretation


def _interpreted(typed: str, index: EntityIndex, overrides: Overrides) -> Interpretation:
    cleaned = texts.clean(typed[: 2 * LONGEST_TEXT])[:LONGEST_TEXT]
    tokens = tok.tokenize(cleaned, MOST_TOKENS + 1)
    cut = len(typed) > 2 * LONGEST_TEXT or len(texts.clean(typed)) > LONGEST_TEXT or len(tokens) > MOST_TOKENS
    tokens = _without_particles(tokens[:MOST_TOKENS], index)
    if not overrides and cleaned.partition(":")[0] in _KEYED and index.find(cleaned) >= 0:
        overrides = ((cleaned, cleaned),)
    reader = _Reader(cleaned, tokens, index, overrides)
    interpretation = reader.read()
    if not overrides and not any(mention.key for mention in interpretation.mentions):
        korean = texts.from_latin_layout(cleaned)
        other = _interpreted(korean, index, ()) if korean else interpretation
        if any(mention.key for mention in other.of()):
            interpretation = _as_layout(cleaned, other)
    return interpretation if not cut else Interpretation(**{**interpretation.__dict__, "cut": True})


def _as_layout(typed: str, korean: Interpretation) -> Interpretation:
    """What was read in Korean, as a reading of all that was typed."""
    mentions = tuple(
        Mention(**{**mention.__dict__, "start": 0, "end": len(typed), "typed": typed, "how": Match.LAYOUT})
        for mention in [mention for mention in korean.of() if mention.key][:1]
    )
    return Interpretation(typed, mentions, korean.language, korean.match, korean.words)


def _without_particles(tokens: Sequence[Token], index: EntityIndex) -> list[Token]:
    """Korean nouns apart from the particles that are appended to them, where the index knows the noun alone."""
    split: list[Token] = []
    for token in tokens:
        match = (
            stop_words.PARTICLES.search(token.folded) if token.sort == "word" and not token.folded.isascii() else None
        )
        if match is None or len(token.folded) != token.end - token.start or index.knows(token.folded):
            split.append(token)
            continue
        stem, particle = token.folded[: match.start()], match.group()
        if index.knows(stem):
            middle = token.start + match.start()
            split.append(Token(token.start, middle, stem, stem, "word"))
            split.append(Token(middle, token.end, particle, particle, "word"))
        else:
            split.append(token)
    return split


class _Reader:
    """Puts the interpretation of one text together."""

    def __init__(self, text: str, tokens: list[Token], index: EntityIndex, overrides: Overrides) -> None:
        self.text, self.tokens, self.index = text, tokens, index
        self.words = [token.folded for token in tokens]
        language = stop_words.guess_language([token.folded for token in tokens if token.sort == "word"])
        self.language = language
        self.languages = (language,) if language == "en" else (language, "en")
        self.stop_languages = (language,)
        self.owner: list[Mention | None] = [None] * len(tokens)
        self.spans: dict[int, tuple[int, Mention]] = {}
        self.dropped: set[int] = set()
        for typed, key in overrides:
            self._override(typed, key)

    def read(self) -> Interpretation:
        blocked = frozenset(at for at, mention in enumerate(self.owner) if mention)
        segmenter = Segmenter(self.text, self.tokens, self.languages, self.index, blocked)
        for span in segmenter.best():
            self._put(span.start, span.stop, _mention(self.text, self.tokens, span))
        self._negate()
        self._phrases()
        corrections = self._corrections()
        if not self.spans and any(token.sort != "mark" for token in self.tokens):
            self._put(0, len(self.tokens), self._phrase(0, len(self.tokens)))  # stop words only: "Without You"
        read = Interpretation(
            self.text,
            tuple(mention for _, (_, mention) in sorted(self.spans.items())),
            self.language,
            self._match(),
            self._title_words(),
            corrections=corrections,
        )
        return replace(read, mentions=tuple(_spelled(mention, read) for mention in read.mentions))

    def _put(self, start: int, stop: int, mention: Mention) -> None:
        self.spans[start] = (stop, mention)
        self.owner[start:stop] = [mention] * (stop - start)

    def _override(self, typed: str, key: str) -> None:
        wanted = [token.folded for token in tok.tokenize(texts.clean(typed), MOST_TOKENS)]
        starts = [at for at in range(len(self.words)) if wanted and self.words[at : at + len(wanted)] == wanted]
        start = next((at for at in starts if not any(self.owner[at : at + len(wanted)])), -1)
        if start < 0:
            return
        stop = start + len(wanted)
        begin, end = self.tokens[start].start, self.tokens[stop - 1].end
        part = self.text[begin:end]
        role = Role.OFF if key == OFF else Role.ASKED
        mention = Mention(begin, end, part, MentionKind.PHRASE, "", part, role, Match.CHOSEN)
        if key not in (OFF, AS_PHRASE):
            number = self.index.find(key)
            if number < 0:
                raise NotFoundError(f"{key!r} is not here", f"it was chosen for {part!r}", "choose another reading")
            entity = self.index.entity(number)
            mention = Mention(
                begin, end, part, entity.kind, entity.key, entity.label, role, Match.CHOSEN, 1.0, entity.count
            )
        self._put(start, stop, mention)

    def _negate(self) -> None:
        asked_before = bool(self.spans)
        at = 0
        while at < len(self.tokens):
            length = negation.negator_at(self.words, at) if self.owner[at] is None else 0
            if length and not any(self.owner[at : at + length]):
                self.dropped.update(range(at, at + length))
                self._avoid(at, at + length, asked_before)
            at += max(1, length)
        for at in range(1, len(self.tokens)):
            before = at - 1
            others = bool(self.spans) or any(self._says(place) for place in range(len(self.tokens)) if place != before)
            if (
                self.words[at] in negation.NEGATORS_AFTER
                and self.owner[before] is None
                and self._says(before)
                and others
            ):
                self._put(before, at, self._phrase(before, at, Role.AVOIDED))
                self.dropped.add(at)
        for start, (stop, mention) in list(self.spans.items()):
            behind = self.words[stop] if stop < len(self.words) else ""
            dashed = self.text[max(0, mention.start - 2) : mention.start] == " -" and start > 0
            if behind in negation.NEGATORS_AFTER or dashed:
                self._put(start, stop, _with_role(mention, Role.AVOIDED))
                self.dropped.update([stop] if behind in negation.NEGATORS_AFTER else [])

    def _avoid(self, negator: int, at: int, asked: bool) -> None:
        """What stands behind a negator is to be avoided: the next name, and those that "or" adds to it."""
        begin = at
        while at < len(self.tokens) and self.owner[at] is None and self.words[at] in negation.SKIPPED:
            at += 1
        if at in self.spans and self.spans[at][1].role is Role.ASKED:
            while at in self.spans:
                stop, mention = self.spans[at]
                self._put(at, stop, _with_role(mention, Role.AVOIDED))
                more = stop < len(self.words) and self.words[stop] in ("or", "nor", "ou", "ni", "oder", "o", "/")
                at = stop + 1 if more else len(self.tokens)
            self.dropped.update(range(begin, min(at, len(self.tokens))))
            return
        others = asked and any(mention.role is Role.ASKED for _, mention in self.spans.values())
        others = others or any(self._says(place) and self.owner[place] is None for place in range(negator))
        if self.words[negator] in negation.STRONG and others:
            stop = at
            while stop < len(self.tokens) and not (stop > at and self._ends_before(stop)) and not self.owner[stop]:
                stop += 1
            if stop > at and any(self._says(place) for place in range(at, stop)):
                self._put(at, stop, self._phrase(at, stop, Role.AVOIDED))
                return
        self.dropped.difference_update(range(negator, at))

    def _ends_before(self, at: int) -> bool:
        """Whether what is to be avoided has come to its end."""
        return self._parted(at) or self.words[at] in ("but", "and") or negation.negator_at(self.words, at) > 0

    def _says(self, at: int) -> bool:
        token = self.tokens[at]
        if token.sort == "emoji":
            return True
        return (
            token.sort == "word"
            and not stop_words.is_carrier(token.folded)
            and not stop_words.is_stop_word(token.folded, self.stop_languages)
            and token.folded not in negation.NEGATORS_AFTER
            and token.folded not in stop_words.JOINERS_ALL
        )

    def _phrase(self, start: int, stop: int, role: Role = Role.ASKED) -> Mention:
        begin, end = self.tokens[start].start, self.tokens[stop - 1].end
        part = self.text[begin:end]
        return Mention(begin, end, part, MentionKind.PHRASE, "", part, role)

    def _phrases(self) -> None:
        """What no name covers, as far as it says something."""
        at = 0
        while at < len(self.tokens):
            start = at
            while at < len(self.tokens) and self.owner[at] is None and at not in self.dropped:
                at += 1
                if at < len(self.tokens) and self._parted(at):
                    break
            stop = at
            while start < stop and self._edge(start):
                start += 1
            while stop > start and self._edge(stop - 1):
                stop -= 1
            if any(self._says(place) for place in range(start, stop)):
                self._put(start, stop, self._phrase(start, stop))
            at = max(at, start + 1)

    def _corrections(self) -> tuple[tuple[int, int, str], ...]:
        """What is misspelt, and what is meant: names, and the ordinary words of phrases that nobody has chosen."""
        found = [
            (mention.start, mention.end, mention.label)
            for _, mention in self.spans.values()
            if mention.key and mention.how is Match.SLIP
        ]
        for token, word, mention in zip(self.tokens, self.words, self.owner, strict=True):
            if mention and mention.kind is MentionKind.PHRASE and mention.how is not Match.CHOSEN:
                meant = corrected(word, self.language, self.index.knows)
                if meant != word:
                    found.append((token.start, token.end, meant))
        return tuple(sorted(found))

    def _parted(self, at: int) -> bool:
        gap = self.text[self.tokens[at - 1].end : self.tokens[at].start]
        return any(mark in gap for mark in ",;|\n") or self.words[at] in ("+", "/")

    def _edge(self, at: int) -> bool:
        word, token = self.words[at], self.tokens[at]
        joins = word in stop_words.JOINERS_ALL or word in stop_words.JOINERS_ANY or word in negation.COMPARATIVES_BEFORE
        return token.sort == "mark" or joins

    def _match(self) -> Literal["all", "any"]:
        asked = [(start, stop, m) for start, (stop, m) in sorted(self.spans.items()) if m.role is Role.ASKED]
        named = (MentionKind.ARTIST, MentionKind.SONG, MentionKind.ALBUM)
        if len(asked) > 1 and all(mention.kind in named for _, _, mention in asked):
            return "any"
        for (_, stop, before), (start, _, after) in itertools.pairwise(asked):
            between = self.text[before.end : after.start]
            if any(word in stop_words.JOINERS_ANY for word in self.words[stop:start]) or "," in between:
                return "any"
        return "all"

    def _title_words(self) -> tuple[str, ...]:
        words = []
        for at, token in enumerate(self.tokens):
            mention = self.owner[at]
            longer = mention is not None and " " in mention.typed
            name = longer and mention is not None and mention.kind in (MentionKind.ARTIST, MentionKind.SONG)
            hidden = mention is not None and mention.role is not Role.ASKED
            if self._says(at) and not name and not hidden and at not in self.dropped:
                words.append(self.text[token.start : token.end])
        return tuple(dict.fromkeys(words))


def _mention(text: str, tokens: Sequence[Token], span: Span) -> Mention:
    begin, end = tokens[span.start].start, tokens[span.stop - 1].end
    best = span.meanings[0]
    top = max(0.0, best.score)
    weights = [10.0 ** (meaning.score - top) for meaning in span.meanings]
    total = sum(weights) + 10.0 ** (0.0 - top)
    alternatives = tuple(
        Candidate(meaning.entity.key, meaning.entity.label, meaning.entity.kind, weight / total)
        for meaning, weight in zip(span.meanings[1:], weights[1:], strict=True)
        if weight / total >= LEAST_ALTERNATIVE
    )
    return Mention(
        start=begin,
        end=end,
        typed=text[begin:end],
        kind=best.entity.kind,
        key=best.entity.key,
        label=best.entity.label,
        how=best.how,
        confidence=weights[0] / total,
        count=best.entity.count,
        alternatives=alternatives[:MOST_ALTERNATIVES],
    )


def _spelled(mention: Mention, read: Interpretation) -> Mention:
    """A phrase with its misspelt words corrected in its label; any other mention as it is."""
    label = read.spelled(mention.start, mention.end)
    return mention if mention.key or label == mention.typed else replace(mention, label=label, how=Match.SLIP)


def _with_role(mention: Mention, role: Role) -> Mention:
    return Mention(**{**mention.__dict__, "role": role})


def describe(interpretation: Interpretation) -> str:
    """One line for people: "Read as: artist Björk · tag sad · 'to cry to' as a phrase"."""
    return " · ".join(_described(interpretation.mentions)) or "nothing in it is a name or says something"


def _described(mentions: Iterable[Mention]) -> Iterable[str]:
    for mention in mentions:
        head = {Role.ASKED: "", Role.AVOIDED: "not ", Role.OFF: "off: "}[mention.role]
        if mention.kind is MentionKind.PHRASE:
            yield f"{head}“{mention.label}” as a phrase"
        else:
            yield f"{head}{mention.kind} {mention.label}"
