"""Documents that are generated from the code and compared with it in every check."""
