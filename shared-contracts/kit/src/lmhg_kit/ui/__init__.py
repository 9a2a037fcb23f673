"""The layouts, components and assets of both shells."""
