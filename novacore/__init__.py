"""NovaCore: the Discord bot that runs a digital-goods shop."""

__version__ = "0.2.0"
