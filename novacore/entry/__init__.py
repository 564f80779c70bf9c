"""The ways into the shop, a file each: run it, rehearse it, check its health, give it a new key. The CLI calls them."""
