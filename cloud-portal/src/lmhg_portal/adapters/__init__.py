"""Doors to what others own: the replica that the relay fills."""
