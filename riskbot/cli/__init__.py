"""The command line: each verb reads its arguments, calls one use case and prints. Nothing is decided here."""

from riskbot.cli.root import main

__all__ = ["main"]
