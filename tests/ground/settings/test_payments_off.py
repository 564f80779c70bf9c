"""A way to pay that the owner does not take: `SOL_ADDRESS=off`."""

from pathlib import Path

import pytest

from novacore.settings import load_settings
from novacore.settings.payments import SETTINGS
from novacore.states import PaymentMethod
from tests.ground.settings.env_files import fault, faults, write

pytestmark = pytest.mark.usefixtures("bare_environment")

NAMES = [name.upper() for name in SETTINGS]
METHODS = dict(zip(NAMES, PaymentMethod, strict=True))


@pytest.mark.parametrize("off", ["off", "OFF", "Off", " off ", '"off"', "off # not yet"])
@pytest.mark.parametrize("name", NAMES)
def test_one_that_is_off_is_not_offered(good: dict[str, str], env_file: Path, name: str, off: str) -> None:
    settings = load_settings(write(env_file, good | {name: off}))
    assert set(settings.payment_addresses) == set(PaymentMethod) - {METHODS[name]}
    assert settings.warnings == ()


@pytest.mark.parametrize("name", NAMES)
def test_one_is_enough(good: dict[str, str], env_file: Path, name: str) -> None:
    others = dict.fromkeys((one for one in NAMES if one != name), "off")
    assert set(load_settings(write(env_file, good | others)).payment_addresses) == {METHODS[name]}


def test_all_of_them_may_be_off_for_the_owners_own_stand_elsewhere(good: dict[str, str], env_file: Path) -> None:
    assert load_settings(write(env_file, good | dict.fromkeys(NAMES, "Off"))).payment_addresses == {}


@pytest.mark.parametrize("given", [None, "", '""'])
@pytest.mark.parametrize("name", NAMES)
def test_a_missing_or_an_empty_one_is_a_fault_that_names_off(
    good: dict[str, str], env_file: Path, name: str, given: str | None
) -> None:
    others = {one: value for one, value in good.items() if one != name}
    found = fault(write(env_file, others if given is None else others | {name: given}))
    assert found.startswith(f"{name} is missing. ")
    assert f"write {name}=off" in found


@pytest.mark.parametrize("word", ["none", "no", "false", "0", "-", "n/a", "disabled", "aus", "of", "offf", "off off"])
@pytest.mark.parametrize("name", NAMES)
def test_other_words_for_it_are_refused_with_the_right_one(
    good: dict[str, str], env_file: Path, name: str, word: str
) -> None:
    assert f"write {name}=off" in fault(write(env_file, good | {name: word}))


def test_two_that_are_off_are_not_one_address_for_two_coins(good: dict[str, str], env_file: Path) -> None:
    load_settings(write(env_file, good | {"BTC_ADDRESS": "off", "LTC_ADDRESS": "off"}))


def test_the_network_of_usdt_does_not_matter_while_it_is_off(good: dict[str, str], env_file: Path) -> None:
    settings = load_settings(write(env_file, good | {"USDT_ADDRESS": "off", "USDT_NETWORK": "ethereum"}))
    assert PaymentMethod.usdt not in settings.payment_addresses


def test_a_wrong_address_counts_as_one_that_is_on(good: dict[str, str], env_file: Path) -> None:
    given = good | dict.fromkeys(NAMES, "off") | {"BTC_ADDRESS": "x"}
    assert [sentence.split()[0] for sentence in faults(write(env_file, given))] == ["BTC_ADDRESS"]
