"""The application: stores, shows, sends (design §7)."""

__version__ = "0.1.0"
