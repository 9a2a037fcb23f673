"""The features of the portal, a folder each."""
