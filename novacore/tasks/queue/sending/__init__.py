"""Sending once: from what `messages` builds to one message at Discord, whatever is killed in between."""
