"""The HTTP floor of every web process: zones, guards, sessions, headers, errors, health."""
