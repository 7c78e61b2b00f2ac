"""How the servers are, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from tutor_platform.accounts.current import CurrentPerson
from tutor_platform.fleet.schemas import NodeChange, OperationView
from tutor_platform.fleet.service import Operation

router = APIRouter(prefix="/api/admin", tags=["operation"])


def _operation(request: Request) -> Operation:
    return request.app.state.operation


OperationHere = Annotated[Operation, Depends(_operation)]


@router.get("/operation")
async def view(subject: CurrentPerson, operation: OperationHere) -> OperationView:
    """Nodes, seats, background work, storage, versions."""
    return await operation.view(subject)


@router.patch("/nodes/{node_id}")
async def drain(
    node_id: str, body: NodeChange, subject: CurrentPerson, operation: OperationHere
) -> OperationView:
    """Give a node no new lessons, or give it lessons again."""
    return await operation.drain(subject, node_id, draining=body.draining)
