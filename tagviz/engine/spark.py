"""Apache Spark as an engine: counting, training in parts and batch prediction on a cluster, or on this machine's cores.

Plain RDDs of numpy and scipy arrays. A cluster's machines need tagviz installed and, for predictions, the workspace
(TAGVIZ_HOME) under the same path, since each of them opens the corpus and the model for itself.
"""

from __future__ import annotations

import operator
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from tagviz.errors import NotReady
from tagviz.methods import shares
from tagviz.types import Progress, ProgressCallback, quiet

ROOT = str(Path(__file__).resolve().parent.parent.parent)
PARTS = 2
"""Parts per core: enough that the cores end together."""


class Spark:
    """Work done by a Spark master: `local[*]` for this machine, `spark://HOST:7077`, `yarn` … for a cluster.

    Starts with the first work and ends with `close`. Raises NotReady where PySpark or Java is missing, or where the
    master does not answer.
    """

    def __init__(self, master: str = "local[*]") -> None:
        self.master = master
        self._context: Any = None

    def products(
        self, matrix: sp.csr_matrix, edges: Sequence[int], progress: ProgressCallback = quiet
    ) -> list[sp.csr_matrix]:
        """XᵀX of a (playlists × items) matrix as blocks of the rows between `edges`, float32.

        Each part of the playlists gives its share of every block; shares are added in float64, so that the order in
        which they come does not show.
        """
        progress(Progress("Counting co-occurrences", None, f"Spark, {self.master}"))
        spans = list(enumerate(pairwise(edges)))
        columns = matrix.shape[1]

        def products(part: sp.csr_matrix) -> Iterator[tuple[int, sp.csr_matrix]]:
            transposed = sp.csr_matrix(part.T)
            for number, (start, stop) in spans:
                share = sp.csr_matrix(transposed[start:stop] @ part)
                if share.nnz:
                    yield number, share

        context = self._started()
        parts = [part.astype(np.float64) for part in shares(matrix, PARTS * context.defaultParallelism)]
        counted = context.parallelize(parts, len(parts)).flatMap(products).reduceByKey(operator.add)
        with _telling():
            found = dict(counted.mapValues(lambda block: block.astype(np.float32)).collect())
        return [
            found[number] if number in found else sp.csr_matrix((stop - start, columns), dtype=np.float32)
            for number, (start, stop) in spans
        ]

    def each(self, work: Callable[[Any], Any], parts: Sequence[Any], progress: ProgressCallback = quiet) -> list[Any]:
        """`work` on every part, in order. `work` must be importable on every machine."""
        progress(Progress("Working", None, f"Spark, {self.master}: {len(parts)} parts"))
        with _telling():
            found: list[Any] = self._started().parallelize(list(parts), max(1, len(parts))).map(work).collect()
        return found

    def spread(self, parts: Sequence[Any]) -> Kept:
        """The parts at the machines that work on them, kept in their memory. One at least."""
        return Kept(self._started(), parts)

    @property
    def cores(self) -> int:
        """Cores that the master offers."""
        return int(self._started().defaultParallelism)

    def close(self) -> None:
        if self._context is not None:
            self._context.stop()
            self._context = None

    def _started(self) -> Any:
        if self._context is not None:
            return self._context
        try:
            from pyspark import SparkConf, SparkContext
        except ImportError as error:
            remedy = "python -m pip install -r requirements-spark.txt -c constraints.txt"
            raise NotReady("Spark is not installed", "PySpark is an extra of tagviz", remedy) from error
        if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
            raise NotReady("Spark needs Java", "there is no `java` on the path", "install a Java 17 runtime")
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        wanted = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.memory": "4g",
            "spark.driver.maxResultSize": "0",
            "spark.executorEnv.PYTHONPATH": os.pathsep.join(filter(None, [ROOT, os.environ.get("PYTHONPATH")])),
            "spark.log.level": "ERROR",
        }
        if self.master.startswith("local"):
            wanted |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        try:
            configured = SparkConf().setMaster(self.master).setAppName("tagviz").setAll(list(wanted.items()))
            self._context = SparkContext.getOrCreate(configured)
        except Exception as error:  # Py4J hands on whatever Java throws
            raise NotReady(
                f"Spark does not start at {self.master!r}", str(error).splitlines()[0][:200], "check --master"
            ) from error
        return self._context


class Kept:
    """Parts that Spark keeps where they are worked on; a machine that is lost gets its parts again."""

    def __init__(self, context: Any, parts: Sequence[Any]) -> None:
        self._context = context
        self._count = len(parts)
        self._parts = context.parallelize(list(parts), self._count).cache()

    def each(self, work: Callable[[Any, Any, Any], Any], own: Sequence[Any], shared: Any) -> list[Any]:
        """`work(part, own, shared)` on every part, in order; what is shared is sent once to a machine. `work` must be
        importable on every machine."""
        told = self._context.broadcast(shared)
        owned = self._context.parallelize(list(own), self._count)  # one a part, as `zip` wants it
        try:
            with _telling():
                found: list[Any] = self._parts.zip(owned).map(lambda pair: work(pair[0], pair[1], told.value)).collect()
        finally:
            told.destroy()
        return found


@contextmanager
def _telling() -> Iterator[None]:
    """What goes wrong on another machine comes back as pages of Java's; the line that says it is Python's last."""
    from py4j.protocol import Py4JJavaError

    try:
        yield
    except Py4JJavaError as error:
        said = re.findall(r"^\s*([\w.]*(?:Error|Exception|NotReady|Cancelled): .*)$", str(error), re.MULTILINE)
        named = [line for line in said if not line.startswith(("org.", "java.", "py4j."))]
        detail = (named or said or [str(error)])[-1 if named else 0].strip()[:300]
        raise NotReady("Spark could not finish the work", detail, "see its log; every machine needs tagviz") from error
