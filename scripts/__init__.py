"""What `make` runs besides the two programs themselves."""
