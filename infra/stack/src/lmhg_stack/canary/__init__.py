"""Canaries: invented PHI that can be recognised anywhere, and the sweep that looks for it."""
