"""The cloud portal."""
