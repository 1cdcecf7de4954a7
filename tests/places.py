"""Where things are: the repository, and the shared test data where it lies beside it."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("RISKBOT_SHARED") or ROOT.parent / "shared")
ORIGINALS = SHARED / "seeds"
