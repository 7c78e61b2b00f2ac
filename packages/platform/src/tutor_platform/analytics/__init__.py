"""What students ask, what the library answers, and how lessons go; counted from the record, never scored."""
