"""Whether the roles that come with products can be given. Pure, but for the question which ones there are."""

from collections.abc import Iterator, Sequence

from novacore.discord_facts.granted_roles import facts_of, why_not
from novacore.doctor.findings import Finding, fault, ok
from novacore.doctor.server import Server
from novacore.settings import Settings
from novacore.states.sold_roles import SoldRole
from novacore.workflows.machine.shop import places_of

_ABOUT = "Roles of products"
_CHOOSE = "Choose another role: `/product edit`, then **Role**."


def examine(server: Server, settings: Settings, sold: Sequence[SoldRole]) -> Iterator[Finding]:
    """Judge each role that a product on sale comes with; nothing where there is none."""
    top = server.me.top_role
    if sold and not server.me.guild_permissions.manage_roles:
        fix = f"In Server Settings > Roles, allow Manage Roles to {top.name}."
        yield fault(_ABOUT, "Buyers don't get the roles of products: the bot lacks Manage Roles.", fix)
        return
    found = [one for each in sold if (one := _problem(server, settings, each))]
    yield from found
    if sold and not found:
        yield ok(_ABOUT, f"The bot may give {', '.join(one.name for one in sold)}.")


def _problem(server: Server, settings: Settings, sold: SoldRole) -> Finding | None:
    role, top = server.guild.get_role(sold.id), server.me.top_role
    if role is None:
        return fault(_ABOUT, f"The server has no role {sold.name} any more, and a product comes with it.", _CHOOSE)
    if why := why_not(facts_of(role), places_of(settings).own_roles):
        return fault(_ABOUT, f"{why} So buyers don't get it.", _CHOOSE)
    if role >= top:
        fix = f"In Server Settings > Roles, drag {top.name} above {role.name}."
        return fault(_ABOUT, f"The bot cannot give {role.name}: that role stands above its own.", fix)
    return None
