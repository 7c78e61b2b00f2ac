"""`python -m bench.media <figure>`: one figure of the media worker, beside stock aiortc."""

import argparse
import importlib

FIGURES = {
    "cost": "% of one core per idle and per speaking lesson",
    "lateness": "how late frames leave and arrive at 40 lessons, 10 of them speaking",
    "first-frame": "offer → first frame decoded in Chromium",
    "offset": "sound against picture at the receiver: sender reports, a clapperboard, Chromium",
    "cycles": "1,000 times open and close: memory, tasks, threads, descriptors",
    "soak": "an hour of lessons joining, talking and leaving in a real house",
}


def main() -> None:
    """Run one figure."""
    parser = argparse.ArgumentParser(prog="python -m bench.media", description=__doc__)
    figures = parser.add_subparsers(required=True, metavar="figure")
    for name, what in FIGURES.items():
        module = importlib.import_module(f"bench.media.{name.replace('-', '_')}")
        figure = figures.add_parser(name, help=what.replace("%", "%%"), description=module.__doc__)
        module.options(figure)
        figure.set_defaults(run=module.run)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
