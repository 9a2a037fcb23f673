"""The features of the gateway, a folder each."""
