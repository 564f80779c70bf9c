"""Blocking calls to Discord and to picture hosts, for handlers. Knows no job."""
