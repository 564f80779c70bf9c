"""The buttons, selects and forms of the shop, and those with which the owner fills it."""
