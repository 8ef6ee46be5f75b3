"""tagviz: see and question how tags, playlists and songs relate."""

__version__ = "0.1.0"
