"""Old names that still work: URL parameters and their values, pages, methods and commands.

Links, scripts and notes that people keep must not break when something is renamed. Whoever reads a name looks it up
here, uses the new one, and says so once (the dashboard with a toast, the command line on standard error).

URL parameters of the dashboard (a dagger marks one that can be repeated):

| Page | Parameter | Meaning | Old name |
| --- | --- | --- | --- |
| all | `corpus` | name of the corpus | |
| all | `version` | fingerprint of an earlier version of the corpus | |
| all | `model` | a method's id or a model's id, `id:variant` for a variant | |
| all | `me` | reviewer's name | |
| all | `lang` | language: en, ko or fr; else the browser's | |
| all | `figure_format` | file format of saved figures: png or svg | `figures` |
| Tag map, Item | `item` | key of the selected item, such as `tag:jazz` | `at` |
| Tag map | `target` | key of the item that the path leads to | `to` |
| Tag map | `phrase` | text that is looked up on the map, read as a title | `say` |
| Tag map | `min_similarity` | least cosine of a neighbour, 0 for the twelve nearest | `within` |
| Tag map | `colour`, `relevance_title` | what the colours show; the title for `colour=relevance` | , `heat` |
| Tag map | `feature` | song feature for `colour=feature`: `table/name` | |
| Item, Tag map | `features` | feature table for what sounds alike, where there are several | |
| Tag map | `show`† | kinds that are shown besides tags | |
| Tag map | `facet`† | only tags of these facets | `only` |
| Tag map | `min_playlists`, `since`, `until` | filters: playlists of an item, first and last year | `least` |
| Tag map | `layout`, `n_neighbors`, `min_dist` | layout method and its parameters | `method`, `hold`, `loose` |
| Tag map | `previews` | yes: show layout previews | `try` |
| Tag map | `view`, `view2` | centre and zoom of the first and the second map | |
| Tag map, Recommend, Feedback | `compare` | second model (on the map also `model of corpus`) | `beside` |
| Recommend | `title`, `tag`†, `song`†, `avoid`†, `date`, `n` | the query | |
| Home | `title` | the text that is searched | |
| Home, Recommend, Tag map | `reading`† | how a part of a text is read: `typed→key`, `typed→phrase`, `typed→`: not | |
| Home, Recommend | `match` | all or any: whether answers must fit all tags of the title | |
| Recommend | `musical_only` | no: also tags that say nothing of music | |
| Recommend | `variety`, `popularity` | weights in percent | |
| Recommend | `include_later` | yes: also songs released after the date | `later` |
| Recommend | `all_spellings` | yes: do not merge spelling variants | `spellings` |
| Recommend | `ignore_feedback` | yes: do not use feedback | `unheeded` |
| Evaluate | `report`, `kind`, `k`, `case` | report, tags or songs, list length, query type | |
| Evaluate | `heatmap_model` | model of the heatmap | `of` |
| Evaluate | `heatmap` | similarity or instead | `reading` |
| Evaluate | `cumulative` | yes: cumulative histogram | |
| Evaluate | `drilldown` | what was clicked, such as `similarity|best|0|0` | `behind` |
| Evaluate | `question` | id of the playlist that is open | |
| Evaluate | `segment_by` | what the segments are | `parts` |
| Evaluate | `metric` | metric of the pairwise comparison | `by` |
| Evaluate | `history_metric` | metric over time | `moved` |
| Evaluate | `diagnostic` | view of the embedding diagnostics | `space` |
| Evaluate | `analogy`†, `odd_one_out`† | tags of these two diagnostics | , `odd` |
| Evaluate | `golden_measure`, `golden_by` | measure of the golden queries; language or hard: their groups | |
| Train | `tab` | tune, import or models | `do` |
| Train | `method` | method of the training form | |
| Train | `tuned_method`, `metric`, `protocol`, `case` | the search for settings | `tune`, , `asked` |
| Feedback | `kind` | tag or song | |
| Feedback | `order` | order of the queue | `way` |
| Curate | `suggestions` | sort of suggestions | `sort` |
| Curate | `tag`† | only suggestions about these tags | `about` |
| Monitor | `change` | new, gone, rising or falling | `changed` |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class UrlAlias:
    """An old URL parameter.

    Attributes:
        old: The name in old links.
        new: The name today.
        page: The only page where it is old, by its URL path; "" for every page.
    """

    old: str
    new: str
    page: str = ""


URL_PARAMETERS = (
    UrlAlias("figures", "figure_format"),
    UrlAlias("at", "item", "Tag_map"),
    UrlAlias("to", "target", "Tag_map"),
    UrlAlias("say", "phrase", "Tag_map"),
    UrlAlias("within", "min_similarity", "Tag_map"),
    UrlAlias("heat", "relevance_title", "Tag_map"),
    UrlAlias("only", "facet", "Tag_map"),
    UrlAlias("least", "min_playlists", "Tag_map"),
    UrlAlias("method", "layout", "Tag_map"),
    UrlAlias("hold", "n_neighbors", "Tag_map"),
    UrlAlias("loose", "min_dist", "Tag_map"),
    UrlAlias("try", "previews", "Tag_map"),
    UrlAlias("beside", "compare"),
    UrlAlias("later", "include_later", "Recommend"),
    UrlAlias("spellings", "all_spellings", "Recommend"),
    UrlAlias("unheeded", "ignore_feedback", "Recommend"),
    UrlAlias("of", "heatmap_model", "Evaluate"),
    UrlAlias("reading", "heatmap", "Evaluate"),
    UrlAlias("behind", "drilldown", "Evaluate"),
    UrlAlias("parts", "segment_by", "Evaluate"),
    UrlAlias("by", "metric", "Evaluate"),
    UrlAlias("moved", "history_metric", "Evaluate"),
    UrlAlias("space", "diagnostic", "Evaluate"),
    UrlAlias("odd", "odd_one_out", "Evaluate"),
    UrlAlias("do", "tab", "Train"),
    UrlAlias("tune", "tuned_method", "Train"),
    UrlAlias("asked", "protocol", "Train"),
    UrlAlias("way", "order", "Feedback"),
    UrlAlias("sort", "suggestions", "Curate"),
    UrlAlias("about", "tag", "Curate"),
    UrlAlias("changed", "change", "Monitor"),
)
"""Old URL parameters. Whoever reads a parameter by its new name also finds it under its old one."""

URL_VALUES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("colour", "heat"): "relevance",
        ("tab", "load"): "import",
        ("tab", "keep"): "models",
        ("diagnostic", "What goes together"): "cooccurrence",
        ("diagnostic", "Hubs"): "hubs",
        ("diagnostic", "Playlists"): "playlists",
        ("diagnostic", "Stability"): "stability",
        ("diagnostic", "Analogy"): "analogy",
        ("diagnostic", "Odd one out"): "odd_one_out",
    }
)
"""Old values of URL parameters: (new name of the parameter, old value) → new value."""

PAGES: Mapping[str, str] = MappingProxyType({"Judge": "Feedback", "Watch": "Monitor"})
"""Old URL paths of pages → new ones."""

METHODS: Mapping[str, str] = MappingProxyType(
    {
        "als": "factors",
        "playlist-knn": "neighbours",
        "sentence-fine-tuned": "taught",
        "stacked": "best",
    }
)
"""Other names of methods → their ids. The ids themselves do not change, since stored models carry them."""

COMMANDS: Mapping[str, str] = MappingProxyType({})
"""Old names of commands → new ones; none has been renamed so far."""


def old_parameters(name: str) -> tuple[str, ...]:
    """Return the old names of a URL parameter, given its new name."""
    return tuple(alias.old for alias in URL_PARAMETERS if alias.new == name)


def new_parameter(old: str, page: str) -> str:
    """Return the new name of an old URL parameter on a page (its URL path); "" if it is not an old name there."""
    return next((alias.new for alias in URL_PARAMETERS if alias.old == old and alias.page in ("", page)), "")


MODEL_PARAMETERS = ("model", "compare", "method", "tuned_method")
"""URL parameters that name a model or a method."""


def new_value(name: str, text: str) -> str:
    """Return today's form of a URL parameter's value; `name` is the parameter's new name."""
    if name in MODEL_PARAMETERS:
        return method_id(text)
    return URL_VALUES.get((name, text), text)


def method_id(name: str) -> str:
    """Return the id of a method that may be given by another name; unknown names come back unchanged."""
    return METHODS.get(name, name)


def command_name(name: str) -> str:
    """Return today's name of a command that may be given by its old name."""
    return COMMANDS.get(name, name)
