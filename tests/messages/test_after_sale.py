"""What follows a delivery."""

from novacore.messages import after_sale
from novacore.states import OrderStatus
from tests.messages import samples
from tests.messages.payloads import custom_ids_of, words_of

ORDER = samples.order(OrderStatus.delivered)


def test_the_public_notice_tells_nothing_of_the_person_but_the_mention() -> None:
    said = words_of(after_sale.purchase_announcement(ORDER))
    assert f"<@{samples.BUYER}> bought **2 × Game gift card**" in said
    for private in (ORDER.id, "$19.98", "Bitcoin", ORDER.pay_address):
        assert private not in said


def test_a_refunded_purchase_is_struck_out() -> None:
    said = words_of(after_sale.struck_announcement(ORDER))
    assert said.startswith("~~")
    assert "refunded" in said


def test_the_invitation_leads_to_the_vouch_of_this_order() -> None:
    assert custom_ids_of(after_sale.vouch_invite(ORDER)) == [f"nc:vouch:write:{ORDER.id}"]
