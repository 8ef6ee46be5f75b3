"""The docs are complete: whatever a person can choose, type or set has its place, with an example that runs.

A mention is not enough. Commands and options must be used by a command that `test_commands.py` runs, pages by an
address that `test_pages.py` opens, kinds of jobs by a job that `test_jobs.py` runs, import formats by a file that the
tests of the readers import.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Iterator

import pytest

from tagviz import aliases
from tagviz.cli.parser import parser
from tagviz.evaluation.metric_registry import METRICS
from tagviz.operations.jobs import JOB_KINDS
from tagviz.operations.registry import IMPORTED, METHODS
from tagviz.settings import PACKAGE
from tagviz.sources import READERS
from tagviz.ui.pages import PAGES as UI_PAGES
from tagviz.ui.pages import Page
from tests.docs.pages import DOCS, ROOT, executed, sections, transcript
from tests.docs.test_jobs import examples

NOT_RUN = {
    "demo": "takes minutes; tests/operations/test_demo.py runs it",
    "run": "starts a server; tests/packaging/test_wheel.py runs it with both options",
}
"""Commands whose example is shown, not run, and why."""
EVERYWHERE = {"-h", "--help", "--json", "--debug"}
COMMANDS: dict[str, argparse.ArgumentParser] = next(
    action.choices  # type: ignore[misc]
    for action in parser()._actions
    if isinstance(action, argparse._SubParsersAction)
)


def options(command: str) -> Iterator[str]:
    """The options of a command that are its own, each spelling that does something else."""
    for action in COMMANDS[command]._actions:
        for option in action.option_strings:
            if option not in EVERYWHERE:
                yield option


def used(command: str) -> list[str]:
    """All words of the executed commands of this name."""
    return [word for shown in executed() if shown.words[:1] == [command] for word in shown.words]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_section_with_an_example(command: str) -> None:
    section = sections(DOCS / "commands.md").get(command, "")
    assert section, f"docs/commands.md has no section `{command}`"
    assert f"python -m tagviz {command}" in section, f"no example of {command}"
    assert command in NOT_RUN or used(command), f"no ```console block runs {command}"


@pytest.mark.parametrize(("command", "option"), [(each, option) for each in COMMANDS for option in options(each)])
def test_every_option_is_described_and_used(command: str, option: str) -> None:
    assert f"`{option}`" in sections(DOCS / "commands.md")[command], f"docs/commands.md does not describe {option}"
    assert command in NOT_RUN or option in used(command), f"no ```console block uses {command} {option}"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_action_of_a_command_is_run(command: str) -> None:
    for action in COMMANDS[command]._actions:
        if not action.option_strings and action.choices and command not in NOT_RUN:
            assert set(action.choices) <= set(used(command)), f"{command}: an action is never run"


def test_options_of_every_command_are_described() -> None:
    top = (DOCS / "commands.md").read_text(encoding="utf-8").partition("\n## ")[0]
    assert all(f"`{option}`" in top for option in ("--json", "--debug"))


def test_no_section_describes_a_command_that_is_gone() -> None:
    assert set(sections(DOCS / "commands.md")) == set(COMMANDS)


SETTINGS = sorted(
    {
        setting
        for module in ("settings.py", "server_settings.py")
        for setting in re.findall(r"TAGVIZ_[A-Z_]+", (PACKAGE / module).read_text(encoding="utf-8"))
    }
)


def test_the_settings_are_found() -> None:
    assert {"TAGVIZ_HOME", "TAGVIZ_DATABASE_URL", "TAGVIZ_SEED", "TAGVIZ_IMPORT_ROOTS"} <= set(SETTINGS)
    assert set(sections(DOCS / "settings.md")) == set(SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_setting_has_a_section_and_is_set_by_an_example(setting: str) -> None:
    assert setting in sections(DOCS / "settings.md")
    assert any(shown.command.startswith(f"{setting}=") for shown in transcript(DOCS / "settings.md"))


def test_the_pages_of_the_menu_are_the_scripts_and_the_sections() -> None:
    assert {page.path for page in UI_PAGES} == {"app.py", *(f"pages/{path.name}" for path in ROOT.glob("pages/*.py"))}
    assert [page.title for page in UI_PAGES] == [
        heading for heading in sections(DOCS / "pages.md") if heading in {page.title for page in UI_PAGES}
    ]


@pytest.mark.parametrize("page", UI_PAGES, ids=lambda page: page.title)
def test_every_page_has_a_section_with_an_address(page: Page) -> None:
    section = sections(DOCS / "pages.md").get(page.title, "")
    assert section, f"docs/pages.md has no section {page.title}"
    assert re.search(rf"^```page\n/{page.url_path}\?", section, re.MULTILINE), f"no ```page example of {page.title}"


@pytest.mark.parametrize("page", UI_PAGES, ids=lambda page: page.title)
def test_the_readme_names_every_page(page: Page) -> None:
    assert re.search(rf"^\| {page.title} \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_parameter_of_the_address_is_in_a_table() -> None:
    documented = set(re.findall(r"`(\w+)`", sections(DOCS / "pages.md")["Parameters of the address"]))
    table = (aliases.__doc__ or "").partition("| Page |")[2]
    today = {
        name for row in table.splitlines() if row.count("|") > 4 for name in re.findall(r"`(\w+)`", row.split("|")[2])
    }
    assert len(today) > 40
    assert today <= documented, f"docs/pages.md does not explain {sorted(today - documented)}"
    assert {alias.old for alias in aliases.URL_PARAMETERS} <= documented


@pytest.mark.parametrize("method", [*METHODS, IMPORTED.name])
def test_every_method_is_described_and_run(method: str) -> None:
    page = (DOCS / "methods.md").read_text(encoding="utf-8")
    assert re.search(rf"^(\*\*{method}\*\*|#+ `?{method}`?)", page, re.MULTILINE), f"docs/methods.md: {method}"
    runs = [shown.words for shown in executed() if shown.words]
    own = {"taught": "fine-tune", IMPORTED.name: "load"}.get(method)
    named = [words for words in runs if method in words and {"--model", "--method"} & set(words)]
    assert named or [words for words in runs if words[0] == own], f"no ```console block runs {method}"


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_is_defined_and_computed(metric: str) -> None:
    page = (DOCS / "metrics.md").read_text(encoding="utf-8")
    assert metric in re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE), f"docs/metrics.md does not define `{metric}`"
    examples = "".join(re.findall(r"^(?:>>>|\.\.\.) (.*)$", page, re.MULTILINE))
    assert f'"{metric}"' in examples, f"no example of docs/metrics.md computes {metric}"


@pytest.mark.parametrize("source", READERS)
def test_every_import_format_has_a_section_with_a_file_that_is_imported(source: str) -> None:
    bodies = [body for heading, body in sections(DOCS / "formats.md").items() if heading.partition(":")[0] == source]
    assert bodies, f"docs/formats.md has no section {source}"
    shown = r"^```\w+ file=|^\$ python -m tagviz export .* --out"
    assert re.search(shown, bodies[0], re.MULTILINE), f"docs/formats.md: {source} has no example file"
    reader_tests = (ROOT / "tests" / "sources" / "test_readers.py").read_text(encoding="utf-8")
    names = re.findall(r"^```\w+ file=(\S+)", bodies[0], re.MULTILINE)
    imported = "$ python -m tagviz import " in bodies[0] or any(f'"{name}"' in reader_tests for name in names)
    assert imported, f"docs/formats.md: the example of {source} is never imported"


@pytest.mark.parametrize("kind", JOB_KINDS)
def test_every_kind_of_job_has_a_section_with_an_example(kind: str) -> None:
    assert kind in sections(DOCS / "jobs.md", 3)
    assert kind in examples(), f"docs/jobs.md has no ```json job={kind} block"


@pytest.mark.parametrize(
    "extra", tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
)
def test_every_extra_has_a_section_with_an_example(extra: str) -> None:
    section = sections(DOCS / "install.md", 3).get(extra, "")
    assert "```console\n$ " in section, f"docs/install.md has no example of the extra {extra}"


def test_every_page_of_the_docs_is_in_the_table_of_contents() -> None:
    listed = set(re.findall(r"^([\w./-]+)$", (DOCS / "index.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert {path.stem for path in DOCS.glob("*.md")} - {"index"} <= listed


def test_links_between_pages_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS.glob("**/*.md")]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} links to {target}"
