"""Who may do what: every operation that changes something, tried in every role; the table of docs/access.md."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tagviz.access.roles import Actor, Role
from tagviz.curation.decisions import Act, Decision
from tagviz.errors import InvalidParameterError, NotFoundError, NotPermittedError
from tagviz.operations import access, corpora, feedback, golden, jobs, models, monitoring, quotas
from tagviz.operations import curation as curations
from tagviz.operations.context import Context
from tagviz.store.audit import ERASED, AuditLog
from tagviz.store.feedback import Answer, Verdict
from tagviz.store.records import ModelAnnotations
from tagviz.store.workspace import Workspace
from tagviz.types import Kind, Query
from tests.corpora import checkerboard

ROOT = Path(__file__).resolve().parents[2]
ROLES = [role for role in Role if role]
NAME = "checkerboard"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Workspace(tmp_path_factory.mktemp("access"))
    workspace.save_corpus(checkerboard())
    context = Context(workspace)
    models.train(context, corpora.open_corpus(context, NAME), "popularity")
    models.train(context, corpora.open_corpus(context, NAME), "cooccurrence")
    return workspace


def person(workspace: Workspace, role: Role, name: str = "") -> Context:
    """Somebody who has logged in to the dashboard."""
    return Context(workspace, Actor(name or f"{role.label}@example.com", role, remote=True, verified=True))


def tag_of(context: Context, row: int = 0) -> str:
    return str(corpora.open_corpus(context, NAME).vocab(Kind.TAG).ids[row])


def verdict(context: Context, reviewer: str) -> Verdict:
    corpus = corpora.open_corpus(context, NAME)
    query = Query(title="evening")
    return Verdict(
        reviewer,
        NAME,
        corpus.fingerprint,
        "popularity",
        "x",
        query,
        Kind.TAG,
        f"tag:{tag_of(context)}",
        1,
        1.0,
        Answer.RIGHT,
    )


def newest(context: Context, method: str = "popularity"):  # type: ignore[no-untyped-def]
    corpus = corpora.open_corpus(context, NAME)
    return next(info for info in models.list_models(context, corpus.fingerprint) if info.method == method)


def import_again(context: Context) -> None:
    path = context.workspace.home / "lists.csv"
    path.write_text("title,tags\na,x;y\nb,x;z\nc,y;z\n", encoding="utf-8")
    corpora.import_corpus(context, path, "lists")


def delete_and_restore(context: Context) -> None:
    import_again(Context(context.workspace))
    token = corpora.delete_corpus(context, "lists")
    corpora.restore(Context(context.workspace), token)


def restore(context: Context) -> None:
    import_again(Context(context.workspace))
    corpora.restore(context, corpora.delete_corpus(Context(context.workspace), "lists"))


def delete_model(context: Context) -> None:
    local = Context(context.workspace)
    token = models.delete(context, newest(local, "cooccurrence"))
    corpora.restore(local, token)


def decide(context: Context) -> None:
    tag = tag_of(context)
    decision = Decision(Act.BLOCK, (tag,), author="somebody")
    kept = curations.add(context, NAME, decision)
    curations.undo(Context(context.workspace), NAME, kept.id, "test")


def undo(context: Context) -> None:
    kept = curations.add(Context(context.workspace), NAME, Decision(Act.BLOCK, (tag_of(context, 1),), author="a"))
    try:
        curations.undo(context, NAME, kept.id, "somebody")
    except NotPermittedError:
        curations.undo(Context(context.workspace), NAME, kept.id, "test")
        raise


def cancel_of_another(context: Context) -> None:
    other = person(context.workspace, Role.TRAINER, "other@example.com")
    ident = jobs.submit(other, "train", {"corpus": NAME, "method": "popularity"}, start=False)
    try:
        jobs.cancel(context, ident)
    finally:
        jobs.job_queue(context).cancel(ident)


def job(kind: str, **arguments: object) -> Callable[[Context], None]:
    def submit(context: Context) -> None:
        ident = jobs.submit(context, kind, {"corpus": NAME, **arguments}, start=False)
        jobs.cancel(context, ident)

    return submit


ACTIONS: dict[str, Callable[[Context], object]] = {
    "list corpora": corpora.list_corpora,
    "open a corpus": lambda context: corpora.open_corpus(context, NAME),
    "ask a model": lambda context: models.open_model(context, corpora.open_corpus(context, NAME), "popularity"),
    "compute a map": job("project", model="cooccurrence"),
    "give feedback": lambda context: feedback.record_feedback(context, verdict(context, "x")),
    "erase own feedback": lambda context: feedback.forget(context, context.actor.name),
    "erase feedback of others": lambda context: feedback.forget(context, "nobody@example.com"),
    "decide on tags": decide,
    "undo a decision": undo,
    "reject a suggestion": lambda context: curations.reject(
        context, NAME, Decision(Act.BLOCK, (tag_of(context, 2),)), "somebody"
    ),
    "add a golden query": lambda context: golden.add(context, NAME, Query(title="evening"), [f"tag:{tag_of(context)}"]),
    "import a corpus": import_again,
    "train a model": lambda context: models.train(context, corpora.open_corpus(context, NAME), "popularity"),
    "start a training": job("train", method="popularity"),
    "start a tuning": job("tune", method="cooccurrence", trials=1),
    "start an evaluation": job("evaluate", models=["popularity"]),
    "start a monitor run": job("monitor"),
    "cancel a job of another person": cancel_of_another,
    "make a model the default": lambda context: models.make_default(context, newest(context)),
    "name or archive a model": lambda context: models.annotate(context, newest(context), ModelAnnotations(title="a")),
    "set limits of the monitor": lambda context: monitoring.set_thresholds(context, NAME, {"new_amber": 0.1}),
    "delete a corpus": delete_and_restore,
    "delete a model": delete_model,
    "restore what was deleted": restore,
    "create and revoke an access token": lambda context: (
        access.create_token(context, "park"),
        access.revoke_token(context, "park"),
    ),
    "list access tokens": access.list_tokens,
    "read the audit log": access.audit_entries,
    "read own entries of the audit log": lambda context: access.audit_entries(context, person=context.actor.person),
}
"""Every kind of action, as the operation that a page calls."""


def allowed(action: Callable[[Context], object], context: Context) -> bool:
    try:
        action(context)
    except NotPermittedError:
        return False
    return True


def table(home: Workspace) -> str:
    """The table of docs/access.md, measured."""
    lines = ["| action | " + " | ".join(role.label for role in ROLES) + " | read-only |", "| --- |" + " --- |" * 6]
    for name, action in ACTIONS.items():
        cells = ["yes" if allowed(action, person(home, role)) else "–" for role in ROLES]
        admin = person(home, Role.ADMIN)
        frozen = replace(admin, actor=replace(admin.actor, read_only=True))
        cells.append("yes" if allowed(action, frozen) else "–")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def test_the_table_of_the_documentation_is_what_happens(home: Workspace) -> None:
    page = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    measured = table(home)
    assert measured in page, measured


def test_somebody_without_a_role_may_do_nothing_that_is_checked(home: Workspace) -> None:
    nobody = person(home, Role.NONE)
    assert not allowed(ACTIONS["give feedback"], nobody)
    assert not allowed(ACTIONS["compute a map"], nobody)


def test_changes_are_in_the_audit_log_with_the_person(home: Workspace) -> None:
    kim = person(home, Role.ADMIN, "kim@example.com")
    delete_and_restore(kim)
    entry = next(one for one in access.audit_entries(kim) if one.action == "delete corpus")
    assert (entry.person, entry.way, entry.corpus, entry.failed) == ("kim@example.com", "dashboard", "lists", False)
    assert all("/" not in str(one.details.get("path", "")) for one in access.audit_entries(kim) if one.details)


def test_a_failed_change_is_in_the_log_as_failed(home: Workspace) -> None:
    kim = person(home, Role.ADMIN, "kim@example.com")
    with pytest.raises(NotFoundError):
        corpora.delete_corpus(kim, "nothing")
    assert access.audit_entries(kim, limit=1)[0].failed


def test_feedback_is_given_in_the_name_of_the_login(home: Workspace) -> None:
    lee = person(home, Role.REVIEWER, "lee@example.com")
    feedback.record_feedback(lee, verdict(lee, "kim@example.com"))
    assert [one.reviewer for one in feedback.current_feedback(lee, NAME, "lee@example.com")] == ["lee@example.com"]
    assert not feedback.current_feedback(lee, NAME, "kim@example.com")


def test_an_erased_person_is_nowhere_in_the_log(home: Workspace) -> None:
    lee = person(home, Role.ADMIN, "lee2@example.com")
    monitoring.set_thresholds(lee, NAME, {"new_amber": 0.1})
    feedback.forget(Context(home), "lee2@example.com")
    people = {one.person for one in AuditLog(lee.database).entries()}
    assert "lee2@example.com" not in people
    assert ERASED in people


def test_a_corpus_of_a_group_is_hidden_from_others(home: Workspace) -> None:
    path = access.policy_file(Context(home))
    path.write_text(f'[corpora]\n{NAME} = ["team"]\n', encoding="utf-8")
    try:
        out = person(home, Role.ADMIN)
        inside = replace(out, actor=replace(out.actor, groups=frozenset(("Team",))))
        assert not access.sees(out, NAME)
        assert access.sees(inside, NAME)
        assert access.sees(Context(home), NAME)
        ident = jobs.submit(inside, "train", {"corpus": NAME, "method": "popularity"}, start=False)
        jobs.cancel(inside, ident)
        assert NAME in {job.arguments["corpus"] for job in jobs.list_jobs(inside)}
        assert NAME not in {job.arguments.get("corpus") for job in jobs.list_jobs(out)}
        with pytest.raises(NotFoundError):
            jobs.submit(out, "train", {"corpus": NAME, "method": "popularity"}, start=False)
        with pytest.raises(NotFoundError):
            corpora.delete_corpus(out, NAME)
    finally:
        path.unlink()


def test_a_role_that_is_removed_counts_at_once(home: Workspace) -> None:
    context = Context(home)
    path = access.policy_file(context)
    kim = Actor("kim", remote=True, verified=True)
    path.write_text('[roles]\nadmin = ["kim"]\n', encoding="utf-8")
    assert access.with_role(context, kim).role is Role.ADMIN
    path.write_text("[roles]\nadmin = []\n", encoding="utf-8")
    assert access.with_role(context, kim).role is Role.VIEWER
    path.unlink()


def test_quotas_count_the_jobs_of_one_person(home: Workspace) -> None:
    path = access.policy_file(Context(home))
    path.write_text("[quotas]\nqueued_jobs = 1\n", encoding="utf-8")
    kim, lee = (person(home, Role.TRAINER, name) for name in ("kim", "lee"))
    idents = [jobs.submit(kim, "train", {"corpus": NAME, "method": "popularity"}, start=False)]
    try:
        with pytest.raises(InvalidParameterError, match="1 job that wait or run"):
            jobs.submit(kim, "train", {"corpus": NAME, "method": "cooccurrence"}, start=False)
        idents.append(jobs.submit(lee, "train", {"corpus": NAME, "method": "cooccurrence"}, start=False))
    finally:
        path.unlink()
        for ident in idents:
            jobs.job_queue(kim).cancel(ident)


def test_people_take_turns_in_the_queue(home: Workspace) -> None:
    kim, lee = (person(home, Role.TRAINER, name) for name in ("kim", "lee"))
    queue = jobs.job_queue(kim)
    first, second, third = (
        jobs.submit(who, "train", {"corpus": NAME, "method": "popularity", "seed": seed}, start=False)
        for who, seed in ((kim, 11), (kim, 12), (lee, 13))
    )
    order = []
    for _ in range(3):
        job = queue.claim("worker")
        assert job is not None
        order.append(job.id)
        queue.finish(job.id, "worker", {})
    assert order == [first, third, second]


def test_a_person_runs_no_more_jobs_at_once_than_the_quota(home: Workspace) -> None:
    kim = person(home, Role.TRAINER, "kim")
    queue = jobs.job_queue(kim)
    idents = [
        jobs.submit(kim, "train", {"corpus": NAME, "method": "popularity", "seed": seed}, start=False)
        for seed in (21, 22)
    ]
    running = queue.claim("worker", running=1)
    assert running is not None
    assert queue.claim("other", running=1) is None
    queue.finish(running.id, "worker", {})
    assert queue.claim("other", running=1) is not None
    for ident in idents:
        queue.cancel(ident)


def test_the_disk_quota_counts_what_ones_own_jobs_have_stored(home: Workspace) -> None:
    context = Context(home)
    kim, lee = (person(home, Role.TRAINER, name) for name in ("kim", "lee"))
    queue = jobs.job_queue(context)
    fingerprint = corpora.info(context, NAME).fingerprint
    for who in (kim, lee, kim):  # the same corpus three times: it belongs to who brought it first
        ident = jobs.submit(who, "train", {"corpus": NAME, "method": "popularity", "seed": 31}, start=False)
        queue.claim("worker")
        queue.finish(ident, "worker", {"corpus": NAME, "fingerprint": fingerprint})
    stored = sum(file.stat().st_size for file in home.corpora.get(fingerprint).folder.rglob("*") if file.is_file())
    assert stored > 0
    assert (quotas.disk_use(context, "kim"), quotas.disk_use(context, "lee")) == (stored, 0)
    path, large = access.policy_file(context), home.corpora.get(fingerprint).folder / "large"
    path.write_text("[quotas]\ndisk_mb = 2\n", encoding="utf-8")
    large.write_bytes(bytes(2_000_000))
    try:
        with pytest.raises(InvalidParameterError, match="Your corpora and models take 2 MB"):
            jobs.submit(kim, "train", {"corpus": NAME, "method": "popularity", "seed": 32}, start=False)
        queue.cancel(jobs.submit(lee, "train", {"corpus": NAME, "method": "popularity", "seed": 32}, start=False))
    finally:
        path.unlink()
        large.unlink()
