"""What an interpretation says of its parts."""

from __future__ import annotations

from tagviz.query import MentionKind, Role, interpret
from tests.query.corpus import names


def test_phrases_hold_the_tags_they_run_into_and_tags_of_one_listener() -> None:
    assert interpret("late night jazz", names()).phrases == ("late night jazz",)
    assert interpret("rainy day", names()).phrases == ("rainy day",)
    assert interpret("jazz and xyzzy", names()).phrases == ("xyzzy",)
    assert interpret("jazz", names()).phrases == ()
    assert interpret("💔 xyzzy", names()).phrases == ("broken heart  xyzzy",)


def test_mentions_are_told_apart_by_kind_and_role() -> None:
    meant = interpret("sad radiohead without singing, not punk", names())
    assert [mention.label for mention in meant.of()] == ["sad", "Radiohead"]
    assert [mention.label for mention in meant.of(MentionKind.ARTIST)] == ["Radiohead"]
    assert [mention.label for mention in meant.of(role=Role.AVOIDED)] == ["singing", "punk"]
    assert meant.avoided_phrases == ("singing",)
