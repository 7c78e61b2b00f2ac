"""The media worker as it is, with a census beside it: `census.sock` in the folder of its frames socket."""

from functools import partial
from socket import socket

from bench.media.census import census_at
from tutor_engine.media.worker import WorkerOptions, read_arguments, run_worker
from tutor_engine.processes import serve_child
from tutor_engine.telemetry import configure_logs


async def run_observed(options: WorkerOptions, sock: socket) -> None:
    """Serve and be counted until the engine's end of the channel closes."""
    async with census_at(options.frames_socket.with_name("census.sock")):
        await run_worker(options, sock)


if __name__ == "__main__":
    configure_logs()
    fd, options = read_arguments()
    serve_child(partial(run_observed, options), fd)
