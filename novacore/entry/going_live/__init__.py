"""`novacore go-live`: from a bot's token to a shop that can open, and back to one whenever something is missing.

`go_live.go_live` is the whole way. `.env` is its memory: what was decided or made is written there at once, so that it
may be stopped anywhere. What was made and not written down yet is found by its name (`at_discord.slots.mark`). Nothing
is ever deleted.
"""
