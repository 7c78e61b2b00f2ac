"""`python -m bench.media <figure>`: one figure of the media worker, beside stock aiortc."""

from bench.choosing import run_chosen

FIGURES = {
    "cost": "% of one core per idle and per speaking lesson",
    "lateness": "how late frames leave and arrive at 40 lessons, 10 of them speaking",
    "first-frame": "offer → first frame decoded in Chromium",
    "offset": "sound against picture at the receiver: sender reports, a clapperboard, Chromium",
    "cycles": "1,000 times open and close: memory, tasks, threads, descriptors",
    "soak": "an hour of lessons joining, talking and leaving in a real house",
}

if __name__ == "__main__":
    run_chosen("bench.media", FIGURES)
