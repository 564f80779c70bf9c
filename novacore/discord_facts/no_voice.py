"""Keeps discord.py from warning that libraries for voice are missing: the shop never speaks, and owners took fright."""

import discord


def expect_none() -> None:
    """To be called before a client is made: discord.py looks at these when it makes its first one."""
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
