"""A graph on a machine: devices with their sources, and how long a model takes there at least."""

from symcost.hardware.bound import Bound as Bound, Limits as Limits, bound as bound, limits as limits
from symcost.hardware.device import Device as Device, Level as Level, Link as Link
from symcost.hardware.energy import Bill as Bill, Use as Use, bill as bill
from symcost.hardware.estimate import Estimate as Estimate, estimate as estimate
from symcost.hardware.fits import Footprint as Footprint, memory_of as memory_of, stored_bytes as stored_bytes
from symcost.hardware.reading import Figure as Figure
from symcost.hardware.shelf import shelf as shelf
from symcost.hardware.types import Types as Types
from symcost.hardware.workload import Workload as Workload, workload as workload
