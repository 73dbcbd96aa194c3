"""Pages: all that the command line prints, as functions over models; a page is data, and writes itself when asked.

>>> import symcost
>>> elman = symcost.load("examples/lecture/elman.arch").model()
>>> print(symcost.explain(elman, "params"))
Elman: parameters (params)
...
total                                                              I·H + H·H + H
>>> symcost.report(elman)
<Page Elman>
>>> symcost.report(elman).written("csv").splitlines()[0]
'level,block,kind,line,params,macs,flops,params_value,macs_value,flops_value'
"""

from symcost.pages.of_library import check as check, layers as layers, models as models
from symcost.pages.of_model import (
    axes as axes,
    explain as explain,
    growth as growth,
    memory as memory,
    path as path,
    report as report,
    training as training,
)
from symcost.pages.of_models import compare as compare, sweep as sweep, table as table
from symcost.pages.of_runs import (
    serve as serve,
    serve_against as serve_against,
    serve_side_by_side as serve_side_by_side,
    train as train,
    train_side_by_side as train_side_by_side,
)
from symcost.pages.on_machines import (
    adapter as adapter,
    devices as devices,
    energy as energy,
    roofline as roofline,
    time as time,
    time_formula as time_formula,
)
