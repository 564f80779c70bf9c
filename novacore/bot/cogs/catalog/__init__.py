"""The slash commands about what is for sale."""
