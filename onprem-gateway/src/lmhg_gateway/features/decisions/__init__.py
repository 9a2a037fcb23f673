"""Decisions: what one person asks for and another one decides, about roles and two-step sign-in."""
