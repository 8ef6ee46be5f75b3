"""The files of deploy/ are what the programs that read them expect, and say what the documentation says."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import yaml

from tests.serving import ROOT

DEPLOY = ROOT / "deploy"


def test_the_composition_names_files_and_settings_that_exist() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"tagviz", "database", "nginx"}
    assert (DEPLOY / services["tagviz"]["build"]["context"] / services["tagviz"]["build"]["dockerfile"]).is_file()
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name in services["tagviz"]["environment"]:
        assert name.startswith("STREAMLIT_") or f"## `{name}`" in settings
    mounted = [volume.split(":")[0] for volume in services["nginx"]["volumes"]]
    assert (DEPLOY / mounted[0]).is_file()


def test_the_image_is_not_run_by_root_and_copies_what_exists() -> None:
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert "\nUSER tagviz\n" in last
    assert last.index("USER tagviz") < last.index("CMD [")
    extras = re.search(r'"\.\[([\w,]+)\]"', text)
    assert extras is not None
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert all(re.search(rf"^{extra} = \[", declared, re.MULTILINE) for extra in extras.group(1).split(","))


def test_both_configurations_of_nginx_differ_in_names_only() -> None:
    own, composed = ((DEPLOY / name).read_text(encoding="utf-8") for name in ("nginx.conf", "nginx-compose.conf"))
    changed = [pair for pair in zip(own.splitlines(), composed.splitlines(), strict=True) if pair[0] != pair[1]]
    assert {new.split()[0] for _old, new in changed} == {"#", "server", "ssl_certificate", "ssl_certificate_key"}


def test_systemd_accepts_the_unit() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    checked = subprocess.run(
        ["systemd-analyze", "verify", str(DEPLOY / "tagviz.service")], capture_output=True, text=True, check=False
    )
    problems = [line for line in checked.stderr.splitlines() if "tagviz" in line and "is not executable" not in line]
    assert problems == []
