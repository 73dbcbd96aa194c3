"""A graph on a machine: devices with their sources, and how long a model takes there at least."""

from symcost.hardware.device import Device as Device, Level as Level
from symcost.hardware.energy import Bill as Bill, Use as Use, bill as bill
from symcost.hardware.estimate import Bound as Bound, Estimate as Estimate, bound as bound, estimate as estimate
from symcost.hardware.reading import Figure as Figure
from symcost.hardware.shelf import shelf as shelf
