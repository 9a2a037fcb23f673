"""Invented people and texts that screening is measured on. Shares no code and no table with it."""
