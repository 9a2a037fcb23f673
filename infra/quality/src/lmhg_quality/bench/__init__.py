"""Figures that are measured, not estimated: ledgers and webhooks. The relay measures itself."""
