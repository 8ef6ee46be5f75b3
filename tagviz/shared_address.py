"""How dashboards that share one address (`tagviz run --processes`) and the process that started them agree."""

from __future__ import annotations

CHANNEL = "TAGVIZ_CHANNEL"
"""Environment variable of each dashboard: file descriptor of the socket through which it is handed connections."""
PROCESS = "TAGVIZ_PROCESS"
"""Environment variable of each dashboard: its number."""
COOKIE = "tagviz_process"
"""Cookie with the number of the dashboard that a browser belongs to."""
