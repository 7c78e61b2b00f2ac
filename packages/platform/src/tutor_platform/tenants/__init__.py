"""Schools: the border that no row crosses."""
