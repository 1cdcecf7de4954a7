"""riskbot: watches news feeds for companies in geopolitical trouble and tells Slack once per story."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("riskbot")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0.0.0"
