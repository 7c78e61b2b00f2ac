"""`python -m bench.library <figure>`: one figure, beside a baseline in the same run."""

from bench.choosing import run_chosen

FIGURES = {
    "quality": "what is found, answered and refused on question sets, beside words or vectors alone",
    "sets": "makes the question sets of `quality` from the Python and Debian documentation",
    "queries": "one question to 10,000 and 100,000 passages, beside a plain FTS5 query and brute force",
    "embedding": "passages embedded per second of a core, beside one at a time",
    "canaries": "20 tenants ask for each other's secrets, in both stores",
    "injection": "orders in documents: obeyed by the embedded tutor, and by a model with and without guards",
    "ingest": "a PDF of 300 pages: read and searchable, in processor time; pdfium's plain text beside it",
}

if __name__ == "__main__":
    run_chosen("bench.library", FIGURES)
