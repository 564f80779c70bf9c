"""From nothing to a shop that can open, and once more, which changes nothing."""

import stat

import discord
import pytest

from novacore import systems
from novacore.errors import NovaCoreError
from novacore.workflows.upkeep import sample as samples
from tests.entry.going_live.conftest import CHANNELS, PAYPAL, ROLES, Stage, owner

HOSTILE = "\x1b[31mThe **shop**\u202e [x](https://example.com) @everyone"


def test_from_nothing_to_a_shop_that_can_open(stage: Stage) -> None:
    stage.wire.ask(lambda world: setattr(world, "intents", discord.ApplicationFlags()))
    said = stage.run().said
    assert stage.code == 0, said
    assert stage.channels() == {name: stage.id_of(setting) for setting, name in CHANNELS.items()}
    for setting, name in ROLES.items():
        assert stage.id_of(setting) == stage.roles()[name]
    assert (stage.values["PAYPAL_EMAIL"], stage.values["BTC_ADDRESS"]) == (PAYPAL, "off")
    assert stat.S_IMODE(stage.env.stat().st_mode) == 0o600
    assert stage.wire.roles_of(stage.wire.owner_id) == [stage.id_of("OWNER_ROLE_ID")]
    intents = stage.wire.ask(lambda world: world.intents)
    assert intents.gateway_message_content_limited
    assert intents.gateway_guild_members_limited
    assert "novacore-" not in said
    assert "Discord shows none yet" not in said  # as before every first start
    before = len(stage.changes())
    again = stage.run().said
    assert "Nothing is missing in The shop." in again
    assert stage.changes()[before:] == []


def test_people_may_do_in_the_new_channels_what_they_should(stage: Stage) -> None:
    stage.run()
    customer = stage.wire.add_user(roles=(stage.id_of("CUSTOMER_ROLE_ID"),))
    staff = stage.wire.add_user(roles=(stage.id_of("STAFF_ROLE_IDS"),))
    for setting, name in CHANNELS.items():
        theirs, ours, bots = (stage.may(one, stage.id_of(setting)) for one in (customer, staff, stage.wire.bot_id))
        is_private = setting in ("STAFF_CHANNEL_ID", "TICKET_CATEGORY_ID")
        assert theirs.view_channel is not is_private, name
        assert not is_private or (ours.view_channel and ours.send_messages), name
        assert is_private or not (theirs.send_messages or theirs.create_public_threads), name
        assert bots.view_channel, name
        assert bots.send_messages, name
    held = stage.wire.ask(lambda world: {one.id: one.permissions for one in world.roles.values()})
    assert {held[stage.id_of(role)] for role in ROLES} == {0}


def test_a_name_with_markup_and_escapes_reaches_no_terminal(stage: Stage) -> None:
    stage.wire.ask(lambda world: setattr(world, "guild_name", HOSTILE))
    role = stage.wire.add_role(HOSTILE)
    said = stage.run(owner(), use=(f"staff-role={role}",)).said
    assert "use the role " in said
    assert "The **shop**" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


def test_the_file_keeps_what_stood_in_it(stage: Stage) -> None:
    stage.env.write_text("# mine\nCURRENCY=EUR # euros\nBTC_ADDRESS=off\nMAIN_CHANNEL_ID=\n# the end\n")
    stage.env.chmod(0o644)
    stage.run()
    text = stage.env.read_text()
    assert text.startswith("# mine\nCURRENCY=EUR # euros\nBTC_ADDRESS=off\n")
    assert f"MAIN_CHANNEL_ID={stage.channels()['shop']}\n# the end\n" in text
    assert text.count("BTC_ADDRESS") == 1
    assert stat.S_IMODE(stage.env.stat().st_mode) == 0o600


def test_in_the_image_the_shop_is_opened_and_filled_by_compose(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NOVACORE_IMAGE", "1")
    with pytest.raises(NovaCoreError, match="Leave out --sample"):
        stage.run(sample=True)
    assert not stage.env.exists()
    said = stage.run(owner({"sample products": "y"})).said
    assert "docker compose --file compose.small.yml up --build --detach" in said
    assert "compose.small.yml exec shop novacore sample" in said
    assert "novacore run" not in said
    assert not (stage.env.parent / "data" / "novacore.db").exists()


def test_a_shop_with_a_name_is_opened_by_it(stage: Stage) -> None:
    stage.env.write_text("SHOP_NAME=Moonlight Store\n")
    assert "\nOpen Moonlight Store with `novacore run`" in stage.run().said


def test_root_makes_no_samples_in_the_folder_of_another_user(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(systems, "is_root", lambda: True)
    monkeypatch.setattr(systems, "is_mine", lambda _: False)
    monkeypatch.setattr(systems, "owner_of", lambda _: "novacore")
    with pytest.raises(NovaCoreError, match=r"sudo -u novacore \S.* sample$") as refused:
        stage.run(sample=True)
    assert str(refused.value).startswith(f"{stage.env.parent / 'data'} belongs to novacore")
    assert not (stage.env.parent / "data" / "novacore.db").exists()


def test_a_second_run_at_once_is_refused(stage: Stage) -> None:
    def meanwhile() -> None:
        with pytest.raises(NovaCoreError, match="is at work in this folder"):
            stage.run()
        stage.wire.ask(lambda world: setattr(world, "bot_is_in", True))

    stage.wire.ask(lambda world: setattr(world, "bot_is_in", False))
    someone = owner()
    someone.meanwhile = meanwhile
    stage.run(someone)
    assert stage.code == 0
    assert len(stage.channels()) == len(CHANNELS)


def test_the_sample_products_are_put_on_sale_where_they_are_wanted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "SAMPLES", samples.SAMPLES[:2])
    assert "2 sample products are on sale" in stage.run(sample=True).said
    assert (stage.env.parent / "data" / "novacore.db").exists()
