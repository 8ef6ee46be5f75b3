"""pyproject.toml has ranges, requirements and constraints have pins, and they agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def name_of(text: str) -> str:
    return re.sub(r"[-_.]+", "-", Requirement(text).name).lower()


def pins(file: str) -> dict[str, str]:
    """Package → exact version of a requirements or constraints file."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    required = [line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()]
    return {name_of(line): str(Requirement(line).specifier).removeprefix("==") for line in required}


@pytest.mark.parametrize(
    ("file", "extra"), [("requirements.txt", ""), ("requirements-spark.txt", "spark"), ("requirements-dev.txt", "dev")]
)
def test_every_pinned_package_has_a_range_that_holds_it(file: str, extra: str) -> None:
    declared = PROJECT["optional-dependencies"][extra] if extra else PROJECT["dependencies"]
    ranges = {name_of(text): Requirement(text).specifier for text in declared}
    pinned = pins(file)
    assert set(pinned) == set(ranges), "requirements and pyproject.toml name different packages"
    assert [name for name, version in pinned.items() if version not in ranges[name]] == []


def test_constraints_hold_every_required_package_at_the_same_version() -> None:
    constraints = pins("constraints.txt")
    for file in ("requirements.txt", "requirements-spark.txt", "requirements-dev.txt"):
        for name, version in pins(file).items():
            assert constraints.get(name) == version, f"{name} of {file}"
    assert constraints["torch"] == "2.13.0"


def test_every_required_package_has_its_reason() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    for file in ("requirements.txt", "requirements-spark.txt", "requirements-dev.txt"):
        missing = [name for name in pins(file) if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", reasons)]
        assert missing == [], f"docs/dependencies.md does not name these packages of {file}"


def test_no_range_is_a_pin() -> None:
    texts = [*PROJECT["dependencies"], *(text for some in PROJECT["optional-dependencies"].values() for text in some)]
    assert [text for text in texts if "==" in text or not Requirement(text).specifier] == []
