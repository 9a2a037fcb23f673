"""Colleagues, their roles, and their exempt profile."""
