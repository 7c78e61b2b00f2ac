"""Everything that is kept of a person or of a tenant, as one archive they can take away."""
