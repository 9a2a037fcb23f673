"""Announcements of the practice."""
