"""The pages of the dashboard: the menu, the cards of the home page, links and tests iterate this table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from tagviz.ui.i18n import N_


@dataclass(frozen=True)
class Page:
    """A page of the dashboard. The texts are marked for translation: show them through `_()`.

    Attributes:
        path: The script, relative to the project's folder, as `st.page_link` takes it.
        title: The page's name in the menu and above the page.
        icon: A Material icon.
        summary: One sentence on the home page's card.
        question: The question that the page answers, beside its title.
    """

    path: str
    title: str
    icon: str
    summary: str = ""
    question: str = ""

    @property
    def url_path(self) -> str:
        """The page's address below the server's root, such as "Tag_map"; "" for the home page."""
        number, _sign, name = PurePosixPath(self.path).stem.partition("_")
        return name if number.isdecimal() else ""


HOME = Page("app.py", N_("Home"), ":material/home:")
TAG_MAP = Page(
    "pages/1_Tag_map.py",
    N_("Tag map"),
    ":material/bubble_chart:",
    N_("See which tags are similar, and what each one stands for."),
    N_("Where is this tag, and what is near it?"),
)
RECOMMEND = Page(
    "pages/2_Recommend.py",
    N_("Recommend"),
    ":material/queue_music:",
    N_("Give a title, tags or songs and see what to add, and why."),
    N_("What would you add to this playlist, and why?"),
)
EVALUATE = Page(
    "pages/3_Evaluate.py",
    N_("Evaluate"),
    ":material/fact_check:",
    N_("See how often the recommendations are right, and where they fail."),
    N_("How good is the model, and where does it fail?"),
)
TRAIN = Page(
    "pages/4_Train.py",
    N_("Train"),
    ":material/model_training:",
    N_("Train new models and follow their progress."),
    N_("What is running, and which models can be trained?"),
)
DATA = Page(
    "pages/5_Data.py",
    N_("Data"),
    ":material/library_music:",
    N_("Import playlists and check their quality."),
    N_("What does this corpus contain, and which problems were found?"),
)
FEEDBACK = Page(
    "pages/6_Feedback.py",
    N_("Feedback"),
    ":material/thumbs_up_down:",
    N_("Mark recommendations as right or wrong, one key each; later answers use it."),
    N_("Is this recommendation right?"),
)
CURATE = Page(
    "pages/7_Curate.py",
    N_("Curate"),
    ":material/rule:",
    N_("Merge, block and group tags; every decision can be undone."),
    N_("Which tags mean the same, and which are not about music?"),
)
MONITOR = Page(
    "pages/8_Monitor.py",
    N_("Monitor"),
    ":material/monitor_heart:",
    N_("See what changed between two versions of a corpus, and what to do."),
    N_("What changed since the previous version?"),
)
AUDIT = Page(
    "pages/9_Audit.py",
    N_("Audit"),
    ":material/history:",
    N_("See who changed what, and when."),
    N_("Who changed what?"),
)

ITEM = Page(
    "pages/10_Item.py",
    N_("Item"),
    ":material/sell:",
    N_("Everything about one tag, artist or song."),
    N_("What is this tag, artist or song, and who uses it?"),
)

PAGES = (HOME, TAG_MAP, ITEM, RECOMMEND, FEEDBACK, EVALUATE, TRAIN, DATA, CURATE, MONITOR, AUDIT)
"""All pages, in the order of the menu."""
