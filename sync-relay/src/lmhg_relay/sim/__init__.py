"""The relay's core under a simulated network, disk and clock, by seed."""
