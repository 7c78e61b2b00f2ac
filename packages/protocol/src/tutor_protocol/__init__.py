"""The words that a web server, a browser and the tutor engine speak.

Pydantic models only; this package never touches the network, a file or a clock. JSON Schema and the
browser's TypeScript types are generated from these models (`python -m tutor_protocol`), so a change here
is a change for everybody.
"""

from tutor_protocol.citation import Citation
from tutor_protocol.client import ClientMessage, parse_client_message
from tutor_protocol.errors import CloseCode, ErrorCode, ProtocolError, sentence
from tutor_protocol.server import ServerEvent, parse_server_event

PROTOCOL_VERSION = "tutor.v1"

__all__ = [
    "PROTOCOL_VERSION",
    "Citation",
    "ClientMessage",
    "CloseCode",
    "ErrorCode",
    "ProtocolError",
    "ServerEvent",
    "parse_client_message",
    "parse_server_event",
    "sentence",
]
