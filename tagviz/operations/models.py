"""Models: train them, list them, open them by id, method or method:variant."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

import orjson

import tagviz
from tagviz.curate.answering import Translated, same_tags
from tagviz.errors import BadParameter, UnknownTerm
from tagviz.feedback import lessons as teaching
from tagviz.methods import Encode, Engine, Lessons, Tools
from tagviz.operations import layers
from tagviz.operations.methods import BEST, DEFAULT, FINE_TUNED, FOREIGN, METHODS, Entry, checked_variant, method
from tagviz.params import Params
from tagviz.settings import settings
from tagviz.store.arrays import storing
from tagviz.store.checkpoints import Checkpoint
from tagviz.store.encodings import Kept
from tagviz.store.workspace import Marks, ModelInfo, Workspace, now
from tagviz.types import Corpus, Embedding, Progress, ProgressCallback, Recommender, quiet


@dataclass(frozen=True, eq=False)
class Model:
    """An opened model: what is known of it, in which way it is asked, and its embedding where it has one."""

    info: ModelInfo
    recommender: Recommender
    variant: str = ""

    @property
    def embedding(self) -> Embedding | None:
        return getattr(self.recommender, "embedding", None)

    @property
    def learned(self) -> Recommender:
        """The recommender as it was fitted, in the tags of the corpus as it was then."""
        return self.recommender.inner if isinstance(self.recommender, Translated) else self.recommender

    @property
    def ref(self) -> str:
        """What opens this model in this variant again."""
        return f"{self.info.id}:{self.variant}" if self.variant else self.info.id


def train(
    ws: Workspace,
    corpus: Corpus,
    name: str = DEFAULT,
    values: Mapping[str, Any] | None = None,
    seed: int | None = None,
    force: bool = False,
    progress: ProgressCallback = quiet,
    watch: Sequence[str] = (),
    start: Model | None = None,
    lessons: Lessons | None = None,
    engine: Engine | None = None,
) -> ModelInfo:
    """Trains a method and keeps the model; the same settings again return the one that is there, unless `force`.

    A training that was stopped or killed goes on from its last checkpoint, where the method keeps any.

    values: parameters as `key: value` (text is fine), `preset` among them. start: a model of an older version of the
    corpus to go on from, with its settings, in a third of the work. engine: what counts co-occurrences, solves for
    factors and trains Word2Vec in this process's stead; the model's id is the same. lessons: what reviewers found (see
    `feedback.lessons`), learned from too. Raises UnknownTerm for a method that does not exist, BadParameter for
    parameters or for a `start` that cannot be gone on from, NotReady where the corpus lacks what the method needs.
    """
    entry = method(name)
    if start is not None:
        values = _settings_of(start, entry, values)
    params = entry.params.parse(values)
    seed = settings().seed if seed is None else seed
    begun = "" if start is None else f"{start.info.fingerprint}/{start.info.id}"
    kept = {} if lessons is None else teaching.arrays(lessons)
    ident = model_id(entry, corpus, params, seed, begun, "" if lessons is None else teaching.digest(kept, lessons))
    if not force:
        for info in ws.model_infos(corpus.fingerprint):
            if info.id == ident:
                return info
    started = time.perf_counter()
    checkpoint = Checkpoint(ws.home / "checkpoints" / f"{corpus.fingerprint}-{ident}.npz")
    own = replace(
        tools(ws, corpus, seed, progress, engine),
        checkpoint=checkpoint,
        watch=tuple(watch),
        start=None if start is None else start.learned,
        lessons=lessons,
    )
    recommender = entry.fit(corpus if lessons is None else teaching.taught(corpus, kept), params, own)
    seconds = time.perf_counter() - started
    progress(Progress("Storing", None))
    arrays, state = recommender.state()
    info = ModelInfo(
        id=ident,
        method=name,
        params=params.model_dump(mode="json"),
        corpus=corpus.name,
        fingerprint=corpus.fingerprint,
        seed=seed,
        code=tagviz.__version__,
        created=now(),
        seconds=round(seconds, 3),
        start=begun,
        verdicts=0 if lessons is None else lessons.verdicts,
    )
    saved = ws.save_model(info, {**arrays, **kept}, state)
    checkpoint.drop()
    return saved


def models(ws: Workspace, fingerprint: str) -> list[ModelInfo]:
    """The models of a corpus's contents: pinned ones first, then those that have learned from it with its tags as they
    are now, then the newest. Those that learned under other decisions of experts answer too (see `open_model`)."""
    found = [info for one in layers.related(ws.models, fingerprint) for info in ws.model_infos(one)]
    newest = sorted(found, key=lambda info: (info.created, info.id), reverse=True)
    return sorted(newest, key=lambda info: (not info.marks.pinned, info.fingerprint != fingerprint))


def open_model(ws: Workspace, corpus: Corpus, ref: str = "", progress: ProgressCallback = quiet) -> Model:
    """The model that `ref` names: an id, or a method (the newest of it, trained with defaults if there is none), either
    with `:variant` behind it; "" for the best there is (see `default`). One that has learned from the corpus before
    experts merged or split some of its tags answers in the tags of today.

    Raises UnknownTerm naming the closest reference, BadParameter for a variant that the method does not have.
    """
    name, _, variant = (ref or default(ws, corpus.fingerprint)).partition(":")
    info = find(ws, corpus.fingerprint, name)
    if info is None:
        info = train(ws, corpus, name, progress=progress)
    entry = method(info.method)
    stored = ws.open_model(info.fingerprint, info.id)
    variant = checked_variant(entry, variant)
    seen = corpus
    if info.fingerprint != corpus.fingerprint:
        then = layers.opened(ws, corpus.name, info.fingerprint)
        seen = corpus if same_tags(then, corpus) else then
    learned, arrays = seen, stored.arrays
    if info.verdicts:
        learned = teaching.taught(seen, arrays)
        arrays = {name: array for name, array in arrays.items() if not name.startswith(teaching.PREFIX)}
    recommender = entry.load(arrays, stored.state, learned, tools(ws, seen, info.seed, progress), variant)
    return Model(info, recommender if seen is corpus else Translated(recommender, seen, corpus), variant)


def default(ws: Workspace, fingerprint: str, known: Sequence[ModelInfo] | None = None) -> str:
    """What answers when nobody has chosen: the newest pinned model, else the newest of BEST, else DEFAULT.

    known: the list of `models`, where it is at hand.
    """
    known = models(ws, fingerprint) if known is None else known
    chosen = next((info.id for info in known if info.marks.pinned), "")
    return chosen or next((info.id for info in known if info.method == BEST and not info.marks.archived), DEFAULT)


def find(ws: Workspace, fingerprint: str, name: str, known: Sequence[ModelInfo] | None = None) -> ModelInfo | None:
    """The model of this id, or the newest of this method; None for a method that was never trained here.

    known: the list of `models`, where it is at hand. Raises UnknownTerm for what is neither.
    """
    known = models(ws, fingerprint) if known is None else known
    for info in known:
        if info.id == name or (info.method == name and not info.marks.archived):
            return info
    if name in METHODS:
        return None
    near = get_close_matches(name, [*METHODS, *(info.id for info in known)], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"methods: {', '.join(METHODS)}"
    raise UnknownTerm(f"There is no model or method {name!r}", hint, "list the models of this corpus, or train one")


def _settings_of(start: Model, entry: Entry, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The settings of the model that is gone on from."""
    params = dict(start.info.params)
    if start.info.method != entry.name or not entry.goes_on:
        able = ", ".join(name for name, one in METHODS.items() if one.goes_on)
        raise BadParameter(
            f"{entry.name} cannot go on from {start.info.id}", f"{able} go on from their own models", "train it anew"
        )
    if values and entry.params.parse(values) != entry.params.parse(params):
        raise BadParameter(
            "A model goes on with its own settings", f"{start.info.id} has others", "leave them out, or train anew"
        )
    return params


