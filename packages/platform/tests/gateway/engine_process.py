"""The fake engine as a process of its own, for tests that kill it: `engine_process.py <port> <key>`."""

import asyncio
import sys

from packages.platform.tests.fake_engine import FakeEngine


async def serve(port: int, key: str) -> None:
    engine = FakeEngine(key=key, port=port)
    await engine.start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
