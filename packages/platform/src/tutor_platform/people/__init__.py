"""The people of a school, as its administrators see and change them."""
