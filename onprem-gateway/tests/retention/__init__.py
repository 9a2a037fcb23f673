"""Tests of retention: what goes, what stays, and who wins a race."""
