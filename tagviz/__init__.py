"""tagviz: see and question how tags, playlists and songs relate."""

import os

__version__ = "0.1.0"

# Threads of OpenMP (LightGBM, scikit-learn, torch) spin while they wait for one another, unless told so before their
# library is loaded: on a laptop that does something else too, fitting then takes two to four times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
