"""The stand-in's own tests use it as everybody else does."""

from tests.wire.fixture import wire

__all__ = ["wire"]
