"""`tutor-engine models list | install | verify`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from tutor_engine.models.catalogue import Asset, catalogue
from tutor_engine.models.errors import ModelError
from tutor_engine.models.folder import AssetState, ModelsFolder, verify
from tutor_engine.models.install import find_all, install_asset

models_app = typer.Typer(no_args_is_help=True, help="Model files: what is known, installed, whole.")

DataDir = Annotated[
    Path,
    typer.Option(
        "--data-dir", envvar="TUTOR_DATA_DIR", help="Data folder; models live in its folder `models`."
    ),
]
_DEFAULT_DATA_DIR = Path("var")
_MARKS = {
    "installed": "[green]✓[/]",
    "missing": "[dim]–[/]",
    "incomplete": "[red]✗[/]",
    "damaged": "[red]✗[/]",
}


@models_app.command("list")
def list_models(data_dir: DataDir = _DEFAULT_DATA_DIR) -> None:
    """Show every known model, its licence, source, size and whether it is installed."""
    models = ModelsFolder(data_dir / "models")
    console = Console(highlight=False)
    for asset in catalogue():
        state = models.state(asset, hashes=False)
        facts = [_size(asset), asset.licence, str(asset.source)]
        facts += ["embedded set"] if asset.embedded else []
        facts += [] if asset.hashes_known else ["hash recorded at install"]
        console.print(f"{_MARKS[state.status]} [bold]{asset.name}[/]  {', '.join(facts)}")
        console.print(f"  [dim]{asset.purpose}[/]")


@models_app.command("install")
def install_models(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Models or sets (musetalk) to install; none: the embedded set."),
    ] = None,
    data_dir: DataDir = _DEFAULT_DATA_DIR,
) -> None:
    """Install models; leaves alone what is installed already. Exit code 1 when one could not be installed."""
    console = Console(highlight=False)
    try:
        asked = [asset for name in names or () for asset in find_all(name)]
        assets = asked if names else [a for a in catalogue() if a.embedded]
    except ModelError as error:
        console.print(f"[red]{error}[/]")
        raise typer.Exit(1) from error
    failed = [asset for asset in assets if not _install(asset, data_dir / "models", console)]
    if failed:
        raise typer.Exit(1)


@models_app.command("verify")
def verify_models(data_dir: DataDir = _DEFAULT_DATA_DIR) -> None:
    """Read every installed file and compare hashes. Exit code 1 when something installed is not whole."""
    console = Console(highlight=False)
    states = verify(data_dir / "models")
    for state in states:
        console.print(_line(state))
    if any(state.status in ("damaged", "incomplete") for state in states):
        raise typer.Exit(1)


def _install(asset: Asset, folder: Path, console: Console) -> bool:
    """Install one asset with a progress bar; a failure is one line."""
    if ModelsFolder(folder).state(asset, hashes=False).status == "installed":
        console.print(f"[green]✓[/] {asset.title} is installed")
        return True
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(asset.title, total=asset.download_bytes or None)
        try:
            path = install_asset(
                asset, folder, lambda done, total: progress.update(bar, completed=done, total=total)
            )
        except ModelError as error:
            progress.stop()
            console.print(f"[yellow]✗ {error}[/]\n  {asset.purpose}")
            return False
    console.print(f"[green]✓[/] {asset.title} → {path}")
    return True


def _size(asset: Asset) -> str:
    megabytes = asset.download_bytes / 1_000_000
    return f"{megabytes:.1f} MB" if asset.hashes_known else f"about {megabytes:.0f} MB"


def _line(state: AssetState) -> str:
    return f"{_MARKS[state.status]} {state.asset.name}: {state.line}"
