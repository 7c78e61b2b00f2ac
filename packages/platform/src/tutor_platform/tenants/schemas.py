"""What of a tenant its people see."""

from pydantic import BaseModel


class TenantView(BaseModel):
    """A school."""

    id: str
    name: str
