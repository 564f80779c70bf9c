"""Who can go where, and where something new waits."""

import pytest

from novacore.rehearsal.places import Doors
from novacore.rehearsal.window import Sight
from tests.rehearsal.stage import Stage, play


def _names(places: Doors, person: str) -> list[str]:
    return [place.name for place in places.listed(None, object())[person]]


def _waiting(places: Doors, person: str, looking: Sight | None = None) -> dict[str, int]:
    return {place.name: place.waiting for place in places.listed(looking, object())[person] if place.waiting}


def test_everybody_has_their_own_list() -> None:
    async def act(stage: Stage) -> None:
        places = Doors(stage.env, stage.world)
        open_to_all = ["#shop", "#purchases", "#vouches", "#news", "#support"]
        assert _names(places, "customer") == [*open_to_all, "Messages from the shop"]
        assert _names(places, "staff") == [*open_to_all, "#staff-review", "Messages from the shop"]
        assert places.find("customer", "dm").channel.id != places.find("staff", "dm").channel.id

    play(act)


def test_a_ticket_appears_for_those_who_see_it_and_goes_with_its_channel() -> None:
    async def act(stage: Stage) -> None:
        places = Doors(stage.env, stage.world)
        customer = stage.world.people["customer"]
        panel = stage.world.channels["support"].last_message
        assert panel
        await customer.member.click(panel, label="Open a ticket")
        assert "#ticket-1" in _names(places, "customer")
        assert "#ticket-1" in _names(places, "staff")
        assert "#ticket-1" not in _names(places, "second-customer")
        for channel in stage.bot.get_all_channels():
            if channel.name == "ticket-1":
                await channel.delete()
        assert "#ticket-1" not in _names(places, "customer")

    play(act)


def test_what_is_new_is_counted_until_someone_looks() -> None:
    async def act(stage: Stage) -> None:
        places = Doors(stage.env, stage.world)
        assert _waiting(places, "staff") == {}, "what stood there at the beginning is not news"
        await stage.bot.channel("staff-review").send("first")
        await stage.bot.channel("staff-review").send("second")
        assert _waiting(places, "staff") == {"#staff-review": 2}
        assert _waiting(places, "customer") == {}
        looking = places.find("staff", "staff-review")
        assert _waiting(places, "staff", looking) == {}
        assert _waiting(places, "owner", looking) == {"#staff-review": 2}

    play(act)


def test_a_message_from_the_shop_waits_for_its_receiver_only() -> None:
    async def act(stage: Stage) -> None:
        places = Doors(stage.env, stage.world)
        await stage.bot.tell(stage.world.people["customer"].user.id, "NC-1", "Hello")
        assert _waiting(places, "customer") == {"Messages from the shop": 1}
        assert _waiting(places, "second-customer") == {}

    play(act)


def test_own_words_and_private_answers_are_no_news() -> None:
    async def act(stage: Stage) -> None:
        places = Doors(stage.env, stage.world)
        staff = stage.world.people["staff"].member
        await staff.send(stage.world.channels["staff-review"], "I am here")
        await staff.slash(stage.world.channels["staff-review"], "hello")
        assert _waiting(places, "staff") == {}
        assert _waiting(places, "owner") == {"#staff-review": 1}

    play(act)


def test_nothing_is_looked_up_again_without_a_reason() -> None:
    async def act(stage: Stage) -> None:
        places = Doors(stage.env, stage.world)
        first = places.listed(None, 1)
        await stage.bot.channel("shop").send("news")
        assert places.listed(None, 1) is first
        assert places.listed(None, 2) is not first

    play(act)


@pytest.mark.parametrize(
    ("person", "place"), [("customer", "staff-review"), ("nobody", "shop"), ("customer", "1"), ("customer", "None")]
)
def test_there_is_no_way_to_where_one_may_not_be(person: str, place: str) -> None:
    async def act(stage: Stage) -> None:
        with pytest.raises(LookupError):
            stage.sight(person, place)

    play(act)
