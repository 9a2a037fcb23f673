"""Backwards in time: what became a client's after a text crossed is searched in all that crossed."""
