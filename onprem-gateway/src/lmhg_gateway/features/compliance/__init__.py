"""Exemptions, incidents, held records, matches and witnesses."""
