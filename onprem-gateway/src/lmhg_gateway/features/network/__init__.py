"""The network policy as an administrator sees it."""
