"""`python -m bench.platform <figure>`: one figure, beside a baseline in the same run."""

from bench.choosing import run_chosen

FIGURES = {
    "lists": "lists and searches over 100,000 lessons on PostgreSQL; one row by its key beside them",
    "gateway": "what the gateway adds to a message, 100 active and 1,000 idle sockets; a bare proxy beside",
    "load": "the first page: script, largest paint on a slow machine and network; an empty page beside it",
    "journeys": "a new student to the first answer, a new tutor with a face and a PDF: seconds and clicks",
    "fuzz": "schemathesis over every operation, as long as you like: --examples 200",
}

if __name__ == "__main__":
    run_chosen("bench.platform", FIGURES)
