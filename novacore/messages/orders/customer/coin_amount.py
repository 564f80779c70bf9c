"""What a customer reads about the amount in their coin: the number itself, copied with one touch, and its terms."""

from decimal import Decimal

from novacore.db.models import Order
from novacore.media.qr import payment_qr
from novacore.messages.kit import words
from novacore.messages.kit.layout import FilePart
from novacore.money.coins import coin_number, format_rate
from novacore.states import RateSource
from novacore.wallets.payment_links import payment_link
from novacore.workflows.orders.new_amounts import can_have_one


def asked_in_coin(order: Order) -> str:
    """Return what is to be sent and on which network; the address follows. For orders that are paid in a coin."""
    coin, network = order.paid_by.unit, words.escape(order.pay_network)
    if coin is None or order.coin_amount is None:
        return (
            f"{order.paid_by.coin} worth **about {words.total(order)} at the moment you pay**, on the **{network}** "
            "network, to"
        )
    number = words.block(coin_number(order.coin_amount, coin))
    return f"**exactly this much {coin.symbol}**\n{number}\non the **{network}** network, to"


def terms_of_amount(order: Order) -> list[str]:
    """Say what the amount is worth by which rate, and until when it holds; nothing where none is asked for."""
    coin = order.paid_by.unit
    if coin is None or order.coin_amount is None or order.coin_rate is None:
        return []
    if order.coin_rate_source is RateSource.par:
        return ["Every digit counts: that's how we tell your payment from others."]
    rate = format_rate(Decimal(order.coin_rate), order.currency)
    return [
        f"Every digit counts: that's how we tell your payment from others. 1 {coin.symbol} = {rate}.",
        *_end(order),
    ]


def _end(order: Order) -> list[str]:
    until = order.coin_holds_until
    if until is None or (order.expires_at is not None and until >= order.expires_at):
        return []
    held = f"{words.stamp(until, 'f')}, {words.stamp(until)}"
    # After a proof a payment of this amount may be on its way: what to send now is for a person to say.
    later = "press **New amount** before you pay" if can_have_one(order) else "ask our staff before you pay"
    return [f"⏱️ This amount holds until {held}. After that, {later}."]


def payment_code(order: Order) -> FilePart | None:
    """Return the QR code with the address, and the amount where wallets read it; None if it is no coin."""
    way = order.paid_by
    if way.known is None or not way.coin:
        return None
    link = payment_link(way.known.row.scheme, order.pay_address, order.coin_amount, way.unit)
    what = "address and the amount" if link != order.pay_address else "address"
    return FilePart(f"pay-{order.method}-{order.id}.png", payment_qr(link), f"QR code of our {way.network} {what}")
