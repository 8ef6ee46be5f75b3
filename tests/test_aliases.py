"""Old names, one by one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tagviz import aliases
from tagviz.operations.registry import METHODS

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("alias", aliases.URL_PARAMETERS, ids=lambda alias: f"{alias.old}-{alias.page}")
def test_an_old_url_parameter_has_a_new_name(alias: aliases.UrlAlias) -> None:
    assert alias.old in aliases.old_parameters(alias.new)
    assert aliases.new_parameter(alias.old, alias.page or "Recommend") == alias.new
    if alias.page:
        assert aliases.new_parameter(alias.old, "Nowhere") == ""


def test_no_page_has_two_meanings_for_one_old_name() -> None:
    pairs = [(alias.page, alias.old) for alias in aliases.URL_PARAMETERS]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize(("name", "old", "new"), [(*key, new) for key, new in aliases.URL_VALUES.items()])
def test_an_old_value_is_translated(name: str, old: str, new: str) -> None:
    assert aliases.new_value(name, old) == new
    assert aliases.new_value(name, new) == new, "today's value stays"


@pytest.mark.parametrize(("other", "ident"), aliases.METHODS.items())
def test_another_name_of_a_method_is_its_id(other: str, ident: str) -> None:
    assert ident in METHODS
    assert other not in METHODS
    assert aliases.method_id(other) == ident
    assert aliases.method_id(ident) == ident
    assert aliases.new_value("model", other) == ident


def test_a_command_keeps_its_name_unless_it_is_old() -> None:
    assert aliases.command_name("recommend") == "recommend"
    for old, new in aliases.COMMANDS.items():
        assert aliases.command_name(old) == new


def test_every_parameter_that_the_code_reads_is_in_the_table() -> None:
    call = re.compile(r"(?:param|params|current_value|bind_param|has)\(\s*\"([a-z_]+)\"")
    sources = [*(ROOT / "tagviz" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"]
    names = {name for source in sources for name in call.findall(source.read_text(encoding="utf-8"))}
    documented = set(re.findall(r"`([a-z_0-9]+)`", aliases.__doc__ or ""))
    assert len(names) > 30
    assert not names - documented
    old = {alias.old for alias in aliases.URL_PARAMETERS}
    own = {"method", "reading"}  # Train's `method` and Recommend's `reading` are no old names
    assert not (names & old) - own, "nothing is read by its old name"
