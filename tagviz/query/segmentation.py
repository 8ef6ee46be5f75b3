"""Which parts of a text are names: all spans that match one are scored, and the best set of spans is chosen.

A span's score is log10 of how much likelier it was typed as that name than as ordinary words: how popular the thing is,
how well the spelling fits, how common the words are in the language, and whether a name can begin and end there. The
best set of spans that do not overlap is found by dynamic programming, as in entity linking in queries (Blanco,
Ottaviano & Meij, "Fast and Space-Efficient Entity Linking in Queries", WSDM 2015).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import regex

from tagviz.query import stop_words
from tagviz.query import tokens as tok
from tagviz.query.entities import Entity, EntityIndex, strongest
from tagviz.query.names import PENALTIES, Match, MentionKind, spelled
from tagviz.query.negation import COMPARATIVES_BEFORE, positive
from tagviz.query.numbers import decade_spans, number, number_key
from tagviz.query.spelling import SHORTEST
from tagviz.query.tokens import Token
from tagviz.query.transliteration import emoji_name, fold, is_latin, latin

LONGEST_SPAN = 12
"""Tokens of the longest name that is looked for."""
LONGEST_SLIP = 8
"""Tokens of the longest name that is looked for with slips."""
MOST_SLIPS = 60
"""Spans of one text that are looked for with slips."""
PRIVATE = 2
"""Tags that fewer listeners use need a text of their own to be read."""

PRIVATE_WHOLE, PRIVATE_PART = 0.7, 1.5
"""Cost of a private tag that is the whole text, or a part of it."""
EXACTLY = 0.1
"""Least score of a name that is the whole text, so that it is read where nothing in it is better known."""
WHOLE_TEXT, WHOLE_TEXT_SLIP = 4.5, 1.0
"""log10 of how much likelier a text that is a name as a whole means it."""
COLLOCATION, COLLOCATION_STOP = 1.0, 0.3
"""log10 of how much likelier words stand together because they are one name, per further word and stop word."""
SECOND_EDIT, SHORT_SLIP, COMMON_SLIP, WORD_SLIP = 1.5, 1.5, 3.0, 2.0
"""Further cost of a second edit, of an edit in a short name, and of edits that make common words, and words at all."""
COMMON_SLIP_WHOLE = 1.5
"""What COMMON_SLIP is where the whole text is one name."""
SHORT_WORD = 5
"""Letters of words in which two edits are one too many."""
KNOWN, FAMILIAR = 3.0, 3.8
"""Zipf frequency from which a word is in a dictionary, and from which it is hardly a slip of a name, even alone."""
OPEN_COMMON, OPEN_KNOWN, OPEN_RARE, OPEN_TAG = 2.5, 0.7, 0.2, 0.3
"""Cost of words beside a name that no name begins or ends at: for names of common, known and rare words, and tags."""

_BREAK = regex.compile(r"[,;:|()\[\]{}\"“”„«»~\n/.]|\s[-–—]\s")
_MANY = (MentionKind.SONG, MentionKind.ALBUM)
_TAGLIKE = (MentionKind.TAG, MentionKind.GENRE)
NEVER = 20.0
"""Cost of what is never meant."""
_NEVER_LAST = frozenset("and or with the of for in like to und et con mit".split())
_SAME = (Match.EXACT, Match.FOLDED, Match.ACCENTS, Match.SEPARATORS)


@dataclass(frozen=True)
class Scored:
    """One thing that a span can mean, and log10 of how much likelier than ordinary words."""

    entity: Entity
    how: Match
    score: float


@dataclass(frozen=True)
class Span:
    """Tokens start … stop−1 of a text, and what they can mean, the likeliest first."""

    start: int
    stop: int
    meanings: tuple[Scored, ...]


@dataclass(frozen=True, eq=False)
class Segmenter:
    """Finds the names in the tokens of one text.

    Attributes:
        text: The text.
        tokens: Its tokens.
        languages: Languages in which it may be written, the likeliest first.
        index: The names.
        blocked: Tokens that a person has read already.
    """

    text: str
    tokens: Sequence[Token]
    languages: tuple[str, ...]
    index: EntityIndex
    blocked: frozenset[int] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        words = [token.folded for token in self.tokens]
        object.__setattr__(self, "_words", words)
        object.__setattr__(self, "_stops", [self._is_stop(token) for token in self.tokens])
        object.__setattr__(self, "_zipf", [self._frequency(word) for word in words])
        object.__setattr__(self, "_decades", decade_spans(words))
        object.__setattr__(
            self, "_numeric", any(number(word) if word.isalpha() else any(map(str.isdigit, word)) for word in words)
        )
        gaps = [self.text[a.end : b.start] for a, b in zip(self.tokens[:-1], self.tokens[1:], strict=True)]
        inner = [
            "and" if token.folded in tok.AND else token.folded if token.sort == "word" else "" for token in self.tokens
        ]
        object.__setattr__(self, "_inner", inner)
        object.__setattr__(self, "_plain", [token.plain for token in self.tokens] != words)
        object.__setattr__(self, "_breaks", [bool(gap != " " and _BREAK.search(gap)) for gap in gaps])

    _words: list[str] = field(init=False, repr=False)
    _stops: list[bool] = field(init=False, repr=False)
    _zipf: list[float] = field(init=False, repr=False)
    _decades: dict[int, tuple[int, str]] = field(init=False, repr=False)
    _numeric: bool = field(init=False, repr=False)
    _breaks: list[bool] = field(init=False, repr=False)
    _inner: list[str] = field(init=False, repr=False)
    _plain: bool = field(init=False, repr=False)

    def _is_stop(self, token: Token) -> bool:
        return token.sort == "mark" or stop_words.is_stop_word(token.folded, self.languages)

    def _frequency(self, word: str) -> float:
        first = stop_words.frequency(word, self.languages[0])
        return first if len(self.languages) == 1 else max(first, stop_words.frequency(word, self.languages[1]))

    def best(self) -> list[Span]:
        """The best spans that do not overlap, in order."""
        size = len(self.tokens)
        ending: list[list[Span]] = [[] for _ in range(size + 1)]
        likely = [span for span in self.spans() if span.meanings and span.meanings[0].score > 0]
        for span in likely:
            if not self._is_made_of_others(span, likely):
                ending[span.stop].append(span)
        totals = [0.0] * (size + 1)
        chosen: list[Span | None] = [None] * (size + 1)
        for stop in range(1, size + 1):
            totals[stop] = totals[stop - 1]
            for span in ending[stop]:
                total = totals[span.start] + span.meanings[0].score
                if total > totals[stop]:
                    totals[stop], chosen[stop] = total, span
        spans: list[Span] = []
        at = size
        while at > 0:
            best = chosen[at]
            if best is not None:
                spans.append(best)
            at = at - 1 if best is None else best.start
        return spans[::-1]

    def _is_made_of_others(self, span: Span, others: Sequence[Span]) -> bool:
        """Whether it is a tag that hardly anybody uses, all of whose words are in tags that are better known."""
        best = span.meanings[0].entity
        if best.kind not in _TAGLIKE or best.count >= PRIVATE or span.stop - span.start < 2:
            return False
        left = {at for at in range(span.start, span.stop) if not self._stops[at]}
        for other in others:
            inside = span.start <= other.start and other.stop <= span.stop and other is not span
            if inside and other.meanings[0].entity.count >= PRIVATE:
                left.difference_update(range(other.start, other.stop))
        return not left

    def spans(self) -> Iterator[Span]:
        """All spans that match a name, by its keys or, where nothing has them, with slips."""
        size = len(self.tokens)
        empty: list[tuple[int, int]] = []
        explained = [stop or zipf >= stop_words.COMMON for stop, zipf in zip(self._stops, self._zipf, strict=True)]
        matched = False
        if size > LONGEST_SPAN and not self.blocked:
            whole = self._matches(0, size)
            yield self._span(0, size, {n: (how, 0) for n, how in whole.items()})
        for start in range(size):
            if start in self.blocked:
                continue
            for stop in range(start + 1, min(size, start + LONGEST_SPAN) + 1):
                if stop - 1 in self.blocked:
                    break
                matches = self._matches(start, stop)
                if matches:
                    span = self._span(start, stop, {n: (how, 0) for n, how in matches.items()})
                    if span.meanings[0].score > 0:
                        matched = True
                        explained[start:stop] = [True] * (stop - start)
                    yield span
                elif stop - start <= LONGEST_SLIP:
                    empty.append((start, stop))
        strange = [place for place, (start, stop) in enumerate(empty) if not all(explained[start:stop])]
        kept = [empty[place] for place in strange] if matched or strange else [(0, size)][: len(empty)]
        for start, stop in [(start, stop) for start, stop in kept if self._may_be_slip(start, stop)][:MOST_SLIPS]:
            near = self.index.near(spelled(tok.plain_key(self.tokens[start:stop])))
            if near:
                yield self._span(start, stop, {n: (Match.SLIP, edits) for n, edits in near})

    def _matches(self, start: int, stop: int) -> dict[int, Match]:
        part = self.tokens[start:stop]
        index = self.index
        if stop - start == 1 and part[0].sort == "emoji":
            name = emoji_name(part[0].folded)
            own = index.lookup(part[0].folded)
            return strongest(own or [(n, Match.EMOJI) for n, _ in index.lookup(name.replace(" ", ""))] if name else own)
        marks = any(token.sort == "mark" for token in part)
        if marks and (part[0].sort == "mark" or part[-1].sort == "mark"):
            exact = fold(self.text[part[0].start : part[-1].end])
            return strongest([hit for hit in index.lookup(exact) if hit[1] is Match.EXACT])
        words = self._words
        folded = words[start]
        if stop - start > 1:
            folded = f"{folded}{''.join(self._inner[start + 1 : stop - 1])}{words[stop - 1]}"
        matches = index.lookup(folded)
        plain = tok.plain_key(part) if self._plain else folded
        if plain != folded:
            matches += [(n, max(how, Match.ACCENTS, key=PENALTIES.__getitem__)) for n, how in index.lookup(plain)]
        if marks:
            exact = fold(self.text[part[0].start : part[-1].end])
            matches += index.lookup(exact) if exact != folded else []
        if self._numeric or self._decades:
            key = number_key(self._words[start:stop])
            matches += [(n, Match.NUMBERS) for n, _ in index.lookup(key)] if key else []
        if not matches and not is_latin(folded):
            matches += [(n, Match.TRANSLITERATION) for n, _ in index.lookup(latin(folded))]
        if not matches and stop - start == 1 and start and self._words[start - 1] in COMPARATIVES_BEFORE:
            for word in positive(plain):
                matches += [(n, Match.COMPARATIVE) for n, how in index.lookup(word) if how in _SAME]
        if matches and len(folded) > SHORTEST and not any(self._is_shared_tag(n) for n, _ in matches):
            other = folded.removesuffix("s") if folded.endswith("s") else f"{folded}s"
            matches += [(n, Match.PLURAL) for n, how in index.lookup(other) if how in _SAME and self._is_shared_tag(n)]
        return strongest(matches)

    def _is_shared_tag(self, number_: int) -> bool:
        entity = self.index.entity(number_)
        return entity.kind in _TAGLIKE and entity.count >= PRIVATE

    def _may_be_slip(self, start: int, stop: int) -> bool:
        """Whether a span is long enough, of words, not cut by punctuation, and not of common words only."""
        part = range(start, stop)
        whole = stop - start == len(self.tokens)
        if any(self.tokens[at].sort != "word" for at in (start, stop - 1)):
            return False
        if not whole and (any(self._breaks[start : stop - 1]) or self._words[stop - 1] in _NEVER_LAST):
            return False
        if any(self.tokens[at].sort == "emoji" for at in part):
            return False
        if sum(len(self.tokens[at].plain) for at in part) < SHORTEST:
            return False
        if whole and stop - start > 2:
            return True
        return any(
            not self._stops[at] and self._zipf[at] < stop_words.COMMON and not stop_words.is_carrier(self._words[at])
            for at in part
        )

    def _span(self, start: int, stop: int, found: Mapping[int, tuple[Match, int]]) -> Span:
        base = sum(self._cost(at) for at in range(start, stop))
        scored = []
        for number_, (how, edits) in found.items():
            entity = self.index.entity(number_)
            score = base + entity.log_share + self._fit(start, stop, entity, how, edits)
            if entity.kind not in _TAGLIKE or entity.count >= PRIVATE:
                score += self._collocation(start, stop)
            if stop - start == len(self.tokens) and how in _SAME and score > -NEVER / 2:
                score = max(score, EXACTLY)
            scored.append(Scored(entity, self._named_how(start, stop, entity, how), score))
        scored.sort(key=lambda meaning: -meaning.score)
        return Span(start, stop, tuple(scored))

    def _collocation(self, start: int, stop: int) -> float:
        stops = sum(self._stops[start:stop])
        words = stop - start - stops
        return COLLOCATION * (words - 1) + COLLOCATION_STOP * stops if words else COLLOCATION_STOP * (stops - 1)

    def _cost(self, at: int) -> float:
        """−log10 of how likely a word is typed as an ordinary word; a rare word is most likely a name."""
        if self._stops[at] or self.tokens[at].sort == "mark":
            return 0.0
        if self.tokens[at].sort == "emoji" or any(map(str.isdigit, self._words[at])):
            return 5.5
        common = self._zipf[at]
        return 9.0 - common + 1.5 * max(0.0, 4.0 - common)

    def _fit(self, start: int, stop: int, entity: Entity, how: Match, edits: int) -> float:
        """What speaks for or against one meaning, beside its popularity and the words."""
        if entity.kind is MentionKind.TAG and not entity.count:
            return -NEVER  # nobody uses it, so that it says nothing
        score = -PENALTIES[how]
        whole = not any(token.sort == "word" for token in (*self.tokens[:start], *self.tokens[stop:]))
        if how is Match.SLIP and not whole and stop - start == 1 and entity.kind in _MANY:
            return -NEVER
        if how is Match.SLIP:
            score -= self._slip_cost(start, stop, entity, edits, whole)
        if whole and (entity.kind not in _TAGLIKE or entity.count >= PRIVATE):
            score += WHOLE_TEXT if how is not Match.SLIP else WHOLE_TEXT_SLIP
        sides = (self._open_left(start), self._open_right(stop))
        if how is Match.SLIP and any(sides) and sum(len(token.plain) for token in self.tokens[start:stop]) <= SHORTEST:
            return -NEVER  # "mosh pit" does not mean "Mesh"
        stops_only = all(self._stops[start:stop])
        if stops_only and not whole:
            return score - NEVER if any(sides) or stop - start < 2 or entity.kind in _TAGLIKE else score + 2.0
        if entity.kind in _TAGLIKE:
            score -= OPEN_TAG * sum(sides)
            score += 0.0 if any(sides) or entity.count < PRIVATE else 0.5
            if entity.count >= PRIVATE:
                return score
            return score - (PRIVATE_WHOLE if whole and how in _SAME else PRIVATE_PART)
        return score - sum(sides) * self._open_cost(start, stop)

    def _open_cost(self, start: int, stop: int) -> float:
        known = [self._zipf[at] for at in range(start, stop) if not self._stops[at]]
        rarest = min(known, default=7.0)
        if rarest < 3.3:
            return OPEN_RARE
        cost = OPEN_COMMON if rarest >= 4.0 else OPEN_KNOWN
        return cost if len(known) < 3 else cost / 2

    def _slip_cost(self, start: int, stop: int, entity: Entity, edits: int, whole: bool) -> float:
        if entity.kind in _TAGLIKE and entity.count < PRIVATE:
            return NEVER
        cost = SECOND_EDIT * (edits - 1)
        typed, label = tok.plain_key(self.tokens[start:stop]), tok.plain_key(tok.tokenize(entity.label))
        if entity.kind in _TAGLIKE and typed in (f"{label}s", label.removesuffix("s")):
            return -0.7  # another number of the same noun is hardly a slip
        target = {token.plain for token in tok.tokenize(entity.label)}
        changed = [at for at in range(start, stop) if self.tokens[at].plain not in target]
        if edits > 1 and sum(len(self.tokens[at].plain) for at in changed) <= SHORT_WORD:
            if any(self._zipf[at] >= KNOWN for at in changed):
                return NEVER
            cost += 0.5
        if changed and all(self._zipf[at] >= (stop_words.COMMON if not whole else FAMILIAR) for at in changed):
            cost += COMMON_SLIP if not whole else COMMON_SLIP_WHOLE
        elif changed and all(self._zipf[at] >= KNOWN for at in changed):
            cost += WORD_SLIP if not whole or edits > 1 else 0.5
        return cost + (SHORT_SLIP if sum(map(len, target)) <= SHORTEST else 0.0)

    def _open_left(self, start: int) -> bool:
        if start == 0 or self._breaks[start - 1] or self.tokens[start - 1].sort != "word":
            return False
        return not stop_words.opens(self._words[start - 1])

    def _open_right(self, stop: int) -> bool:
        if stop == len(self.tokens) or self._breaks[stop - 1] or self.tokens[stop].sort != "word":
            return False
        return stop not in self._decades and not stop_words.closes(self._words[stop])

    def _named_how(self, start: int, stop: int, entity: Entity, how: Match) -> Match:
        """How what was typed differs from the name, as a person would say it."""
        if how not in (Match.EXACT, Match.FOLDED, Match.SEPARATORS):
            return how
        typed = self.text[self.tokens[start].start : self.tokens[stop - 1].end]
        if typed == entity.label:
            return Match.EXACT
        label = fold(entity.label)
        return Match.FOLDED if fold(typed) == label or len(typed) == len(label) else Match.SEPARATORS
