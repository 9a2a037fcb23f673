"""Home: what concerns me today."""
