"""Forms under which a name may be typed."""

from __future__ import annotations

from tagviz.query.transliteration import (
    emoji_name,
    fold,
    is_latin,
    latin,
    symbols_as_letters,
    unaccented,
    with_digraphs,
)


def test_accents_go_and_other_scripts_stay() -> None:
    assert unaccented("sigur rós") == "sigur ros"
    assert unaccented("øåßæ") == "oassae"
    assert unaccented("소녀시대") == "소녀시대"
    assert unaccented("が") == "が"


def test_names_in_latin_letters() -> None:
    assert latin("소녀시대") == "sonyeosidae"
    assert latin("Кино") == "kino"
    assert is_latin("björk")
    assert not is_latin("кино")


def test_other_ways_of_typing() -> None:
    assert with_digraphs("motörhead") == "motoerhead"
    assert symbols_as_letters("Ke$ha") == "Kesha"
    assert symbols_as_letters("!!!") == "!!!"
    assert fold("ＢＪÖＲＫ") == "björk"
    assert emoji_name("🎸") == "guitar"
    assert emoji_name("x") == ""
