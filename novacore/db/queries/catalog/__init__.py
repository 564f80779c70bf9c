"""Questions about what is for sale: the shop window, the owner's lists, how stock came in."""
