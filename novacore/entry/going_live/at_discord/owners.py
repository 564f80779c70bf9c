"""Who gets the owner's role: the server's owner, or whom they named. Never whoever asks."""

from dataclasses import dataclass

from novacore.doctor.server import Server
from novacore.entry.going_live.at_discord.site import Site
from novacore.errors import NovaCoreError
from novacore.terminal_text import printable


@dataclass(frozen=True, slots=True)
class Gift:
    """The owner's role for someone who lacks it."""

    user_id: int
    name: str

    @property
    def line(self) -> str:
        """What is going to be done, for the plan."""
        return f"give the owner's role to {self.name}"


def gift(site: Site, server: Server, named: int | None, role_id: int | None) -> Gift | None:
    """Return who has to get the role; None if that is done. `role_id` is None while there is no such role.

    Once anybody has it, the server's owner gets it only if they are named: they may have given it to someone else.
    Raises NovaCoreError for someone who isn't in the server.
    """
    if named is None and role_id is not None and site.holders(role_id):
        return None
    user_id = named or server.guild.owner_id or 0
    found = site.member(user_id)
    if found is None:
        raise NovaCoreError(f"--owner: nobody in this server has the id {user_id}. They have to join it first.")
    name, roles = found
    return None if role_id in roles else Gift(user_id, printable(name))
