"""What administrators see of the running of things."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from tutor_platform.fleet.nodes import NodeState
from tutor_platform.jobs.models import State
from tutor_protocol.http import EngineStatus


class NodeView(BaseModel):
    """An engine node."""

    id: str
    name: str = Field(description="Its address, for those who run the servers; a number for others.")
    state: NodeState
    active: int
    seats: int
    version: str | None
    stages: dict[str, EngineStatus] = Field(description="Which engine serves each stage.")


class OperationView(BaseModel):
    """How everything is running."""

    version: str
    database: Literal["postgresql", "sqlite"]
    operator: bool = Field(description="Whether the person runs the servers, and may drain nodes.")
    nodes: list[NodeView]
    jobs: dict[State, int] = Field(description="Background work of the school by state; absent: none.")
    storage_free_bytes: int
    storage_used_bytes: int = Field(description="Files of the school.")


class NodeChange(BaseModel):
    """Whether a node gets new lessons."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"draining": True}]})

    draining: bool = Field(description="True: no new lessons; those that are going on end by themselves.")
