"""Settings of the portal."""
