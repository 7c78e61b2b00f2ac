"""The face engine for any machine: drawn tutors, photos and footage that speak by bending pictures."""
