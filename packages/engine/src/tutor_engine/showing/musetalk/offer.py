"""Whether MuseTalk can work on this machine, and the engine if so. Costs a few looks at the disk."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from tutor_engine.showing.engines import Surroundings
from tutor_engine.showing.musetalk.engine import MuseTalkEngine, Working
from tutor_engine.showing.musetalk.weights import WeightFiles, WeightsMissing, find_weights
from tutor_engine.showing.port import FaceEngine
from tutor_engine.showing.puppet.opening import open_footage

_NEEDED = ("torch", "diffusers", "transformers")
_GPU_DEVICES = ("nvidia[0-9]*", "dxg", "kfd")
"""Of NVIDIA, of Windows' Linux, of AMD."""


class NoGpu(Exception):
    """Torch finds no GPU that it can use."""


def offer(surroundings: Surroundings, devices: Path = Path("/dev")) -> FaceEngine | str:
    """The engine, its networks loading in the background; or why it is not used here."""
    if not any(next(devices.glob(pattern), None) for pattern in _GPU_DEVICES):
        return "not used: no GPU"
    try:
        files = find_weights(surroundings.models, surroundings.musetalk_base)
    except WeightsMissing as error:
        return f"not used: {error}"
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        return f"not used: {', '.join(missing)} not installed; install tutor-engine[musetalk]"
    start = _here if surroundings.at_once else ThreadPoolExecutor(1, "musetalk").submit
    return MuseTalkEngine(surroundings.stand_in, loader(files), open_footage, start=start)


def _here(work: Callable[[], None]) -> None:
    work()


def loader(files: WeightFiles) -> Callable[[], Working]:
    """What loads these weights onto the first GPU and warms it up; takes up to a minute."""

    def load() -> Working:
        import torch

        from tutor_engine.showing.musetalk.renderer import Renderer
        from tutor_engine.showing.musetalk.weights import load_networks

        if not torch.cuda.is_available():
            raise NoGpu("torch finds no GPU that it can use")
        torch.backends.cudnn.benchmark = True
        renderer = Renderer(load_networks(files), torch.device("cuda"), torch.float16)
        return Working(renderer, renderer.warm())

    return load
