"""Screening measured: recall by way, false holds, speed, and what the index costs. Writes its page."""
