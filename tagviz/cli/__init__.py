"""The command line: one command per operation.

Results go to standard output (tables for people, or one JSON document with `--json`), progress and warnings to standard
error. An error is one line, `error: what — what to do`, and exit code 1.
`monitor run` exits with 2 for amber and 3 for red.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from tagviz.cli.parser import parser
from tagviz.errors import Cancelled, TagvizError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns the exit code."""
    debug = False
    try:
        arguments = parser().parse_args(argv)
        debug = arguments.debug
        from tagviz.cli import commands

        return commands.run(arguments)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of our output has left
        return 0
    except (KeyboardInterrupt, Cancelled):
        return _failed("stopped — nothing half-made was kept; run it again to go on", 130)
    except TagvizError as error:
        return _failed(str(error))
    except MemoryError:
        return _failed("out of memory — close other programs or choose smaller parameters")
    except Exception as error:  # the last line of defence: a person never sees a traceback unless asked for
        if debug:
            raise
        what = " ".join(f"{type(error).__name__}: {error}".split())
        return _failed(f"tagviz made a mistake ({what}) — run again with --debug and report what it prints")


def _failed(line: str, code: int = 1) -> int:
    print(f"error: {line}", file=sys.stderr)
    return code
