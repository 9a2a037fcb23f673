"""Templates, components and styles that every page of both planes is made of."""
