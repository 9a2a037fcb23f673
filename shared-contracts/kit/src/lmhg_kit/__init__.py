"""What the processes of both planes share."""
