"""Accounts and sessions of the portal."""
