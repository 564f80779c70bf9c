"""What each arrow has done afterwards, and how long after it. Written out by hand: it is the second opinion."""

from datetime import timedelta

NOW = timedelta(0)
AFTER_DELIVERY = {"announce_purchase": NOW, "grant_customer_role": NOW, "invite_vouch": timedelta(hours=2)}

OF_ORDERS = {
    "place": {"order_receipt": NOW, "expire_order": timedelta(hours=24)},
    "submit_proof": {"process_proof": NOW, "post_review_card": timedelta(minutes=1)},
    "ask_again": {"tell_customer": NOW, "expire_order": timedelta(hours=24)},
    "approve": {"deliver_order": NOW},
    "reject": {"tell_customer": NOW},
    "cancel": {"tell_customer": NOW},
    "expire": {"tell_customer": NOW},
    "reinstate": {"post_review_card": NOW},
    "fulfil": {"tell_customer": NOW, **AFTER_DELIVERY},
    "delivered": AFTER_DELIVERY,
    "delivery_blocked": {"alert_staff": NOW},
    "retry_delivery": {"deliver_order": NOW},
    "refund": {"tell_customer": NOW, "withdraw_customer_role": NOW, "strike_announcement": NOW},
}
BY_HAND = {"approve": {"tell_customer": NOW}, "retry_delivery": {}}
"""Where goods that staff make themselves differ."""

OF_TICKETS = {
    "open_ticket": {"create_ticket_channel": NOW},
    "channel_ready": {"post_ticket_card": NOW},
    "channel_failed": {"tell_ticket_customer": NOW, "alert_ticket_staff": NOW},
    "staff_replied": {"warn_idle": timedelta(hours=24), "idle_close": timedelta(hours=72)},
    "customer_replied": {},
    "close": {"archive_ticket": NOW},
    "idle_close": {"archive_ticket": NOW},
    "archived": {"send_transcript": NOW, "invite_rating": timedelta(minutes=1)},
    "archive_failed": {"alert_ticket_staff": NOW},
    "channel_lost": {"alert_ticket_staff": NOW, "rescue_transcript": NOW},
    "customer_left": {"archive_ticket": NOW},
    "reopen": {"create_ticket_channel": NOW},
}

EXPIRY, IDLE = {"expire_order"}, {"warn_idle", "idle_close"}
TAKEN_BACK = {
    **dict.fromkeys(("submit_proof", "cancel"), EXPIRY),
    **dict.fromkeys(
        ("staff_replied", "customer_replied", "close", "idle_close", "channel_lost", "customer_left"), IDLE
    ),
}
"""The timers that each trigger takes back."""
