"""Run the command line with `python -m tagviz`."""

import sys

from tagviz.cli import main

if __name__ == "__main__":
    sys.exit(main())
