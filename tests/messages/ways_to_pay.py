"""Every page of the owner's ways to pay, around a text that someone typed."""

from collections.abc import Iterator

from novacore.db.queries.orders.own_methods import OwnRow
from novacore.messages.catalog import own_methods
from novacore.messages.kit.layout import Message
from novacore.states import Method, PaymentMethod, ReferenceNeed, known_method
from novacore.workflows.payments.own_drafts import DraftPage
from novacore.workflows.payments.own_methods import Standing
from novacore.workflows.payments.own_rules import Typed, describe


def every_page(text: str) -> Iterator[tuple[str, Message]]:
    """Name each page with what is sent."""
    for need in ReferenceNeed:
        typed = Typed(text, "💵", text, text, text, need)
        described, slips = describe(typed, "USD")
        now = Method(key="own_1", label=text, emoji="🏦", address="", instructions="x", reference=text)
        for changed in (None, now):
            draft = DraftPage(3, typed, described, slips, changed)
            yield f"draft of a way to pay, {need} {changed is None}", own_methods.preview(draft, "USD")
        for is_on_sale in (True, False):
            way = Method(
                key="own_1", label=text, emoji="🏦", address=text, instructions=text, reference=text, need=need
            )
            standing = Standing(3, way, is_on_sale, 10**6, is_last=True)
            said = own_methods.saved(standing)
            yield f"a way to pay, {need} {is_on_sale}", own_methods.method_page(standing, "USD", said)
    own = [OwnRow(10**6 + n, text, "🏦", is_on_sale=bool(n % 2)) for n in range(25)]
    on = [known_method(one, text, text) for one in PaymentMethod]
    yield "ways to pay", own_methods.methods_page(on, 10**6, own, 3)
    yield "no ways to pay", own_methods.methods_page([], 0, [])
