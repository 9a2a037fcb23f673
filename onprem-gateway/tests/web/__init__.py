"""Pages of the workspace, asked as browsers ask them."""
