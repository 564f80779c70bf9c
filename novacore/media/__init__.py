"""Pictures: bytes in, bytes out. No database, no Discord, no settings; the `media` jobs and the sample shop call it."""
