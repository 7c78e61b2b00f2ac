"""The private names of aiortc and aioice that media/ relies on are there, and mean what it takes them for.

When this fails after an upgrade, `media/internals.py` is the only file that has to change.
"""

from importlib.metadata import version

import pytest
from aioice import ice
from aiortc import RTCConfiguration, RTCPeerConnection
from aiortc.rtcrtpreceiver import StreamStatistics

from tutor_engine.media import internals


def missing(thing: object, names: tuple[str, ...]) -> list[str]:
    return [
        f"{type(thing).__module__}.{type(thing).__name__}.{name}"
        for name in names
        if not hasattr(thing, name)
    ]


async def test_every_private_name_is_there() -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    transceiver = connection.addTransceiver("audio")
    transport = internals.ice_transport(connection)
    absent = [
        *missing(transport, internals.ICE_NAMES),
        *missing(internals.ice_agent(transport), internals.CONNECTION_NAMES),
        *missing(ice.StunProtocol(internals.ice_agent(transport)), internals.PROTOCOL_NAMES),
        *missing(transceiver, internals.TRANSCEIVER_NAMES),
        *missing(transceiver.sender, internals.SENDER_NAMES),
        *missing(transceiver.receiver, internals.RECEIVER_NAMES),
        *missing(transceiver.sender.transport, internals.TRANSPORT_NAMES),
        *missing(vars(transceiver.receiver.transport)["_rtp_router"], internals.ROUTER_NAMES),
    ]
    await connection.close()
    assert not absent, f"aiortc {version('aiortc')} / aioice {version('aioice')} lack: {', '.join(absent)}"


async def test_the_receivers_statistics_are_still_a_dictionary_by_source() -> None:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    receiver = connection.addTransceiver("audio").receiver
    statistics = vars(receiver)["_RTCRtpReceiver__remote_streams"]
    assert statistics == {}
    assert hasattr(StreamStatistics(48_000), "add")
    await connection.close()


@pytest.mark.parametrize(("package", "pinned"), [("aiortc", "1.16.0"), ("aioice", "0.13.0")])
def test_the_versions_are_those_that_were_read(package: str, pinned: str) -> None:
    assert version(package) == pinned
