"""Apache Spark as a compute backend: co-occurrence counts, training in parts and batch prediction.

Runs on a cluster or on this machine's cores, with plain RDDs of numpy and scipy arrays. A cluster's machines need
tagviz installed and, for predictions, the workspace (TAGVIZ_HOME) under the same path, since each of them opens the
corpus and the model itself.
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

from tagviz.errors import NotReadyError
from tagviz.training import split_rows
from tagviz.types import Progress, ProgressCallback, no_progress

ROOT = str(Path(__file__).resolve().parent.parent.parent)
PARTS = 2
"""Parts per core: enough that all cores finish at about the same time."""


class SparkBackend:
    """Runs work on a Spark master: `local[*]` for this machine, `spark://HOST:7077`, `yarn` … for a cluster.

    Spark starts with the first work and stops with `close`. Every method raises NotReadyError where PySpark or Java is
    missing, or where the master does not answer.
    """

    def __init__(self, master: str = "local[*]") -> None:
        """Create a backend; Spark is not started yet."""
        self.master = master
        self._context: Any = None

    def products(
        self, matrix: sp.csr_matrix, edges: Sequence[int], progress: ProgressCallback = no_progress
    ) -> list[sp.csr_matrix]:
        """Compute XᵀX in blocks of rows.

        Each part of the playlists computes its share of every block. Shares are added in float64, so that the result
        does not depend on their order.

        Args:
            matrix: X as CSR (playlists × items).
            edges: Ascending row numbers at which blocks begin and end.
            progress: Progress callback.

        Returns:
            float32 CSR blocks, one per pair of consecutive edges.
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

        context = self._spark_context()
        parts = [part.astype(np.float64) for part in split_rows(matrix, PARTS * context.defaultParallelism)]
        counted = context.parallelize(parts, len(parts)).flatMap(products).reduceByKey(operator.add)
        with _python_errors():
            blocks = dict(counted.mapValues(lambda block: block.astype(np.float32)).collect())
        return [
            blocks[number] if number in blocks else sp.csr_matrix((stop - start, columns), dtype=np.float32)
            for number, (start, stop) in spans
        ]

    def each(
        self, work: Callable[[Any], Any], parts: Sequence[Any], progress: ProgressCallback = no_progress
    ) -> list[Any]:
        """Apply a function to every part.

        Args:
            work: Function of one part, importable on every machine.
            parts: The parts.
            progress: Progress callback.

        Returns:
            The results in the order of the parts.
        """
        progress(Progress("Working", None, f"Spark, {self.master}: {len(parts)} parts"))
        with _python_errors():
            outputs: list[Any] = self._spark_context().parallelize(list(parts), max(1, len(parts))).map(work).collect()
        return outputs

    def spread(self, parts: Sequence[Any]) -> ResidentParts:
        """Send parts (at least one) to the machines that work on them and keep them in their memory."""
        return ResidentParts(self._spark_context(), parts)

    @property
    def cores(self) -> int:
        """Number of cores that the master offers."""
        return int(self._spark_context().defaultParallelism)

    def close(self) -> None:
        """Stop Spark, where it was started."""
        if self._context is not None:
            self._context.stop()
            self._context = None

    def _spark_context(self) -> Any:
        if self._context is not None:
            return self._context
        try:
            from pyspark import SparkConf, SparkContext
        except ImportError as error:
            remedy = "python -m pip install -r requirements-spark.txt -c constraints.txt"
            raise NotReadyError("Spark is not installed", "PySpark is an extra of tagviz", remedy) from error
        if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
            raise NotReadyError("Spark needs Java", "there is no `java` on the path", "install a Java 17 runtime")
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings = {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.memory": "4g",
            "spark.driver.maxResultSize": "0",
            "spark.executorEnv.PYTHONPATH": os.pathsep.join(filter(None, [ROOT, os.environ.get("PYTHONPATH")])),
            "spark.log.level": "ERROR",
        }
        if self.master.startswith("local"):
            settings |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        try:
            configured = SparkConf().setMaster(self.master).setAppName("tagviz").setAll(list(settings.items()))
            self._context = SparkContext.getOrCreate(configured)
        except Exception as error:  # Py4J passes on whatever Java throws
            raise NotReadyError(
                f"Spark does not start at {self.master!r}", str(error).splitlines()[0][:200], "check --master"
            ) from error
        return self._context


class ResidentParts:
    """Parts that Spark keeps in the memory of the machines that work on them; a lost machine's parts are sent again."""

    def __init__(self, context: Any, parts: Sequence[Any]) -> None:
        """Send the parts.

        Args:
            context: SparkContext.
            parts: The parts.
        """
        self._context = context
        self._count = len(parts)
        self._parts = context.parallelize(list(parts), self._count).cache()

    def each(self, work: Callable[[Any, Any, Any], Any], own: Sequence[Any], shared: Any) -> list[Any]:
        """Apply a function to every part.

        Args:
            work: Called as `work(part, own, shared)`; importable on every machine.
            own: One argument per part.
            shared: Argument of all parts, sent once per machine.

        Returns:
            The results in the order of the parts.
        """
        broadcast = self._context.broadcast(shared)
        owned = self._context.parallelize(list(own), self._count)  # one a part, as `zip` wants it
        try:
            with _python_errors():
                outputs: list[Any] = (
                    self._parts.zip(owned).map(lambda pair: work(pair[0], pair[1], broadcast.value)).collect()
                )
        finally:
            broadcast.destroy()
        return outputs


@contextmanager
def _python_errors() -> Iterator[None]:
    """Turn an error of another machine into NotReadyError with Python's last line instead of Java's stack trace."""
    from py4j.protocol import Py4JJavaError

    try:
        yield
    except Py4JJavaError as error:
        lines = re.findall(r"^\s*([\w.]*(?:Error|Exception|NotReadyError|Cancelled): .*)$", str(error), re.MULTILINE)
        own = [line for line in lines if not line.startswith(("org.", "java.", "py4j."))]
        detail = (own or lines or [str(error)])[-1 if own else 0].strip()[:300]
        raise NotReadyError(
            "Spark could not finish the work", detail, "see its log; every machine needs tagviz"
        ) from error
