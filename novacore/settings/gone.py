"""What to do where something that a setting names is not in the server any more: it can't be right-clicked."""

from typing import Final

from novacore.settings.model import Settings

_MADE: Final = frozenset(
    {
        "main_channel_id",
        "staff_channel_id",
        "public_log_channel_id",
        "vouch_channel_id",
        "ticket_panel_channel_id",
        "ticket_category_id",
        "customer_role_id",
        "owner_role_id",
    }
)
"""What `novacore go-live` makes again, one for one."""


def fix_for_gone(name: str) -> str:
    """Return the sentence of a channel's or role's setting for when nothing has its id."""
    if name not in _MADE:
        return Settings.model_fields[name].description or ""
    return (
        "Run `novacore go-live`: it makes what is missing and writes the new id to .env. Then restart the shop. If you "
        "only mistyped the id, copy it again."
    )
