"""Every setting of the shop, read once at start. Nothing else in the house looks at the environment.

`cli` and `tasks.queue.app` call `load_settings` and hand the answer down. All faults are reported together, each as a
sentence that says how to fix it.
"""

from novacore.settings.model import Settings
from novacore.settings.reading import (
    face_given,
    fault_of,
    given_values,
    has_token,
    is_in_environment,
    is_in_image,
    is_in_secret_file,
    likely_misspellings,
    load_settings,
    rehearsal_settings,
)
from novacore.settings.values import ReportSchedule

__all__ = [
    "ReportSchedule",
    "Settings",
    "face_given",
    "fault_of",
    "given_values",
    "has_token",
    "is_in_environment",
    "is_in_image",
    "is_in_secret_file",
    "likely_misspellings",
    "load_settings",
    "rehearsal_settings",
]
