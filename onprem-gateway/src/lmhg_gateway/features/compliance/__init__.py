"""Exemptions, incidents, held records and the ledgers."""
