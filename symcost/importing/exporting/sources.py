"""From what a user names to a module on the meta device and inputs for it, at one configuration.

Nothing is downloaded and no file of weights is opened: models are made anew, without their numbers.
"""

from __future__ import annotations

import importlib
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from typing import Any

import torch

from symcost.records import dataclass


class BadSource(Exception):
    """What was named does not lead to a module; `str` says why."""


class MissingPackage(Exception):
    """A package that the source needs is not installed; `str` is its name."""


@dataclass(frozen=True)
class Built:
    """A module, what it is called with, and what is known about the sizes that it was made with."""

    module: Any
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    name: str = "Model"
    configuration: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    packages: tuple[str, ...] = ()


Maker = Callable[[str, Mapping[str, int]], Built]

BATCH = 2
"""At batch 1 broadcasts vanish from the graph."""


def build(source: str, configuration: Mapping[str, int], part: str | None) -> Built:
    """The module of a source, or a part of it by its path. Raises BadSource, MissingPackage."""
    kind, _, rest = source.partition(":")
    if not rest:
        raise BadSource(f"`{source}` is no source")
    try:
        built = MAKERS[kind](rest, configuration) if kind in MAKERS else _from_function(source, configuration)
    except ModuleNotFoundError as missing:
        if missing.name in ("torchvision", "timm", "transformers"):
            raise MissingPackage(missing.name) from None
        raise
    return built if part is None else only(built, part)


def _need(package: str) -> Any:
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as missing:
        raise MissingPackage(package) if missing.name == package else missing from None


def on_meta(make: Callable[[], Any]) -> Any:
    """A module without numbers; one whose making asks for numbers is made with them, which are then forgotten."""
    try:
        with torch.device("meta"):
            module = make().eval()
    except (NotImplementedError, RuntimeError):
        module = make().eval()
    given = (*module.parameters(), *module.buffers())
    return module if all(one.device.type == "meta" for one in given) else module.to("meta")


def _image(batch: int, *sizes: int) -> torch.Tensor:
    return torch.zeros(batch, *sizes, device="meta")


# Libraries of vision models ------------------------------------------------------------------------------------------

VIDEO = {"s3d": (16, 224), "r3d_18": (16, 112), "mc3_18": (16, 112), "r2plus1d_18": (16, 112)}
SIZES = {
    "inception_v3": 299,
    "swin_v2_t": 256,
    "swin_v2_s": 256,
    "swin_v2_b": 256,
    "ssdlite320_mobilenet_v3_large": 320,
}
DETECTORS = ("rcnn", "retinanet", "ssd", "fcos")


def _torchvision(name: str, configuration: Mapping[str, int]) -> Built:
    vision = _need("torchvision")
    if name not in vision.models.list_models():
        raise BadSource(f"torchvision has no model `{name}`")
    options = {"weights": None} | dict(_vision_options(vision, name, configuration))
    module = on_meta(lambda: vision.models.get_model(name, **options))
    batch, size = configuration.get("B", BATCH), configuration.get("image_size", SIZES.get(name, 224))
    own = {"B": batch, "image_size": size} | dict(configuration)
    given = _vision_inputs(name, batch, size)
    return Built(module, given, name=name, configuration=own, packages=("torchvision",))


def _vision_options(vision: Any, name: str, configuration: Mapping[str, int]) -> Iterator[tuple[str, Any]]:
    """What keeps a builder from looking for weights, or from making some."""
    takes = inspect.signature(vision.models.get_model_builder(name)).parameters
    if "weights_backbone" in takes:
        yield "weights_backbone", None
    if name in ("googlenet", "inception_v3"):
        yield "init_weights", False
    if "image_size" in configuration and name.startswith("vit"):
        yield "image_size", configuration["image_size"]


def _vision_inputs(name: str, batch: int, size: int) -> tuple[Any, ...]:
    """Images; films, pairs of images or a list of them for those that take these."""
    film = _film(name)
    if film is not None:
        frames, side = film
        return (_image(batch, 3, frames, side, side),)
    if name.startswith("raft"):
        return (_image(batch, 3, 128, 128),) * 2
    if any(word in name for word in DETECTORS):
        images = [_image(3, size, size) for _ in range(batch)]
        return (images,)
    return (_image(batch, 3, size, size),)


def _film(name: str) -> tuple[int, int] | None:
    """Frames, and their height and width, that a model takes; None for one of images."""
    if name.startswith(("mvit", "swin3d")):
        return VIDEO.get(name, (16, 224))
    return VIDEO.get(name)


