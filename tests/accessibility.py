"""What axe-core finds on the pages, in both themes.

    make walks                    # all pages, with the ten tasks
    python -m tests.accessibility http://127.0.0.1:8501

Tests look at some pages; `make walks` at all.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from playwright.sync_api import Page, sync_playwright

from tests.chromium import PATIENCE, launch

PAGES = (
    "",
    "Tag_map",
    "Item?item=tag:jazz",
    "Recommend?title=late+night+jazz",
    "Feedback",
    "Evaluate",
    "Train",
    "Data",
    "Curate",
    "Monitor",
    "Audit",
)
"""Every page, with something to show."""
GRAVE = ("serious", "critical")
KNOWN: dict[str, str] = {}
"""Rules of axe-core that Streamlit's own elements break and that we cannot change, each with the reason. None today."""
IDLE = "!document.querySelector('[data-testid=stStatusWidget], [data-testid=stSkeleton], [data-stale=true]')"
"""Whether the page is drawn."""
RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map(({ id, impact, nodes }) => ({
    id, impact, nodes: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ""}`),
  }));
}"""


@cache
def axe() -> str:
    """The program axe-core, as a package brings it: nothing is fetched."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def ready(page: Page) -> None:
    """Wait until the page is drawn."""
    page.get_by_role("button", name="Keys", exact=True).wait_for(state="attached", timeout=PATIENCE)
    page.wait_for_timeout(300)
    page.wait_for_function(IDLE, timeout=PATIENCE)


def findings(page: Page, address: str, path: str) -> Iterator[str]:
    """Serious and critical findings on a page, in the light and the dark theme, as lines."""
    page.emulate_media(color_scheme="light")
    page.goto(f"{address}/{path}")
    ready(page)
    page.evaluate(axe())
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.wait_for_timeout(400)
        for finding in page.evaluate(RUN):
            if finding["impact"] in GRAVE and finding["id"] not in KNOWN:
                first = " | ".join(finding["nodes"][:3])
                yield f"{path or 'Home'} ({theme}): {finding['id']}, {len(finding['nodes'])} times: {first}"


def all_findings(address: str, paths: Iterable[str] = PAGES) -> Iterator[str]:
    """Findings of all pages, in a browser of their own."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page(viewport={"width": 1440, "height": 1000})
        page.set_default_timeout(PATIENCE)
        for path in paths:
            yield from findings(page, address, path)
        browser.close()


if __name__ == "__main__":
    found = list(all_findings(sys.argv[1]))
    print("\n".join(found) or f"no serious or critical finding on {len(PAGES)} pages, light and dark")
    sys.exit(bool(found))
