"""The four processes of the gateway, an application each."""