def _timm(name: str, configuration: Mapping[str, int]) -> Built:
    timm = _need("timm")
    if not timm.is_model(name.split(".")[0]):
        raise BadSource(f"timm has no model `{name}`")
    options = {"img_size": configuration["image_size"]} if "image_size" in configuration else {}
    try:
        module = on_meta(lambda: timm.create_model(name, pretrained=False, **options))
    except TypeError:  # a network that takes images of any size, and asks for none
        module = on_meta(lambda: timm.create_model(name, pretrained=False))
    channels, height, width = module.default_cfg["input_size"]
    batch, size = configuration.get("B", BATCH), configuration.get("image_size")
    height, width = (size, size) if size else (height, width)
    own = {"B": batch, "image_size": height} | dict(configuration)
    return Built(module, (_image(batch, channels, height, width),), name=name, configuration=own, packages=("timm",))


def _hugging(name: str, configuration: Mapping[str, int]) -> Built:
    _need("transformers")
    from symcost.importing.exporting import hugging

    return hugging.build(name, configuration)


# Functions of the user -----------------------------------------------------------------------------------------------


def _from_function(source: str, configuration: Mapping[str, int]) -> Built:
    """`package.module:make`: make(**configuration) gives a module and its inputs."""
    where, _, name = source.partition(":")
    if not all(part.isidentifier() for part in (*where.split("."), *name.split("."))):
        raise BadSource(f"`{source}` is no `package.module:function`")
    made = _module(where)
    for part in name.split("."):
        if not hasattr(made, part):
            raise BadSource(f"`{where}` has no `{name}`")
        made = getattr(made, part)
    return from_function(made, configuration)


def _module(where: str) -> Any:
    """A module that stands in the present folder or is installed; what it imports itself may be missing too."""
    if (here := os.getcwd()) not in sys.path:
        sys.path.append(here)
    try:
        return importlib.import_module(where)
    except ModuleNotFoundError as missing:
        if missing.name and f"{where}.".startswith(f"{missing.name}."):
            raise BadSource(f"there is no module `{where}`") from None
        raise


def from_function(make: Callable[..., Any], configuration: Mapping[str, int]) -> Built:
    """What a function of the user makes: a module and its inputs (a tensor, a tuple of them, or a dict by name)."""
    result = make(**configuration)
    if not (isinstance(result, tuple) and len(result) == 2 and isinstance(result[0], torch.nn.Module)):
        raise BadSource(f"`{getattr(make, '__name__', 'make')}` does not return `module, inputs`")
    return from_module(*result, configuration)


def from_module(module: Any, inputs: Any, configuration: Mapping[str, int]) -> Built:
    """A module and its inputs, both without their numbers; the module itself stays as it is."""
    import copy

    with torch.device("meta"):
        bare = copy.deepcopy(
            module, {id(one): _without_numbers(one) for one in (*module.parameters(), *module.buffers())}
        )
    args, kwargs = _as_call(_bare(inputs))
    return Built(bare.eval(), args, kwargs, type(module).__name__, dict(configuration))


def _without_numbers(tensor: Any) -> Any:
    empty = torch.empty_like(tensor, device="meta")
    return torch.nn.Parameter(empty, tensor.requires_grad) if isinstance(tensor, torch.nn.Parameter) else empty


def _bare(value: Any) -> Any:
    """Inputs on the meta device, in whatever lists and dicts they stand."""
    if isinstance(value, torch.Tensor):
        return torch.empty_like(value, device="meta")
    if isinstance(value, dict):
        return {name: _bare(one) for name, one in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_bare(one) for one in value)
    return value


def _as_call(inputs: Any) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    if isinstance(inputs, dict):
        return (), inputs
    return (inputs, {}) if isinstance(inputs, tuple) else ((inputs,), {})


# Parts ---------------------------------------------------------------------------------------------------------------


class _Reached(Exception):
    """The part is called: what it is given is known, and nothing behind it is needed."""


def only(built: Built, path: str) -> Built:
    """A part of a network with the inputs that the whole gives it. Raises BadSource."""
    try:
        part = built.module.get_submodule(path)
    except AttributeError:
        near = [name for name, _ in built.module.named_children()]
        raise BadSource(f"there is no module `{path}`; at the top there are: {', '.join(near)}") from None
    seen: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def taken(_: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        seen.append((args, kwargs))
        raise _Reached

    handle = part.register_forward_pre_hook(taken, with_kwargs=True)
    try:
        with torch.no_grad():
            built.module(*built.args, **built.kwargs)
    except _Reached:
        pass
    finally:
        handle.remove()
    if not seen:
        raise BadSource(f"`{path}` is never called")
    args, kwargs = seen[0]
    return replace(built, module=part, args=args, kwargs=kwargs, name=f"{built.name}_{path.replace('.', '_')}")


MAKERS: Mapping[str, Maker] = {"torchvision": _torchvision, "timm": _timm, "hf": _hugging}
