"""Zones, guards, sessions, errors and health for every web process."""
