"""Accounts are made and log in here; what is wrong is said in the same words whoever asks."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from regulars.access import rules
from regulars.access.actions import failures
from regulars.access.actions.trail import log
from regulars.access.models import User
from regulars.brand.models import Store
from regulars.core.refused import Refused


def new_password() -> str:
    """A password that nobody guesses and a person can copy: 16 characters from 64."""
    return secrets.token_urlsafe(12)


@transaction.atomic
def add_user(
    *,
    name: str,
    role: str,
    password: str,
    by: User | None,
    now: datetime,
    stores: Sequence[str] = (),
    demo_password: bool = False,
) -> User:
    """Add an account; ``stores`` are codes, for the role store alone; ``by`` is None at the command line.

    Refuses a name that is taken, a role or store that is not known, a password that is too weak.
    """
    if role not in User.Role.values:
        raise Refused(
            "%(role)s is no role; write one of: %(roles)s", role=role, roles=", ".join(User.Role.values)
        )
    if stores and rules.sees_every_store(role):
        raise Refused("an account of the role %(role)s sees every store; leave the stores out", role=role)
    if User.objects.filter(username=name).exists():
        raise Refused("there is an account named %(name)s already; choose another name", name=name)
    known = Store.objects.filter(code__in=stores)
    unknown = sorted(set(stores) - {store.code for store in known})
    if unknown:
        raise Refused(
            "no store has the code %(code)s; stores come with an import, so bring that first", code=unknown[0]
        )
    user = User(username=name, role=role, date_joined=now, demo_password=demo_password)
    _give(user, password)
    try:
        user.full_clean(exclude=("password",))
    except ValidationError as error:
        raise Refused(
            "%(name)s cannot be an account's name: %(why)s", name=name, why=" ".join(error.messages)
        ) from error
    user.save()
    user.stores.set(known)
    log(user=by, verb="add account", subject=f"account {name}", at=now, detail=role)
    return user


@transaction.atomic
def set_password(*, name: str, password: str, by: User | None, now: datetime) -> None:
    """Give an account a new password, and forget its failed log-ins; its sessions end.

    Refuses an account that is not there and a password that is too weak.
    """
    user = User.objects.filter(username=name).first()
    if user is None:
        raise Refused(
            "there is no account named %(name)s; write: regulars user add %(name)s --role ROLE", name=name
        )
    _give(user, password)
    user.demo_password = False
    user.save(update_fields=["password", "demo_password"])
    failures.forget(kind="account", key=_key(name))
    log(user=by, verb="set password", subject=f"account {name}", at=now)


def _give(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused("this password is too weak: %(why)s", why=" ".join(error.messages)) from error
    user.set_password(password)


def check_log_in(*, name: str, password: str, address: str, now: datetime) -> User:
    """The account that this name and password open; the door then begins the session.

    ``now`` is the wall's instant, not the brand's: a stopped clock would make a wait endless. After some
    failures in a row an account's name, and the address they came from, are not heard for a while; the right
    password is then refused too, with the same sentence for names that are no account. Refuses, with nothing
    that tells which of name and password was wrong.
    """
    tried = {"account": _key(name), "address": address[:200]}
    for kind, key in tried.items():
        failures.refuse_to_hear(kind=kind, key=key, now=now)
    user = authenticate(username=name, password=password)
    if not isinstance(user, User):
        for kind, key in tried.items():
            failures.count_failure(kind=kind, key=key, now=now)
        raise Refused("this name and password do not go together")
    failures.forget(kind="account", key=tried["account"])
    log(user=user, verb="log in", subject=f"account {user.username}", at=now)
    return user


def _key(name: str) -> str:
    return name.strip().casefold()[:200]
