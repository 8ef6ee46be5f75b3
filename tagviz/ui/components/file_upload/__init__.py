"""The field for files: the browser sends them to a route of our own, which streams them to the disk.

`st.file_uploader` holds every file in memory until the session ends.
"""

from __future__ import annotations

from tagviz.ui.components.file_upload.view import BUNDLE, Uploaded, show

__all__ = ["BUNDLE", "Uploaded", "show"]
