"""The evaluation room, done by a browser: from a cell or a bar to the playlists behind it and on to Recommend; files; a
new evaluation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tagviz.evaluation.split import SplitSpec
from tagviz.operations import corpora, evaluation
from tagviz.operations.context import Context
from tagviz.store.workspace import Workspace
from tests.browser.test_dashboard import settle
from tests.chromium import PATIENCE
from tests.serving import ROOT, serving

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE)


AT_ONCE = """(panel, k) => {
  const slider = panel.querySelector("input[type=range]")
  slider.value = k
  slider.dispatchEvent(new Event("input"))
  return [panel.dataset.k, panel.querySelectorAll(".heatmap .cell").length]
}"""
"""What the panel shows before anything else can happen, no server having answered."""


def mark(page: Page, figure: str, number: int) -> Locator:
    """A cell of the heatmap or a bar of the histogram of the panel, by its number."""
    return page.locator(f".panel .{figure} [data-mark='{number}']")


def asks_the_opened_playlist(page: Page) -> None:
    """From the playlist that is open to Recommend, with its question filled in and answered."""
    link = page.get_by_role("link", name="Open in Recommend")
    link.click()
    expect(page).to_have_url(re.compile(r"/Recommend\?.*(title|tag|song)="))
    expect(page.get_by_role("heading", name="Tags to add")).to_be_visible()
    asked = re.findall(r"[?&](tag|song)=", page.url)
    chosen = page.locator("[data-testid=stButtonGroup] button").filter(has_text=re.compile(r"close\s*$"))
    expect(chosen).to_have_count(len(asked))
    assert asked or page.get_by_role("combobox", name="Title").input_value()


def test_from_a_cell_to_its_playlists_and_on_to_recommend(page: Page, server: str) -> None:
    page.goto(f"{server}/Evaluate?heatmap=instead")
    settle(page)
    mark(page, "heatmap", 0).click()
    expect(page).to_have_url(re.compile(r"drilldown=instead%7C.*%7C0%7C0"))
    expect(
        page.get_by_role("heading", name=re.compile("^Playlists where .* was hidden and .* found it"))
    ).to_be_visible()
    settle(page)
    listed = page.locator(".st-key-evaluate-behind").bounding_box()
    assert listed is not None
    assert -10 < listed["y"] < 300, "a click brings the playlists into view"
    asks_the_opened_playlist(page)


def test_from_a_bar_to_its_playlists_and_on_to_recommend(page: Page, server: str) -> None:
    page.goto(f"{server}/Evaluate?kind=song")
    settle(page)
    mark(page, "histogram", 0).click()
    expect(page).to_have_url(re.compile(r"drilldown=bar%7C.*%7C0"))
    expect(page.get_by_role("heading", name=re.compile("at rank 1"))).to_be_visible()
    settle(page)
    asks_the_opened_playlist(page)


def test_the_slider_is_answered_at_once_and_the_server_hears_of_it(page: Page, server: str) -> None:
    page.goto(f"{server}/Evaluate?corpus=demo")
    settle(page)
    panel = page.locator(".panel[data-whole=true]")
    panel.wait_for()
    assert panel.evaluate(AT_ONCE, 9) == ["9", 9 * 8]
    expect(panel.get_by_role("heading", name=re.compile("Of the 9 tags we suggest"))).to_be_visible()
    page.get_by_role("slider", name="Suggestions looked at").press("ArrowLeft")
    expect(page).to_have_url(re.compile("k=8"))
    page.reload()
    expect(page.locator(".panel[data-k='8']")).to_be_visible()


def test_the_panel_by_keyboard_alone(page: Page, server: str) -> None:
    page.goto(f"{server}/Evaluate?corpus=demo")
    settle(page)
    heat = page.get_by_role("application", name=re.compile("^Closest of our 10"))
    heat.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight"):
        heat.press(key)
    expect(page.locator(".panel .heatmap .spoken")).to_have_text(re.compile("^Place 2 in our list, hidden tag 2, sim"))
    heat.press("Enter")
    expect(page).to_have_url(re.compile(r"drilldown=similarity%7C.*%7C1%7C1"))
    expect(page.get_by_role("heading", name=re.compile("behind rank 2 and hidden tag 2"))).to_be_visible()
    page.locator(".panel table").get_by_role("button", name="Popularity").press("Enter")
    expect(page).to_have_url(re.compile(r"drilldown=model%7Cpopularity"))
    expect(page.get_by_role("heading", name="Playlists with the worst results of Popularity")).to_be_visible()


def test_more_of_the_panel(page: Page, server: str) -> None:
    """The other reading, the histogram added up, models put away, a case, a figure as a file."""
    page.goto(f"{server}/Evaluate?corpus=demo")
    settle(page)
    panel = page.locator(".panel")
    panel.get_by_role("button", name="Confusion").click()
    expect(page).to_have_url(re.compile("heatmap=instead"))
    expect(panel.locator(".heatmap .axis").first).to_have_text("Suggested tag")
    panel.get_by_text("Add up").click()
    expect(panel.locator(".histogram polyline")).to_have_count(3)
    expect(page).to_have_url(re.compile("cumulative=yes"))
    panel.get_by_role("group", name="Models in the histogram").get_by_role("button").first.click()
    expect(panel.locator(".histogram polyline")).to_have_count(2)
    before = panel.get_by_role("table").inner_text()
    page.get_by_role("combobox", name="Questions").select_option("only the title shown")
    expect(panel.get_by_role("table")).not_to_have_text(before)
    expect(page).to_have_url(re.compile("case=title"))
    with page.expect_download() as coming:
        panel.locator(".heatmap").get_by_role("button", name="Save as a picture").click()
    assert coming.value.suggested_filename == "tagviz-heatmap.png"


def test_the_files_of_a_report(page: Page, server: str, browser: Browser, tmp_path: Path) -> None:
    """The table as CSV and LaTeX; the whole report as one page that draws its figures without any network."""
    page.goto(f"{server}/Evaluate")
    settle(page)
    page.get_by_role("button", name="Export").click()
    saved = {}
    for form, label in (("csv", "Table (CSV)"), ("tex", "Table (LaTeX)"), ("html", "Report (HTML, opens offline)")):
        with page.expect_download() as coming:
            page.get_by_role("button", name=label).click()
        saved[form] = tmp_path / f"report.{form}"
        coming.value.save_as(saved[form])
    assert saved["csv"].read_text(encoding="utf-8-sig").startswith("model,")
    assert r"\begin{tabular}" in saved["tex"].read_text()
    offline = browser.new_context(offline=True)
    opened = offline.new_page()
    opened.set_default_timeout(PATIENCE)
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(saved["html"].as_uri())
    expect(opened.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    assert not [url for url in asked if url.startswith("http")]
    offline.close()


def test_a_new_evaluation_is_a_job_whose_report_appears(page: Page, server: str) -> None:
    page.goto(f"{server}/Evaluate?model=popularity")
    settle(page)
    page.get_by_role("button", name="New evaluation").click()
    page.get_by_role("combobox", name="Number of questions").click()
    page.get_by_role("option", name="200 (quick)").click()
    page.get_by_role("button", name="Evaluate", exact=True).click()
    expect(page.get_by_role("combobox", name="Number of questions")).to_be_hidden()
    expect(page.get_by_text(re.compile("^200 questions after training"))).to_be_visible(
        timeout=4 * PATIENCE
    )  # a job, at low priority
    expect(page.get_by_text(re.compile("Playlist kNN is ahead")).first).to_be_visible()
    expect(page).to_have_url(re.compile("report=tags-"))


@pytest.fixture(scope="module")
def real_lists(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard with the real lists and a verdict on them."""
    home = tmp_path_factory.mktemp("real")
    ws = Workspace(home)
    corpora.import_corpus(Context(ws), real_data / "lastfm-melon-shape", "lastfm", format="melon")
    evaluation.evaluate(
        Context(ws),
        corpora.open_corpus(Context(ws), "lastfm"),
        ["neighbours", "popularity"],
        SplitSpec("arena", limit=300),
    )
    with serving(ROOT / "app.py", {"TAGVIZ_HOME": str(home), "TAGVIZ_DATABASE_URL": ""}, "/ready") as address:
        yield address


@pytest.mark.real_data
def test_on_the_real_lists_a_cell_leads_to_its_playlists_and_on_to_recommend(page: Page, real_lists: str) -> None:
    page.goto(f"{real_lists}/Evaluate?corpus=lastfm&model=neighbours&heatmap=instead")
    settle(page)
    expect(page.get_by_text(re.compile("^300 questions after training"))).to_be_visible()
    mark(page, "heatmap", 0).click()
    expect(
        page.get_by_role("heading", name=re.compile("^Playlists where .* was hidden and .* found it"))
    ).to_be_visible()
    settle(page)
    asks_the_opened_playlist(page)
    expect(page).to_have_url(re.compile("corpus=lastfm"))


def test_brackets_change_the_length_of_the_lists(page: Page, server: str) -> None:
    page.goto(f"{server}/Evaluate?k=10")
    settle(page)
    page.locator("h1").first.click()
    page.keyboard.press("]")
    expect(page.locator(".panel")).to_have_attribute("data-k", "11")
    page.keyboard.press("[")
    page.keyboard.press("[")
    expect(page.locator(".panel")).to_have_attribute("data-k", "9")
    expect(page).to_have_url(re.compile("k=9"))
