"""The rehearsal: the real bot in the browser, without a Discord account. `novacore rehearse` calls `rehearse()`.

The bot runs on SimCord, a simulated Discord, and only on its public names. One page on loopback says who you can be
and where to go, shows Discord next to it, and moves the clock. This room knows no shop: whoever has one hands it in as
a `RehearsalShop`.
"""

from novacore.rehearsal.rehearse import rehearse
from novacore.rehearsal.shop import FeedLine, RehearsalShop
from novacore.rehearsal.world import Person, World

__all__ = ["FeedLine", "Person", "RehearsalShop", "World", "rehearse"]
