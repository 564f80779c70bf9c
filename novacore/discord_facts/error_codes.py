"""Discord's error codes by name: the whole list is in its documentation under "JSON Error Codes"."""

from typing import Final

UNKNOWN_CHANNEL: Final = 10003
UNKNOWN_SERVER: Final = 10004
UNKNOWN_MEMBER: Final = 10007
UNKNOWN_MESSAGE: Final = 10008
UNKNOWN_ROLE: Final = 10011
UNKNOWN_USER: Final = 10013
UNKNOWN_WEBHOOK: Final = 10015
UNKNOWN_INTERACTION: Final = 10062
TOO_MANY_ROLES: Final = 30005
"""A server has 250 roles at most."""
SERVER_FULL: Final = 30013
"""A server has 500 channels at most."""
OPENING_DMS_TOO_FAST: Final = 40003
TOO_LARGE: Final = 40005
"""A file, or all of a request: 10 MiB each in a DM, 25 MiB together."""
ALREADY_ACKNOWLEDGED: Final = 40060
MISSING_ACCESS: Final = 50001
DMS_CLOSED: Final = 50007
MISSING_PERMISSION: Final = 50013
INVALID_WEBHOOK_TOKEN: Final = 50027
INVALID_FORM: Final = 50035
"""Something in the request is not as it should be; the answer's text names the field."""
NO_SERVER_IN_COMMON: Final = 50278
TWO_FACTOR_NEEDED: Final = 60003
"""The server asks for two-factor authentication, and the account that owns the application has none."""
