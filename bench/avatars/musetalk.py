"""MuseTalk on a GPU: frames per second and their share of the ceiling, a profile, and lessons that speak.

Networks of the true shape with random weights: speed does not depend on them. One call measures everything;
where there is no GPU it says so and runs small networks through the same code, which tells nothing of speed.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from bench.avatars.speaking import SIDE, Classroom, Seen, engine_on, footage, write_package
from bench.tables import console, quantiles, show, versions
from tutor_engine.showing.musetalk.buckets import SIZES
from tutor_engine.showing.musetalk.device import Order
from tutor_engine.showing.musetalk.geometry import crop_of, cut_frames, patches_of
from tutor_engine.showing.puppet.footage import Footage

if TYPE_CHECKING:
    import torch

    from tutor_engine.showing.musetalk.nets import Networks
    from tutor_engine.showing.musetalk.renderer import Renderer

UNET_GFLOP, DECODER_GFLOP = 177.8, 622.2
"""Per frame, counted; a multiplication with its addition is two."""
TFLOPS = 790.0
"""What an H200 reaches in half precision on large products."""
CEILING = int(TFLOPS * 1000 / (UNET_GFLOP + DECODER_GFLOP))
CROWDS = (1, 4, 8, 12, 14, 16, 18, 20, 24)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=12.0, help="of speech for each number of lessons")
    parser.add_argument("--lessons", type=int, nargs="+", default=list(CROWDS), help="numbers of lessons")
    parser.add_argument("--compile", action="store_true", help="fuse kernels as well; takes minutes more")
    arguments = parser.parse_args()
    import torch

    torch.manual_seed(0)
    gpu = torch.cuda.is_available()
    device = torch.device("cuda" if gpu else "cpu")
    if gpu:
        torch.backends.cudnn.benchmark = True
        console.print(
            f"{torch.cuda.get_device_name(device)}, {versions('torch', 'diffusers', 'transformers')}"
        )
    else:
        torch.set_num_threads(1)
        console.print(
            "[bold]No GPU here: nothing below tells how fast MuseTalk is.[/] "
            "Small networks of the same structure run through the same code, to see that it works."
        )
    _precision(device)
    renderer = _renderer(device, compiled=arguments.compile)
    begun_s = time.perf_counter()
    speed = renderer.warm()
    console.print(f"warm-up {time.perf_counter() - begun_s:.1f} s")
    shown = footage(10 if gpu else 1)
    _throughput(renderer, device, shown)
    if gpu:
        _profile(renderer, shown)
    _lessons(renderer, speed, shown, arguments.lessons if gpu else [1, 2], arguments.seconds if gpu else 3.0)


def _build(device: "torch.device") -> "Networks":
    """True shape on a GPU; a fortieth of the width elsewhere."""
    from tutor_engine.showing.musetalk.nets import UNET, VAE, WHISPER, build

    if device.type == "cuda":
        return build()
    return build(
        {**UNET, "block_out_channels": [16, 32, 32, 32], "attention_head_dim": 2, "norm_num_groups": 8,
         "cross_attention_dim": 16},
        {**VAE, "block_out_channels": [8, 8, 16, 16], "norm_num_groups": 4},
        {**WHISPER, "d_model": 16, "encoder_attention_heads": 2, "encoder_ffn_dim": 32},
    )  # fmt: skip


def _renderer(device: "torch.device", *, compiled: bool) -> "Renderer":
    import torch

    from tutor_engine.showing.musetalk.renderer import Renderer

    dtype = torch.float16 if device.type == "cuda" else torch.float32
    return Renderer(_build(device), device, dtype, compiled=compiled)


def _precision(device: "torch.device") -> None:
    """The fast path in half precision against the plain networks in float32, on fresh random inputs."""
    import copy

    import torch

    from tutor_engine.showing.musetalk.nets import FaceNet, position_code

    plain = _build(device).to(device, torch.float32)
    net = FaceNet(copy.deepcopy(plain).to(device, torch.float16))
    # The libraries' own types know less than is true.
    unet, vae = cast(tuple[Any, Any], (plain.unet, plain.vae))
    width = int(unet.config["cross_attention_dim"])
    rows: list[tuple[str, ...]] = []
    for seed in range(3):
        generator = torch.Generator(device).manual_seed(seed)
        latents = torch.randn(2, 8, 32, 32, device=device, generator=generator)
        sound = torch.randn(2, 50, width, device=device, generator=generator)
        with torch.inference_mode():
            heard = sound + position_code(50, width).to(device)
            drawn = unet(latents, torch.zeros(1, device=device), encoder_hidden_states=heard).sample
            face = (vae.decode(drawn / vae.config["scaling_factor"]).sample / 2 + 0.5).clamp(0, 1)
            fast = net(latents.half().contiguous(memory_format=torch.channels_last), sound.half()).float()
        off = (fast - face).abs() * 255
        relative = float((fast - face).norm() / face.norm())
        within = float((off <= 2).float().mean())
        rows.append((f"{seed}", f"{relative:.1e}", f"{within:.3%}", f"{float(off.max()):.1f}"))
    columns = ("inputs", "relative error", "pixels within 2 levels", "largest, levels")
    show("Half precision, folded, against float32, plain", columns, rows)


def _orders(renderer: "Renderer", shown: Footage, count: int) -> list[Order]:
    """Frames of one avatar, each with its own sound."""
    pictures = shown.pictures[:count]
    cuts = cut_frames(shown.points[:count], SIDE, SIDE)
    crops = np.stack([crop_of(p, box, renderer.side) for p, box in zip(pictures, cuts.boxes, strict=True)])
    sitter = renderer.seat(renderer.latents(crops), cuts, patches_of(pictures, cuts))
    return [Order(sitter, frame, sound=renderer.listen().window(0.0)) for frame in range(count)]


def _timed(work: Callable[[], object], device: "torch.device", least_s: float) -> float:
    """Seconds per call, everything on the device finished."""
    import torch

    def wait() -> None:
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    work()
    wait()
    calls, begun_s = 0, time.perf_counter()
    while (taken_s := time.perf_counter() - begun_s) < least_s or calls < 2:
        work()
        calls += 1
        if calls % 4 == 0:
            wait()
    wait()
    taken_s = time.perf_counter() - begun_s
    return taken_s / calls


def _throughput(renderer: "Renderer", device: "torch.device", shown: Footage) -> None:
    """Whole frames, networks to pinned bytes, by how many are asked for at once."""
    orders = _orders(renderer, shown, 16)
    rows: list[tuple[str, ...]] = []
    for count in (*SIZES, 16):
        seconds = _timed(lambda count=count: renderer.draw(orders[:count]), device, 3.0)
        speed = count / seconds
        share = f"{speed / CEILING:.0%}" if device.type == "cuda" else "–"
        rows.append((f"{count}", f"{seconds * 1000:.1f} ms", f"{speed:.0f}", share))
    columns = ("frames at once", "time", "frames/s", f"of {CEILING} frames/s")
    show("UNet + VAE + paste + colour + copy home", columns, rows)


def _profile(renderer: "Renderer", shown: Footage) -> None:
    """Where the time of a batch goes, kernel by kernel."""
    import torch
    from torch.profiler import ProfilerActivity, profile

    orders = _orders(renderer, shown, 16)
    renderer.draw(orders)
    torch.cuda.synchronize()
    rounds = 5
    with profile(activities=[ProfilerActivity.CUDA]) as seen:
        for _ in range(rounds):
            renderer.draw(orders)
        torch.cuda.synchronize()
    totals: dict[str, tuple[float, int]] = {}
    for event in seen.key_averages():
        name, spent = str(event.key), float(event.device_time_total)
        old = totals.get(name[:70], (0.0, 0))
        totals[name[:70]] = (old[0] + spent, old[1] + int(event.count))
    whole = sum(spent for spent, _ in totals.values()) or 1.0
    ranked = sorted(totals.items(), key=lambda item: -item[1][0])[:16]
    rows = [
        (name, f"{spent / rounds / 16:.0f} µs", f"{spent / whole:.1%}", f"{count // rounds}")
        for name, (spent, count) in ranked
    ]
    show("Kernels, per frame of a batch of 16", ("kernel", "time", "share", "launches"), rows)


def _lessons(
    renderer: "Renderer", speed: float, shown: Footage, crowds: Sequence[int], seconds: float
) -> None:
    """How many speak at 25 fps with no late frame, and how soon their first frame is there."""
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        packages = [write_package(Path(folder), f"face-{number}") for number in range(4)]
        for crowd in crowds:
            for together in (True, False):
                # Every lesson is let in: how many are too many is what is measured here.
                engine = engine_on(renderer, max(speed, 1e6), shown)
                before = renderer.frames_drawn
                seen = Classroom(engine, packages, crowd, together=together).run(seconds)
                drawn = f"{min((renderer.frames_drawn - before) / max(seen.frames, 1), 1):.0%}"
                rows.append(
                    (f"{crowd}", "all at once" if together else "each in turn", drawn, *_columns(seen))
                )
    columns = ("lessons", "begin", "by networks", "frames", "late", "latest", "first p50 / p95", "busy")
    show("Lessons that speak", columns, rows, f"engine's own measure: {speed:.0f} frames/s")


def _columns(seen: Seen) -> tuple[str, ...]:
    median, high, _ = quantiles(seen.first_ms) if seen.first_ms else (0.0, 0.0, 0.0)
    latest = f"{max(seen.late_ms):.0f} ms" if seen.late_ms else "–"
    return (
        f"{seen.frames}",
        f"{len(seen.late_ms)}",
        latest,
        f"{median:.0f} / {high:.0f} ms",
        f"{seen.busy_s / max(seen.wall_s, 1e-9):.0%}",
    )
