"""Clients: who the practice cares for."""
