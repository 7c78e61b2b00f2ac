"""Documents of strangers to pages and passages, in a child process that may do little."""
