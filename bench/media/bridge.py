"""A socket of the engine's protocol in front of a bare media process, so that a browser can offer to it.

Only `webrtc_offer` is answered; `/health` is a page of the same origin for the browser to stand on.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

from aiohttp import WSMsgType, web

from bench.house import free_port
from bench.media.face import Face
from bench.media.server import Server
from tutor_engine.media import messages as m


@asynccontextmanager
async def bridge(server: Server, speaker: Face | None = None) -> AsyncGenerator[str]:
    """Serve `http://127.0.0.1:port`; who comes is spoken to by `speaker`."""
    app = web.Application()
    app.router.add_get("/health", _health)
    app.router.add_get("/ws", partial(_socket, server, speaker))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def _health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


async def _socket(server: Server, speaker: Face | None, request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(protocols=("tutor.v1",))
    await socket.prepare(request)
    number = server.next_number()
    await socket.send_json({"type": "hello"})
    async for message in socket:
        if message.type is WSMsgType.TEXT and (offer := message.json())["type"] == "webrtc_offer":
            sdp = await server.answer(number, offer["sdp"])
            await socket.send_json({"type": "webrtc_answer", "sdp": sdp})
            if speaker is not None:
                speaker.speak(number)
    if speaker is not None:
        speaker.be_silent(number)
    server.post(m.ClosePeer(number))
    return socket
