"""Tickets: staff ask for help here."""
