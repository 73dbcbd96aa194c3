"""A graph on a machine: devices with their sources, and how long a model takes there at least."""

from symcost.hardware.device import Device as Device, Figure as Figure
from symcost.hardware.energy import Bill as Bill, Use as Use, bill as bill
from symcost.hardware.estimate import Bound as Bound, Estimate as Estimate, bound as bound, estimate as estimate
