"""Bodies of single sign-on."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from tutor_platform.sso.models import ProvidedRole

Domain = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=253,
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z0-9-]{2,}$",
    ),
]
MAX_DOMAINS = 20


def _few(domains: list[str]) -> list[str]:
    if len(domains) > MAX_DOMAINS:
        raise ValueError(f"at most {MAX_DOMAINS} domains")
    return domains


# Said by a check of our own: as `maxItems`, clients generated from it spell out every length.
Domains = Annotated[list[Domain], AfterValidator(_few)]
Issuer = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^https?://[^\s?#]+$")
]
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Opaque = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class ProviderSettings(BaseModel):
    """How a school lets people sign in through another organisation."""

    name: ShortText = Field(examples=["School account"], description="What the button says.")
    issuer: Issuer = Field(examples=["https://login.example.org"])
    client_id: Opaque = Field(examples=["virtual-tutor"])
    domains: Domains = Field(
        default=[], description="E-mail domains whose people may come; empty: everybody there."
    )
    default_role: ProvidedRole = Field(default="student", description="What somebody new becomes.")
    makes_accounts: bool = Field(default=True, description="Somebody new gets an account.")
    links_by_email: bool = Field(
        default=True, description="A verified e-mail address finds an account that is here already."
    )
    listed: bool = Field(default=True, description="The sign-in page shows a button.")
    enabled: bool = True


class NewProvider(ProviderSettings):
    """Body of `POST /api/sso/providers`."""

    client_secret: str = Field(default="", max_length=500, description="Empty for a public client.")


class ProviderEdit(BaseModel):
    """Body of `PATCH /api/sso/providers/{provider_id}`; what is left out stays, the secret too."""

    name: ShortText | None = None
    issuer: Issuer | None = None
    client_id: Opaque | None = None
    client_secret: str | None = Field(default=None, max_length=500)
    domains: Domains | None = None
    default_role: ProvidedRole | None = None
    makes_accounts: bool | None = None
    links_by_email: bool | None = None
    listed: bool | None = None
    enabled: bool | None = None


class ProviderView(ProviderSettings):
    """A provider as administrators see it; the secret never leaves the server."""

    id: str
    has_secret: bool


class ProviderList(BaseModel):
    """Answer to `GET /api/sso/providers`."""

    providers: list[ProviderView]
    redirect_uri: str = Field(description="What the other organisation has to be told.")


class ProviderCheck(BaseModel):
    """Whether a provider answers as it should."""

    works: bool
    detail: str = Field(description="What went wrong, for the administrator; empty when it works.")


class SignInOffer(BaseModel):
    """A button of the sign-in page."""

    id: str
    name: str
    school: str


class SignInOffers(BaseModel):
    """Answer to `GET /api/auth/providers`."""

    providers: list[SignInOffer]


class Departure(BaseModel):
    """Where the browser goes to sign in."""

    url: str


class Return(BaseModel):
    """What the browser brings back."""

    code: str = Field(min_length=1, max_length=2_000)
    state: str = Field(min_length=1, max_length=200)
    iss: str | None = Field(default=None, max_length=300, description="Who sends it, where providers say so.")
