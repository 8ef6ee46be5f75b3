"""The choice of a report, new evaluations, leakage, export."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.operations import jobs
from tagviz.types import no_progress
from tagviz.ui import cache, pages, stored_reports
from tagviz.ui.evaluation import analyses, reports
from tests.ui.screen import texts

Open = Callable[..., AppTest]
PAGE = pages.EVALUATE.path


def opened(app: Open, tab: str, **address: str | list[str]) -> AppTest:
    """The page with a tab of the analyses open."""
    test = app(PAGE, **address)
    test.session_state[analyses.TABS_KEY] = tab
    return test.run()


def test_how_much_a_split_at_random_flatters_is_asked_and_told(app: Open) -> None:
    test = opened(app, "Significance")
    assert "Popularity" not in test.button(key="measure-leak").label, "nothing gives away what it answers"
    test.button(key="measure-leak").click().run()
    assert not test.exception
    assert "Measure leakage of a random split on awkward" in texts(test)
    assert test.button(key="measure-leak").disabled
    job = next(job for job in cache.jobs() if job.kind == "leak")
    queue = jobs.job_queue(cache.context())
    while (claimed := queue.claim("test", 60)) is not None and claimed.id != job.id:
        queue.stop(claimed.id, "test")  # what another test asked for
    assert claimed is not None
    told = jobs.run_job(cache.context(), "leak", job.arguments, no_progress)
    queue.finish(job.id, "test", told)
    test.run()
    assert "A split at random" in texts(test)


def test_a_new_evaluation_is_queued_with_what_the_form_says(app: Open) -> None:
    test = app(PAGE)
    test.multiselect(key="evaluate-models").set_value(["popularity"]).run()
    test.selectbox(key="evaluate-protocol").set_value("tags").run()
    test.selectbox(key="evaluate-size").set_value(200).run()
    next(button for button in test.button if button.label == "Evaluate").click().run()
    assert not test.exception
    job = next(job for job in cache.jobs() if job.kind == "evaluate" and not job.over)
    assert (job.arguments["models"], job.arguments["protocol"], job.arguments["limit"]) == (["popularity"], "tags", 200)


def test_a_report_is_exported_as_page_csv_and_latex(app: Open) -> None:
    app(PAGE)
    corpus = next(info for info in cache.corpora() if info.name == "awkward")
    report = stored_reports.ReportKey(corpus.fingerprint, str(cache.reports(corpus.fingerprint)[0]["id"])).opened
    files = {ending: reports._file(ending, report, report.kinds[0], 5, False, "tracks") for ending in reports.FILES}
    assert files["csv"].decode("utf-8-sig").startswith("model,")
    assert b"begin{tabular}" in files["tex"]
    assert files["html"].lstrip().lower().startswith(b"<!doctype html")
