"""What an owner is asked, and what comes of each answer."""

import pytest

from novacore.entry.going_live.at_discord import servers
from novacore.entry.going_live.console import STOPPED, Stopped
from novacore.errors import NovaCoreError
from novacore.states import PaymentMethod
from tests.entry.going_live.conftest import CHANNELS, UNKNOWN, Owner, Stage, owner

BTC = PaymentMethod.btc.row.example


def test_the_token_is_asked_for_until_discord_knows_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_TOKEN")
    someone = owner({"hidden": ["", "a-client-secret", UNKNOWN, f"Bot {stage.wire.token} "]})
    said = stage.run(someone).said
    assert "Nothing was pasted" in said
    assert "is not a bot token, which has three parts" in said
    assert "Discord does not know this token" in said
    assert stage.values["DISCORD_TOKEN"] == stage.wire.token
    for secret in (stage.wire.token, UNKNOWN, "a-client-secret"):
        assert secret not in said


@pytest.mark.parametrize(("given", "sentence"), [("", "Put the token in DISCORD_TOKEN"), (UNKNOWN, "does not know")])
def test_without_a_terminal_a_wrong_token_is_a_sentence(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, given: str, sentence: str
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", given)
    with pytest.raises(NovaCoreError, match=sentence):
        stage.run()
    assert not stage.env.exists()


def test_it_waits_until_the_bot_is_in_a_server(stage: Stage) -> None:
    stage.wire.ask(lambda world: setattr(world, "bot_is_in", False))
    waits: list[int] = []

    def meanwhile() -> None:
        waits.append(1)
        if len(waits) == 3:
            stage.wire.ask(lambda world: setattr(world, "bot_is_in", True))

    someone = owner()
    someone.meanwhile = meanwhile
    said = stage.run(someone).said
    assert said.count("Waiting for the bot to be in your server") == 3
    assert f"client_id={stage.wire.bot_id}&scope=bot+applications.commands&permissions=378225806352" in said
    assert stage.code == 0


def test_ctrl_c_ends_the_wait_in_one_sentence(stage: Stage) -> None:
    stage.wire.ask(lambda world: setattr(world, "bot_is_in", False))

    def meanwhile() -> None:
        raise KeyboardInterrupt

    someone = owner()
    someone.meanwhile = meanwhile
    with pytest.raises(Stopped, match="go-live"):
        stage.run(someone)
    assert STOPPED.count(".") == 2


def test_without_a_terminal_the_wait_has_an_end(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "MOST_WAITS", 2)
    stage.wire.ask(lambda world: setattr(world, "bot_is_in", False))
    waits: list[int] = []
    nobody = Owner(asks=False, meanwhile=lambda: waits.append(1))
    with pytest.raises(NovaCoreError, match="for ten minutes"):
        stage.run(nobody)
    assert len(waits) == 2


def test_a_bot_in_hundreds_of_servers_sees_all_of_them(stage: Stage) -> None:
    others = {number: f"Another {number}" for number in range(1, 401)}
    stage.wire.ask(lambda world: world.other_servers.update(others))
    with pytest.raises(NovaCoreError, match=rf"401\. The shop \({stage.wire.guild_id}\)"):
        stage.run()


def test_of_several_servers_the_owner_names_one(stage: Stage) -> None:
    stage.wire.ask(lambda world: world.other_servers.update({1999999999999999999: "Another"}))
    with pytest.raises(NovaCoreError, match=r"1999999999999999999[\s\S]*--server"):
        stage.run()
    assert stage.changes() == []
    said = stage.run(owner({"which one": ["7", "1"]})).said
    assert "1. The shop" in said
    assert sorted(stage.channels()) == sorted(CHANNELS.values())
    stage.run()  # what stands in .env tells which server it is
    assert stage.code == 0


def test_a_server_that_has_nothing_of_the_shop_is_not_built_up_without_a_word(stage: Stage) -> None:
    stage.env.write_text("MAIN_CHANNEL_ID=123456789012345678\n")
    with pytest.raises(NovaCoreError, match="--server"):
        stage.run()
    assert stage.changes() == []
    stage.run(server=str(stage.wire.guild_id))
    assert stage.id_of("MAIN_CHANNEL_ID") == stage.channels()["shop"]


def test_nothing_is_made_without_the_owners_word(stage: Stage) -> None:
    with pytest.raises(Stopped):
        stage.run(owner({"Go ahead?": ["what", "no"]}))
    with pytest.raises(NovaCoreError, match="--yes"):
        stage.run(agreed=False)
    assert stage.changes() == []


def test_a_name_that_is_taken_is_asked_about(stage: Stage) -> None:
    shop, vouches = stage.wire.add_channel("shop"), stage.wire.add_channel("vouches")
    staff = stage.wire.add_role("Staff")
    said = stage.run(owner({"Use it?": ["n", "y", "n"]})).said
    assert "Everyone who has it will be staff of the shop" in said
    assert stage.id_of("MAIN_CHANNEL_ID") == shop
    assert stage.channels()["vouches-2"] == stage.id_of("VOUCH_CHANNEL_ID") != vouches
    assert stage.roles()["Staff 2"] == stage.id_of("STAFF_ROLE_IDS") != staff


def test_what_is_named_is_used(stage: Stage) -> None:
    market, team = stage.wire.add_channel("market"), stage.wire.add_role("Team")
    stage.run(use=("shop=#market", f"staff-role={team}"))
    assert (stage.id_of("MAIN_CHANNEL_ID"), stage.id_of("STAFF_ROLE_IDS")) == (market, team)
    assert "shop" not in stage.channels()
    assert "Nothing is missing" in stage.run(use=("shop=market",)).said


@pytest.mark.parametrize(
    ("use", "sentence"),
    [
        (("shop=nowhere",), "no channel of that name"),
        (("shop=twin",), "more than one channel"),
        (("shop=market", "staff=market"), "are the same channel"),
        (("tickets=market",), "no category of that name"),
        (("customer-role=@everyone",), "no role of that name"),
        (("shop",), "is written as NAME=value"),
        (("market=shop",), "NAME is one of"),
    ],
)
def test_what_can_not_be_used_is_refused(stage: Stage, use: tuple[str, ...], sentence: str) -> None:
    for name in ("market", "twin", "twin"):
        stage.wire.add_channel(name)
    with pytest.raises(NovaCoreError, match=sentence):
        stage.run(use=use)
    assert stage.changes() == []


def test_the_owners_role_goes_to_whom_they_name(stage: Stage) -> None:
    partner = stage.wire.add_user("partner")
    with pytest.raises(NovaCoreError, match="nobody in this server"):
        stage.run(owner=str(stage.wire.add_user("stranger", member=False)))
    assert stage.changes() == []
    stage.run(owner=str(partner))
    role = stage.id_of("OWNER_ROLE_ID")
    said = stage.run(owner({"as well?": "n"})).said
    assert f"doesn't have the owner's role, but others do: partner ({partner})." in said
    assert "Nothing is missing" in said
    assert (stage.wire.roles_of(partner), stage.wire.roles_of(stage.wire.owner_id)) == ([role], [])
    said = stage.run().said
    assert f"Others have it already: partner ({partner})" in said
    assert stage.wire.roles_of(stage.wire.owner_id) == [role]


def test_ways_to_pay_are_asked_for_and_checked(stage: Stage) -> None:
    someone = owner(
        {
            "Names with commas": ["paypal, gold", "paypal btc eth"],
            "PayPal account": ["nobody", "me@example.com"],
            "Bitcoin": ["", BTC[:-1] + "x", f' "{BTC}"'],
            "Ethereum": "off",
        }
    )
    said = stage.run(someone, pay=()).said
    assert "gold isn't one of paypal" in said
    assert "PAYPAL_EMAIL is not an e-mail address" in said
    assert "BTC_ADDRESS" in said
    values = stage.values
    assert (values["PAYPAL_EMAIL"], values["BTC_ADDRESS"], values["ETH_ADDRESS"]) == ("me@example.com", BTC, "off")
    assert {values[f"{name}_ADDRESS"] for name in ("LTC", "USDT", "SOL")} == {"off"}
    again = owner()
    stage.run(again, pay=())
    assert "ways to pay do you take" not in again.said


def test_a_wrong_address_on_the_command_line_is_a_sentence(stage: Stage) -> None:
    with pytest.raises(NovaCoreError, match="--pay btc: BTC_ADDRESS"):
        stage.run(pay=(f"btc={BTC[:-1]}x",))
    stage.run()
    assert stage.values["BTC_ADDRESS"] == "off"


def test_an_owner_who_leaves_in_the_middle_is_asked_the_rest_later(stage: Stage) -> None:
    with pytest.raises(Stopped):
        stage.run(Owner({"Go ahead?": ["y"], "Names with commas": ["paypal"]}), pay=())
    assert stage.values["BTC_ADDRESS"] == "off"
    said = stage.run(owner({"Names with commas": "paypal", "PayPal account": "me@example.com"}), pay=()).said
    assert "do you take: paypal?" in said
    assert stage.values["PAYPAL_EMAIL"] == "me@example.com"
