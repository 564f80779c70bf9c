"""The buttons, selects and forms of tickets."""
