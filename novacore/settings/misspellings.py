"""Names in `.env` that are no settings and mean one all the same: `DISCORD_BOT_TOKEN`, `STAFF_ROLE_ID`, `BTC_WALLET`.

`reading` asks here, for the list of what is missing and before a rehearsal starts. Names are compared by the words in
them, whatever their order, then letter by letter.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final

_SAYS_NOTHING: Final = frozenset({"", "ID", "BOT", "NOVACORE", "MY", "THE"})
_SAME: Final[Mapping[str, str]] = {
    **dict.fromkeys(("WALLET", "ADDR", "ADRESS", "ADDRES", "ADRES"), "ADDRESS"),
    **dict.fromkeys(("MAIL", "ACCOUNT"), "EMAIL"),
    **dict.fromkeys(("ADMIN", "MOD", "MODERATOR", "TEAM"), "STAFF"),
    **dict.fromkeys(("BUYER", "CUST"), "CUSTOMER"),
    **dict.fromkeys(("SHOP", "STORE"), "MAIN"),
    **dict.fromkeys(("CHAN", "CH"), "CHANNEL"),
    **dict.fromkeys(("CAT", "CATEGORIE", "CATEGORI"), "CATEGORY"),
    **dict.fromkeys(("DC", "DISCORDBOT"), "DISCORD"),
    **dict.fromkeys(("VOUCHE", "FEEDBACK"), "VOUCH"),
    "BITCOIN": "BTC", "LITECOIN": "LTC", "ETHEREUM": "ETH", "ETHER": "ETH", "SOLANA": "SOL", "TETHER": "USDT",
    "DB": "DATABASE", "URI": "URL", "TOKKEN": "TOKEN", "TOK": "TOKEN",
}  # fmt: skip
"""Words that people put for one of ours."""

_SHORT: Final[Mapping[str, str]] = {
    "TOKEN": "discord_token", "DISCORD": "discord_token", "DISCORD API TOKEN": "discord_token",
    "DISCORD CLIENT TOKEN": "discord_token", "DISCORD SECRET": "discord_token", "DISCORD KEY": "discord_token",
    "LOG CHANNEL": "public_log_channel_id", "PURCHASE LOG CHANNEL": "public_log_channel_id",
    "PURCHASE CHANNEL": "public_log_channel_id",
    "TICKET CHANNEL": "ticket_panel_channel_id", "TICKET PANEL": "ticket_panel_channel_id",
    "SUPPORT CHANNEL": "ticket_panel_channel_id", "SUPPORT CATEGORY": "ticket_category_id",
    "STAFF": "staff_role_ids", "SUPPORT ROLE": "staff_role_ids", "OWNER": "owner_role_id",
    "REVIEWER": "reviewer_role_ids", "CUSTOMER": "customer_role_id", "CLIENT ROLE": "customer_role_id",
    "PAYPAL": "paypal_email", "PAYPAL ADDRESS": "paypal_email",
    **{coin: f"{coin.lower()}_address" for coin in ("BTC", "LTC", "USDT", "SOL", "ETH")},
    "DATABASE": "database_path", "DATABASE FILE": "database_path", "SQLITE PATH": "database_path",
    "POSTGRE URL": "database_url", "POSTGRESQL URL": "database_url", "PG URL": "database_url",
    "REDI URL": "celery_broker_url", "BROKER URL": "celery_broker_url", "CELERY BROKER": "celery_broker_url",
    "LOG": "log_dir", "LOG PATH": "log_dir", "LOG FOLDER": "log_dir", "LOG DIRECTORY": "log_dir",
    "ENCRYPTION KEY": "secret_key", "FERNET KEY": "secret_key",
}  # fmt: skip
"""Names that say less than ours, or something else, as `_meaning` sees them."""

_NETWORKS: Final = frozenset({"TRC20", "TRC", "ERC20", "ERC", "SPL", "TRON"})
_CLOSE: Final = 0.85
_CLOSE_TO_MISSING: Final = 0.78
"""How alike two names are, of 1: less will do where a shop can't open without the setting."""


def hints(names: Iterable[str], known: Iterable[str], missing: Iterable[str], given: Iterable[str]) -> Iterator[str]:
    """Name what is no setting but likely means one; all in small letters.

    `missing` are settings that are needed; `given` have a value. For these, only a slip of the pen is named: another
    program may well use the other name.
    """
    settings, values = set(known), set(given)
    for name in sorted(set(names) - settings):
        guess = meant_by(name, settings)
        if guess is None or guess in values:
            guess = _close_to(name, missing, _CLOSE_TO_MISSING) or _close_to(name, settings, _CLOSE)
        if guess is not None:
            yield f"{name.upper()} is not a setting and was ignored. Did you mean {guess.upper()}?"


def _close_to(name: str, names: Iterable[str], least: float) -> str | None:
    return next(iter(get_close_matches(name, sorted(names), n=1, cutoff=least)), None)


def meant_by(name: str, known: Iterable[str]) -> str | None:
    """Return the setting that a name means by its words; None if that is not clear."""
    meaning = _meaning(name)
    by_meaning = {_meaning(one): one for one in known} | {_meaning(words): one for words, one in _SHORT.items()}
    without_network = meaning - _NETWORKS if "USDT" in meaning else meaning
    return by_meaning.get(meaning) or by_meaning.get(without_network) or _run_together(name, known)


def is_a_token(name: str) -> bool:
    """Tell whether a name in the environment means the bot's token: `TOKEN` alone may be anybody's."""
    return _meaning(name) == _meaning("discord_token") or name.upper() == "BOT_TOKEN"


def _meaning(name: str) -> frozenset[str]:
    words = (_singular(word) for word in re.split(r"[^A-Z0-9]+", name.upper()))
    return frozenset(_SAME.get(word, word) for word in words) - _SAYS_NOTHING


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 2 and word.endswith("S") and not word.endswith("SS") else word


def _run_together(name: str, known: Iterable[str]) -> str | None:
    """Find `DISCORDTOKEN`, where only the underscores are lost."""
    bare = re.sub(r"[^a-z0-9]", "", name.lower())
    return next((one for one in known if one.replace("_", "") == bare), None)
