"""The catalogues: complete, compiled, nothing unused, and translations that fit their messages."""

from __future__ import annotations

import io
import re
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo

from tagviz.song_words import in_words
from tagviz.ui import i18n
from tagviz.ui.recognition import Recogniser, template_of
from tests import messages
from tests.messages import TRANSLATED
from tests.ui.same_words import SAME


@pytest.fixture(scope="module")
def found() -> Catalog:
    return messages.extract()


@pytest.fixture(scope="module", params=TRANSLATED)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return messages.read(request.param)


def language_of(catalogue: Catalog) -> str:
    return str(catalogue.locale)


def translated(catalogue: Catalog) -> list[tuple[Message, list[str]]]:
    """The messages that have a translation, each with all its forms."""
    return [(one, forms(one)) for one in catalogue if one.id and messages.is_translated(one)]


def forms(message: Message) -> list[str]:
    return list(message.string) if message.pluralizable else [str(message.string)]


def source(message: Message) -> str:
    return str(message.id[-1] if message.pluralizable else message.id)


def test_the_languages_that_can_be_chosen_have_a_catalogue() -> None:
    assert set(i18n.LANGUAGES) - {i18n.SOURCE} <= set(TRANSLATED) == set(i18n.CATALOGUES) - {i18n.SOURCE}


def test_the_catalogue_has_exactly_the_messages_of_the_source(catalogue: Catalog, found: Catalog) -> None:
    known, used = ({one.id for one in catalog if one.id} for catalog in (catalogue, found))
    assert not sorted(used - known, key=str)[:5], "missing: run `make messages` and translate them"
    assert not sorted(known - used, key=str)[:5], "unused: run `make messages`"


def test_a_language_that_can_be_chosen_is_complete(catalogue: Catalog) -> None:
    if language_of(catalogue) in i18n.LANGUAGES:
        assert not [one.id for one in catalogue if one.id and not messages.is_translated(one)]


def test_the_compiled_catalogue_is_that_of_the_source(catalogue: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    assert messages.path(language_of(catalogue), "mo").read_bytes() == compiled.getvalue(), "run `make messages`"


def test_translations_have_the_placeholders_of_their_message(catalogue: Catalog) -> None:
    def placeholders(text: str) -> set[tuple[str, str]]:
        return {(name, spec or "") for _text, name, spec, _conversion in Formatter().parse(text) if name is not None}

    wrong = [
        (one.id, text)
        for one, texts in translated(catalogue)
        for text in texts
        if placeholders(text) != placeholders(source(one))
    ]
    assert not wrong


def test_a_translation_has_three_forms_where_english_changes_its_words(catalogue: Catalog) -> None:
    for one, texts in translated(catalogue):
        for text in texts:
            chosen = {i18n.chosen_form(text, songs) for songs in i18n.SONGS_ARE}
            assert len(chosen) == 1 or in_words(source(one), "albums") != source(one), one.id
            assert not re.search(r"\[[^\]]*\|[^\]]*\]", "".join(chosen)), f"not three forms: {text}"


def test_what_is_equal_to_its_message_is_on_the_list(catalogue: Catalog) -> None:
    equal = {source(one) for one, texts in translated(catalogue) if texts[-1] == source(one)}
    assert equal == SAME[language_of(catalogue)] & {source(one) for one in catalogue if one.id}


def test_french_has_its_spaces_and_apostrophes() -> None:
    wrong = [
        text
        for _one, texts in translated(messages.read("fr"))
        for text in texts
        if re.search(r" [:;?!»%](?=\s|$)|« |(?<=[a-zà-ÿ])'(?=[a-zà-ÿ]{2})", text)
    ]
    assert not wrong


def test_templates_are_recognised(catalogue: Catalog) -> None:
    """Each message with placeholders is found again when they are filled, whatever other messages there are."""
    recogniser = Recogniser(i18n.CATALOGUES[language_of(catalogue)])
    for one, _texts in translated(catalogue):
        if template_of(source(one)) is not None and not one.pluralizable:
            filled = re.sub(r"\{(\w+)[^}]*\}", r"‹\1›", source(one))
            assert recogniser.translated(filled) is not None, one.id
