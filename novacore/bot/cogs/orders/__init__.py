"""The slash commands about orders, for customers and for staff."""
