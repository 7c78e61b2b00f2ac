"""`tutor-platform admin …`: what the operator does with schools and people, beside the running platform.

Passwords and links are printed once, and stored nowhere but as hashes. Exit codes as in `cli.py`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

if TYPE_CHECKING:
    from tutor_platform.people.operator import OneTime, Operator

admin = typer.Typer(no_args_is_help=True, help="Schools, their people and their ways in.")

Result = TypeVar("Result")

SchoolName = Annotated[
    str, typer.Option("--school", help="Name or identifier; not needed when there is one.")
]
UserName = Annotated[str, typer.Argument(help="What the person signs in with.")]


@admin.command()
def create_school(name: Annotated[str, typer.Argument(help="The school's name.")]) -> None:
    """Make a school; then make its first administrator."""
    school = _run(lambda operator: operator.create_school(name))
    typer.echo(f"{school.id}  {school.name}")
    typer.echo(f"Next: tutor-platform admin create-admin USERNAME --school {school.id}", err=True)


@admin.command()
def create_admin(
    username: UserName,
    school: SchoolName = "",
    name: Annotated[str, typer.Option(help="What people see; the user name if left out.")] = "",
    language: Annotated[Literal["en", "zh"], typer.Option()] = "en",
) -> None:
    """Make an administrator and print their one-time password."""
    _show(_run(lambda operator: operator.create_admin(school, username, name or username, language)))


@admin.command(name="list")
def list_people(
    school: Annotated[str, typer.Option(help="Only this school, by name or identifier.")] = "",
) -> None:
    """Print schools and their people."""
    schools = _run(lambda operator: operator.schools())
    shown = [entry for entry in schools if not school or school in (entry[0].id, entry[0].name)]
    if not shown:
        _fail("There is no such school. Make one: `tutor-platform admin create-school NAME`.")
    for tenant, people in shown:
        typer.echo(f"{tenant.id}  {tenant.name}")
        for person in people:
            state = (
                "off" if person.disabled_at else "one-time password" if person.must_choose_password else ""
            )
            typer.echo(f"  {person.role:<8} {person.username:<24} {person.name}  {state}".rstrip())


@admin.command()
def reset_password(username: UserName) -> None:
    """Give somebody a one-time password; ends their sign-ins and any lock."""
    _show(_run(lambda operator: operator.reset_password(username)))


@admin.command()
def disable(
    username: UserName,
    again: Annotated[bool, typer.Option("--enable", help="Switch the account on again.")] = False,
) -> None:
    """Switch an account off: its sign-ins end, and it cannot sign in."""
    _run(lambda operator: operator.switch(username, disabled=not again))
    typer.echo(f"{username} is {'on' if again else 'off'}.")


@admin.command()
def invite(
    role: Annotated[Literal["admin", "teacher", "student"], typer.Option()] = "teacher",
    school: SchoolName = "",
    days: Annotated[int, typer.Option(min=1, max=30, help="How long the link works.")] = 7,
    label: Annotated[str, typer.Option(help="For whom it is.")] = "",
) -> None:
    """Print a link with which one person can make their account."""
    from tutor_platform.settings import Settings

    tenant, token = _run(lambda operator: operator.invite(school, role, days, label))
    settings = Settings()
    base = settings.platform_public_url or f"http://localhost:{settings.platform_port}"
    typer.echo(f"{base}/invitation#{token}")
    typer.echo(f"For one {role} of {tenant.name}, for {days} days. It is not shown again.", err=True)


@admin.command()
def revoke_sessions(username: UserName) -> None:
    """Sign somebody out in every browser."""
    ended = _run(lambda operator: operator.revoke_sessions(username))
    typer.echo(f"{username} was signed in {ended} times and is signed out everywhere.")


def _show(made: "OneTime") -> None:
    typer.echo(f"{made.username}  {made.password}")
    until = made.until.strftime("%Y-%m-%d")
    typer.echo(f"A one-time password, good until {until}. It is not shown again.", err=True)


def _fail(sentence: str) -> None:
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def _run(work: "Callable[[Operator], Awaitable[Result]]") -> Result:
    """Do one thing to the database that the settings name."""
    from sqlalchemy.exc import DBAPIError, OperationalError

    from tutor_platform.kit.log import configure
    from tutor_platform.people.operator import OperatorError

    configure("warning")
    try:
        return asyncio.run(_with_operator(work))
    except OperatorError as error:
        _fail(str(error))
    except (OperationalError, DBAPIError, OSError) as error:
        _fail(
            f"The database cannot be used ({_first_line(error)}). "
            "Check DATABASE_URL and TUTOR_DATA_DIR, and that the database is running."
        )
    raise typer.Exit(1)


def _first_line(error: Exception) -> str:
    cause: Any = getattr(error, "orig", None) or error
    return str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__


async def _with_operator(work: "Callable[[Operator], Awaitable[Result]]") -> Result:
    from tutor_platform.kit.clock import utc_now
    from tutor_platform.kit.db import Database
    from tutor_platform.kit.migrate import migrate
    from tutor_platform.people.operator import Operator
    from tutor_platform.settings import Settings

    settings = Settings()
    settings.tutor_data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database)
    try:
        await migrate(database)
        return await work(Operator(database, utc_now))
    finally:
        await database.close()
