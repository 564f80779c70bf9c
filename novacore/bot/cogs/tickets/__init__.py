"""The slash commands about tickets, and what is heard in their channels."""
