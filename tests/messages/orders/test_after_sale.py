"""What follows a delivery."""

from collections.abc import Callable

import pytest

from novacore.db.models import Order
from novacore.messages.kit.layout import Message
from novacore.messages.orders import after_sale
from novacore.states import OrderStatus
from novacore.workflows.machine.shop import Terms
from tests.messages import samples
from tests.messages.payloads import custom_ids_of, words_of

Build = Callable[[Order, Terms], Message]

ORDER = samples.order(OrderStatus.delivered)


def test_the_public_notice_tells_nothing_of_the_person_but_the_mention() -> None:
    said = words_of(after_sale.purchase_announcement(ORDER, Terms()))
    assert f"<@{samples.BUYER}> bought **2 × Game gift card**" in said
    for private in (ORDER.id, "$19.98", "Bitcoin", ORDER.pay_address):
        assert private not in said


def test_a_refunded_purchase_is_struck_out() -> None:
    said = words_of(after_sale.struck_announcement(ORDER, Terms()))
    assert said.startswith("~~")
    assert "refunded" in said


@pytest.mark.parametrize("build", [after_sale.purchase_announcement, after_sale.struck_announcement])
def test_the_owner_says_whether_the_notice_mentions_the_buyer(build: Build) -> None:
    said = words_of(build(ORDER, Terms(log_mentions=False)))
    assert "Someone bought **2 × Game gift card**" in said
    assert str(samples.BUYER) not in said


@pytest.mark.parametrize("build", [after_sale.purchase_announcement, after_sale.struck_announcement])
def test_the_owner_says_whether_the_notice_tells_the_amount(build: Build) -> None:
    said = words_of(build(ORDER, Terms(log_amounts=True)))
    assert "**2 × Game gift card** for $19.98" in said


def test_the_invitation_leads_to_the_vouch_of_this_order() -> None:
    assert custom_ids_of(after_sale.vouch_invite(ORDER)) == [f"nc:vouch:write:{ORDER.id}"]
