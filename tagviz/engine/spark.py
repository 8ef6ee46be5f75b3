"""Apache Spark as an engine: co-occurrence counting and batch prediction on a cluster, or on this machine's cores.

Plain RDDs of numpy and scipy arrays. A cluster's machines need tagviz installed and, for predictions, the workspace
(TAGVIZ_HOME) under the same path, since each of them opens the corpus and the model for itself.
"""

from __future__ import annotations

import operator
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp

from tagviz.errors import NotReady
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
        rows, columns = matrix.shape

        def shares(part: sp.csr_matrix) -> Iterator[tuple[int, sp.csr_matrix]]:
            transposed = sp.csr_matrix(part.T)
            for number, (start, stop) in spans:
                share = sp.csr_matrix(transposed[start:stop] @ part)
                if share.nnz:
                    yield number, share

        context = self._started()
        count = max(1, min(rows, PARTS * context.defaultParallelism))
        cuts = np.searchsorted(matrix.indptr, np.linspace(0, matrix.nnz, count + 1)[1:-1])
        parts = [matrix[start:stop].astype(np.float64) for start, stop in pairwise([0, *cuts.tolist(), rows])]
        counted = context.parallelize(parts, len(parts)).flatMap(shares).reduceByKey(operator.add)
        found = dict(counted.mapValues(lambda block: block.astype(np.float32)).collect())
        return [
            found[number] if number in found else sp.csr_matrix((stop - start, columns), dtype=np.float32)
            for number, (start, stop) in spans
        ]

    def each(self, work: Callable[[Any], Any], parts: Sequence[Any], progress: ProgressCallback = quiet) -> list[Any]:
        """`work` on every part, in order. `work` must be importable on every machine."""
        progress(Progress("Working", None, f"Spark, {self.master}: {len(parts)} parts"))
        found: list[Any] = self._started().parallelize(list(parts), max(1, len(parts))).map(work).collect()
        return found

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
