"""`dougong doctor`: looks at everything an installation needs and says what is wrong and what to do.

Each module looks at one side and gives findings; none changes anything but under `repair`. It may run beside a serving
platform: everything is read in one repeatable snapshot, and a repair is one transaction each.
"""

from __future__ import annotations

from web.doctor.examination import examine, examine_platform
from web.doctor.finding import Finding, Severity

__all__ = ["Finding", "Severity", "examine", "examine_platform"]
