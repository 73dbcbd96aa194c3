"""A graph on a machine: devices with their sources, and how long a model takes there at least."""

from symcost.hardware.device import Device as Device
from symcost.hardware.device import Figure as Figure
from symcost.hardware.energy import Bill as Bill
from symcost.hardware.energy import Use as Use
from symcost.hardware.energy import bill as bill
from symcost.hardware.estimate import Estimate as Estimate
from symcost.hardware.estimate import estimate as estimate