def model_id(entry: Entry, corpus: Corpus, params: Params, seed: int, start: str = "", lessons: str = "") -> str:
    """`method-` and a hash of contents, parameters, seed, code version, the model it went on from and the lessons."""
    own = [start, f"verdicts {lessons}" if lessons else ""]
    settled = [corpus.fingerprint, params.model_dump(mode="json"), seed, tagviz.__version__, *filter(None, own)]
    return f"{entry.name}-{hashlib.sha256(orjson.dumps(settled, option=orjson.OPT_SORT_KEYS)).hexdigest()[:6]}"


def make_default(ws: Workspace, info: ModelInfo) -> None:
    """Makes one model the one that answers when nobody has chosen: it is pinned, and no other is."""
    for other in models(ws, info.fingerprint):
        chosen = other.id == info.id
        if other.marks.pinned != chosen or (chosen and other.marks.archived):
            archived = other.marks.archived and not chosen
            ws.mark(other.fingerprint, other.id, replace(other.marks, pinned=chosen, archived=archived))


def mark(ws: Workspace, info: ModelInfo, marks: Marks) -> ModelInfo:
    """Keeps a title, a note, a pin or the archive mark."""
    ws.mark(info.fingerprint, info.id, marks)
    return replace(info, marks=marks)


def delete(ws: Workspace, info: ModelInfo) -> str:
    """Moves a model into the trash; the token brings it back through `Workspace.restore`."""
    return ws.remove_model(info.fingerprint, info.id)


def save_taught(ws: Workspace, info: ModelInfo, folder: Path) -> Path:
    """Writes a fine-tuned sentence model as a sentence-transformers folder that other programs can load.

    Raises BadParameter for a model of another method, or one that stands on the packaged e5.
    """
    from tagviz.embed import finetune

    if info.method != FINE_TUNED:
        raise BadParameter(f"{info.id} is no fine-tuned model", f"it is of {info.method}", f"name one of {FINE_TUNED}")
    stored = ws.open_model(info.fingerprint, info.id)
    with storing(folder):
        finetune.save(str(info.params["model"]), finetune.Head.of(stored.arrays), folder)
    return folder


def tools(ws: Workspace, corpus: Corpus, seed: int, progress: ProgressCallback, engine: Engine | None = None) -> Tools:
    """What methods may use: threads within the cap, an engine if one is given, sentence models, and each other's
    embeddings of the same corpus."""

    def embed(wanted: Corpus, name: str, values: Mapping[str, Any]) -> Embedding:
        """Fitted for the method that asks and kept inside it: not a model of its own in the registry."""
        if name == FOREIGN.name:
            from tagviz.operations import loading

            return loading.fitted(ws, wanted, values)
        entry = method(name)
        fitted = entry.fit(wanted, entry.params.parse(values), own)
        embedding: Embedding = fitted.embedding  # type: ignore[attr-defined]
        return embedding

    own = Tools(
        seed=seed,
        threads=settings().threads,
        progress=progress,
        encoder=partial(encoder, ws),
        embed=embed,
        engine=engine,
    )
    return own


def encoder(ws: Workspace, name: str) -> Encode:
    """Name of a sentence model → texts → vectors. The model is loaded when a text comes that it has not read before.

    What a model in a folder says is not kept: the folder may hold another one tomorrow.
    """
    from tagviz.embed import sentence

    load = partial(sentence.load, name, settings().threads)
    return load() if Path(name).expanduser().is_dir() else Kept(ws.encodings, name, load)
