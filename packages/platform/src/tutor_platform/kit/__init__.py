"""What every room needs: database, identifiers, errors, limits, the edge, the engine's client."""
