"""The processes of the portal, an application each."""
