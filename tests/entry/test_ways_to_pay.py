"""A shop that opens with every way to pay of the settings turned off."""

import logging
from pathlib import Path

import pytest

from novacore.entry import run_shop
from novacore.settings import rehearsal_settings
from novacore.settings.payments import NOTHING_ON, SETTINGS
from novacore.workflows.payments import methods
from tests.workflows import own_methods


def test_it_opens_so_that_the_owner_can_add_one_and_says_so_until_then(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = rehearsal_settings(tmp_path, dict.fromkeys(SETTINGS, "off"))
    with caplog.at_level(logging.ERROR), run_shop._opened(settings) as shop:
        assert not methods.offered(shop)
        assert NOTHING_ON in caplog.text
        assert "/payment add" in caplog.text
        own_methods.add(shop)
    caplog.clear()
    with caplog.at_level(logging.ERROR), run_shop._opened(settings) as shop:
        assert len(methods.offered(shop)) == 1
        assert caplog.text == ""
