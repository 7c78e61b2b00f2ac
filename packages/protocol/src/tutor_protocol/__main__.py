"""Print the JSON Schema of the socket protocol: `python -m tutor_protocol > schema.json`."""

import json
import sys

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from tutor_protocol import client, server


def schema() -> dict[str, object]:
    """One JSON Schema document with every client message and server event under `$defs`."""
    models: list[type[BaseModel]] = [
        client.Text, client.TextWebRTC, client.Audio, client.WebRTCOffer, client.WebRTCCandidate,
        client.Interrupt, client.Greet, client.Hold, client.ClientStats, client.Ping,
    ]  # fmt: skip
    events: list[type[BaseModel]] = [
        server.Hello, server.WebRTCAnswer, server.WebRTCCandidateOut, server.Transcription,
        server.TextDelta, server.TextOut, server.MediaOut, server.Caption, server.Turn, server.Latency,
        server.Quality, server.Alert, server.Error, server.Pong, server.SessionReplaced,
    ]  # fmt: skip
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    wanted.extend((model, "validation") for model in models)
    wanted.extend((event, "serialization") for event in events)
    _, document = models_json_schema(
        wanted,
        title="Tutor protocol",
    )
    document["x-client-messages"] = [model.__name__ for model in models]
    document["x-server-events"] = [event.__name__ for event in events]
    return document


if __name__ == "__main__":
    json.dump(schema(), sys.stdout, indent=2, ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n")
