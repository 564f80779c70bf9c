"""Who gets the owner's role: the server's owner, or whom they named. Never whoever asks, nor whoever took it first."""

from collections.abc import Sequence
from dataclasses import dataclass

from novacore.doctor.server import Server
from novacore.entry.going_live.at_discord.site import Site
from novacore.entry.going_live.console import Console, agrees
from novacore.errors import NovaCoreError
from novacore.plurals import counted, listed
from novacore.terminal_text import printable

_MOST_NAMES = 5


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whoever is to have the owner's role."""

    user_id: int
    name: str
    roles: frozenset[int]


@dataclass(frozen=True, slots=True)
class Gift:
    """The owner's role for someone who lacks it."""

    user_id: int
    name: str
    others: str
    """Who has it already, in words; empty if nobody does."""

    @property
    def line(self) -> str:
        """What is going to be done, for the plan."""
        also = f". Others have it already: {self.others}" if self.others else ""
        return f"give the owner's role to {self.name}{also}"


def recipient(site: Site, server: Server, named: int | None) -> Recipient:
    """Find who it is. Raises NovaCoreError for someone who isn't in the server."""
    user_id = named or server.guild.owner_id or 0
    found = site.member(user_id)
    if found is None:
        raise NovaCoreError(f"--owner: nobody in this server has the id {user_id}. They have to join it first.")
    name, roles = found
    return Recipient(user_id, printable(name), roles)


def gift(site: Site, whom: Recipient, role_id: int | None, holders: int, asks: Console | None) -> Gift | None:
    """Return the role for whom it is; None if they have it, or say that others have it instead of them.

    `role_id` is None while there is no such role; `asks` where nobody can be asked: then they get it as well.
    """
    if role_id in whom.roles:
        return None
    if role_id is None or not holders:
        return Gift(whom.user_id, whom.name, "")
    others = named(site.holders(role_id, holders), holders)
    if asks is not None:
        asks.say(
            f"{whom.name} doesn't have the owner's role, but others do: {others}. Take it from anyone who should not "
            "set prices, refund and read the reports."
        )
        if not agrees(asks, f"Give the owner's role to {whom.name} as well?", by_default=True):
            return None
    return Gift(whom.user_id, whom.name, others)


def shared(site: Site, whom: Recipient, role_id: int, holders: int) -> str:
    """Say for the plan who else is an owner of the shop by a role that `whom` has; empty if nobody is."""
    if role_id not in whom.roles or holders < 2:
        return ""
    return f"leave the owner's role to everyone who has it: {named(site.holders(role_id, holders), holders)}"


def named(names: Sequence[str], count: int) -> str:
    """Name the members who have a role, as far as Discord says who they are; `count` is how many it says there are."""
    shown = [printable(name) for name in names[:_MOST_NAMES]]
    if not shown:
        return counted(count, "member", "members")
    left = max(count, len(names)) - len(shown)
    shown += [counted(left, "other member", "other members")] if left else []
    return listed(shown, len(shown))
