"""Published measured times beside the least and the likely time: a table, a row for each.

    python -m tests.hardware.measured PATH/measured_inference.csv

The table of measurements lies outside of the project (see its own first line for the columns).
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import symcost
from symcost.hardware import Device
from symcost.hardware.profile import Profile
from symcost.timing import Timing

EXAMPLES = Path(__file__).parents[2] / "examples"

TINY = """
model AutoEncoder(x: [640]) {
  repeat 4 { x = x -> Linear(128) -> relu }
  x = x -> Linear(8) -> relu
  repeat 4 { x = x -> Linear(128) -> relu }
  return x -> Linear(640)
}

module Bend(x: [..., Y, X, I], O, stride) {
  y = x -> Conv2d(O, 3, stride, pad = 1) -> relu -> Conv2d(O, 3, pad = 1)
  return relu(y + (x -> Conv2d(O, 1, stride)))
}
model ResNet8(image: [32, 32, 3]) {
  x = image -> Conv2d(16, 3, pad = 1) -> relu
  x = relu(x + (x -> Conv2d(16, 3, pad = 1) -> relu -> Conv2d(16, 3, pad = 1)))
  return x -> Bend(32, 2) -> Bend(64, 2) -> global_avg_pool2d -> Linear(10)
}

module Separable(x: [..., Y, X, I], O, stride = 1) {
  return x -> Conv2d(I, 3, stride, groups = I, pad = 1) -> relu -> Conv2d(O, 1) -> relu
}
model MobileNet(image: [96, 96, 3]) {
  x = image -> Conv2d(8, 3, stride = 2, pad = 1) -> relu -> Separable(16) -> Separable(32, 2) -> Separable(32)
    -> Separable(64, 2) -> Separable(64) -> Separable(128, 2)
  repeat 5 { x = x -> Separable(128) }
  return x -> Separable(256, 2) -> Separable(256) -> global_avg_pool2d -> Linear(2)
}
"""
"""The three networks of MLPerf Tiny that were measured: Banbury et al., MLPerf Tiny benchmark (2021), table 1."""

TINY_MODELS = {"mlperftiny-ic-l4r5": "ResNet8", "mlperftiny-vww-l4r5": "MobileNet", "mlperftiny-ad-l4r5": "AutoEncoder"}

IMAGES = {
    "vision/resnet.arch": "ResNet", "vision/mobilenet_v1.arch": "MobileNet", "vision/mobilenet_v2.arch": "MobileNetV2",
    "vision/mobilenet_v3.arch": "MobileNetV3", "vision/densenet.arch": "DenseNet", "vision/vgg.arch": "VGG",
}  # fmt: skip
"""The classifier of each file."""

ABSENT = {"pixel1": "no public figure for its core"}
"""Devices that are not shipped, and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """A measured time: seconds of one run of a whole batch."""

    entries: dict[str, str]

    @property
    def id(self) -> str:
        return self.entries["id"]

    @property
    def task(self) -> str:
        return self.entries["task"]

    @property
    def seconds(self) -> float:
        return float(self.entries["seconds"])

    @property
    def source(self) -> str:
        """Where it was published, without quotes."""
        return self.entries["source"].replace('"', "'")

    def number(self, key: str) -> int:
        return int(self.entries[key] or 1)

    @property
    def sizes(self) -> dict[str, int]:
        return {name: int(value) for name, _, value in (pair.partition("=") for pair in self.entries["dims"].split())}

    @property
    def model(self) -> symcost.Model:
        """The model of the zoo with its sizes."""
        if self.task == "microcontroller":
            return tiny().model(TINY_MODELS[self.id])
        if self.task == "speech":
            return document("speech/whisper_decoding.arch").model("Encoder").at(D=384, L=4, heads=6, M=80)
        if self.task == "image":
            return document(self.entries["arch"]).model(IMAGES[self.entries["arch"]]).configured(self.entries["config"])
        return self._language()

    def _language(self) -> symcost.Model:
        llama, sizes = document(self.entries["arch"]), self.sizes
        if self.task == "decode":
            wide = sizes["D"] // sizes["heads"] * sizes["kv_heads"]
            return llama.model("Step").at(**sizes, c=self.number("cached"), G=wide)
        if self.task == "prefill":
            return llama.model("Prompt").at(**sizes, T=self.number("prompt"))
        return llama.model("Generate").at(**sizes, P=self.number("prompt") - 1, N=self.number("written"))

    @property
    def types(self) -> str | dict[str, str]:
        if self.task == "speech":  # weights of 16 bits, computed in fp32
            return {"params": "fp16", "products": "fp32"}
        return self.entries["precision"]

    @property
    def timing(self) -> Timing:
        """The row on its device."""
        device = Device.load(self.entries["device"])
        return Timing(self.model, device, self.types, self.number("batch"), self.number("devices"))


