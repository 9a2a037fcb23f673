"""Intakes that clients submitted."""
