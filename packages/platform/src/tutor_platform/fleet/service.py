"""How the servers are, for administrators; draining a node, for those who run the servers."""

import hashlib
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

import tutor_platform
from tutor_platform.audit import service as audit
from tutor_platform.authz.scopes import Scope
from tutor_platform.authz.subject import Subject
from tutor_platform.fleet import repository
from tutor_platform.fleet.nodes import Address, Fleet, Node
from tutor_platform.fleet.schemas import NodeView, OperationView
from tutor_platform.jobs import repository as jobs
from tutor_platform.kit.clock import Clock
from tutor_platform.kit.db import Database
from tutor_platform.kit.errors import Forbidden, NotFound
from tutor_platform.kit.storage import LocalStorage
from tutor_platform.quotas import repository as quotas
from tutor_platform.tenants import repository as tenants


@dataclass(frozen=True, slots=True)
class Operation:
    """What the status page is made from."""

    database: Database
    fleet: Fleet
    storage: LocalStorage
    clock: Clock
    operator_tenant: str

    async def view(self, subject: Subject) -> OperationView:
        """How everything is running; no unit of work is open while nodes are asked."""
        subject.require(Scope.SEE_NODES)
        nodes = await self.fleet.look()
        async with self.database.reading() as db:
            operator = await self._is_operator(db, subject)
            counts = await jobs.counts(db, subject.tenant_id)
            used = await quotas.storage_bytes(db, subject.tenant_id)
        return OperationView(
            version=tutor_platform.__version__,
            database="postgresql" if self.database.is_postgres else "sqlite",
            operator=operator,
            nodes=[_view(node, number, operator=operator) for number, node in enumerate(nodes, start=1)],
            jobs=counts,
            storage_free_bytes=await self.storage.free_bytes(),
            storage_used_bytes=used,
        )

    async def drain(self, subject: Subject, node_id: str, *, draining: bool) -> OperationView:
        """Give a node no new lessons, or give it lessons again.

        Raises:
            Forbidden: the person does not run the servers.
            NotFound: there is no such node.
        """
        subject.require(Scope.SEE_NODES)
        async with self.database.writing() as db:
            if not await self._is_operator(db, subject):
                raise Forbidden
            address = next((found for found in self.fleet.addresses if id_of(found) == node_id), None)
            if address is None:
                raise NotFound(node_id)
            if draining:
                await repository.drain(db, address.http, self.clock())
            else:
                await repository.serve(db, address.http)
            await audit.note(db, subject, "node.drained" if draining else "node.served", node_id)
        return await self.view(subject)

    async def _is_operator(self, db: AsyncSession, subject: Subject) -> bool:
        if not self.operator_tenant:
            return await tenants.count(db) == 1
        return await tenants.name_of(db, subject.tenant_id) == self.operator_tenant


def id_of(address: Address) -> str:
    """What a node is called in addresses of pages; says nothing of where it is."""
    return hashlib.sha256(address.http.encode()).hexdigest()[:10]


def _view(node: Node, number: int, *, operator: bool) -> NodeView:
    health = node.health
    return NodeView(
        id=id_of(node.address),
        name=node.address.http if operator else str(number),
        state=node.state,
        active=health.sessions.active if health else 0,
        seats=health.sessions.max if health else 0,
        version=health.version if health else None,
        stages=dict(health.engines) if health else {},
    )
