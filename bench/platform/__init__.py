"""How fast the web server is: lists, the way of a message, the first page, whole journeys."""
