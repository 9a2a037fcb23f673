"""The gateway beside other people's identity servers."""
