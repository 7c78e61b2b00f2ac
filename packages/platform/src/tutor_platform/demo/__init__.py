"""The demo tenant: its people, its two tutors and their libraries."""