@cache
def document(path: str) -> symcost.Document:
    return symcost.load(EXAMPLES / path)


@cache
def tiny() -> symcost.Document:
    return symcost.loads(TINY)


def rows(path: Path) -> Iterator[Row]:
    """The rows of a table whose devices there are."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for entries in csv.DictReader(line for line in lines if not line.startswith("#")):
        yield Row(entries)


WHY = {
    "several": "several devices: links are not in it",
    "launches": "one small run: launches of another program bind",
    "xeon": "fp32 and int8 on a Xeon: other constants than a phone or TensorRT",
    "tensorrt": "TensorRT: kernels of its own",
    "speech": "fitted on no such program",
}
"""What makes the likely time miss."""


def program(row: Row) -> str | None:
    """The profile for a row; None where there is none."""
    if row.number("devices") > 1 or row.task == "speech":
        return None
    if row.task == "microcontroller":
        return "microcontroller"
    if row.task == "image":
        return "eager" if "eager" in row.entries["software"] else "compiled"
    return "llm-engine"


def why(row: Row) -> str:
    """Why the likely time of a row may miss."""
    if row.number("devices") > 1:
        return WHY["several"]
    if row.task == "speech":
        return WHY["speech"]
    device = row.entries["device"]
    key = "xeon" if device.startswith("xeon") else "tensorrt" if "TensorRT" in row.entries["software"] else ""
    return WHY.get(key, "")


def line(row: Row) -> tuple[str, float]:
    """A row of the table, and which part of the measured time the bound is."""
    timing = row.timing
    found = timing.bound()
    part = float(found.time) / row.seconds
    told = f"{row.id:27} {row.seconds:10.4g} {float(found.time):10.4g} {part:6.2f}"
    name = program(row)
    if name is None:
        return f"{told} {'':>10} {'':>6} {'':>4}  {why(row)}", part
    likely = timing.likely(Profile.load(name))
    ratio = float(likely.time) / row.seconds
    inside = "in" if float(likely.low) <= row.seconds <= float(likely.high) else "out"
    reason = why(row) if abs(ratio - 1) > 0.25 else ""
    return f"{told} {float(likely.time):10.4g} {ratio:6.2f} {inside:>4}  {name}{': ' if reason else ''}{reason}", part


def main(path: Path) -> int:
    """Print the table; 1 where a bound lies above what was measured."""
    above = inside = counted = 0
    print(f"{'row':27} {'measured':>10} {'at least':>10} {'of it':>6} {'likely':>10} {'of it':>6} range")
    for row in rows(path):
        if row.entries["device"] in ABSENT:
            print(f"{row.id:27} {row.seconds:10.4g} {'':>45} {ABSENT[row.entries['device']]}")
            continue
        told, part = line(row)
        print(told)
        above += part > 1
        inside += "   in  " in told
        counted += program(row) is not None
    print(f"bound above what was measured: {above}; likely range holds {inside} of {counted}")
    return int(above > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
