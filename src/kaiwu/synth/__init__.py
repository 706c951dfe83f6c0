"""The synthetic district (合成区): invented firms, projects and counties that add up to published totals.

Owns making them and writing the sheets that departments would send. It knows no place and no scheme: what a district
looks like stands in the ``synth.yaml`` of a pack. Nothing here takes part in a decision, so that floats are allowed.

``open_calibration`` → ``make_district`` → ``write_workspace``. Everything is determined by the calibration, the number
of firms and the seed, and everything that is written says that it is synthetic.
"""

from kaiwu.synth.calibration import Calibration, open_calibration
from kaiwu.synth.district import District, make_district
from kaiwu.synth.marginal import compare_targets
from kaiwu.synth.workspace import Written, write_workspace

__all__ = [
    "Calibration",
    "District",
    "Written",
    "compare_targets",
    "make_district",
    "open_calibration",
    "write_workspace",
]
