"""feeds.yaml: from text to typed settings, every mistake with its place and its cure."""

from digests.config.loader import load, parse
from digests.config.reload import Watcher
from digests.config.schema import schema
from digests.config.settings import Defaults, People, Settings, Welcome

__all__ = ["Defaults", "People", "Settings", "Watcher", "Welcome", "load", "parse", "schema"]
