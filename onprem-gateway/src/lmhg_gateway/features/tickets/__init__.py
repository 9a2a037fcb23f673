"""Tickets of the portal that had to stay here."""
