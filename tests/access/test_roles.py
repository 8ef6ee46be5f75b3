"""Roles: what each may do, and what a refusal says."""

from __future__ import annotations

import pytest

from tagviz.access.roles import ACTIONS, REQUIRED, Actor, Permission, Role
from tagviz.errors import InvalidParameterError, NotPermittedError


def test_every_permission_has_a_role_and_words() -> None:
    assert set(REQUIRED) == set(ACTIONS) == set(Permission)


@pytest.mark.parametrize("permission", Permission)
def test_higher_roles_may_do_what_lower_ones_may(permission: Permission) -> None:
    allowed = [Actor(role=role).may(permission) for role in Role]
    assert allowed == sorted(allowed)
    assert allowed[-1]
    assert not allowed[0]


def test_a_refusal_names_the_role_that_is_needed() -> None:
    with pytest.raises(NotPermittedError, match="your role is viewer; admin is needed"):
        Actor(role=Role.VIEWER).require(Permission.DELETE)


def test_read_only_allows_nobody_to_change_anything() -> None:
    admin = Actor(role=Role.ADMIN, read_only=True)
    assert [permission for permission in Permission if admin.may(permission)] == [Permission.VIEW]
    with pytest.raises(NotPermittedError, match="read-only"):
        admin.require(Permission.TRAIN)


def test_names_in_the_audit_log_say_whether_a_login_vouches_for_them() -> None:
    assert Actor("Kim", remote=True, verified=True).person == "Kim"
    assert Actor("Kim", remote=True).person == "Kim (unverified)"
    assert Actor(remote=True).person == "(not logged in)"
    assert Actor().person
    assert [Actor(remote=True).way, Actor().way, Actor(job=True).way] == ["dashboard", "command line", "job"]


def test_roles_are_read_by_name() -> None:
    assert Role.parse(" Curator ") is Role.CURATOR
    with pytest.raises(InvalidParameterError, match="roles: none, viewer, reviewer, curator, trainer, admin"):
        Role.parse("owner")
