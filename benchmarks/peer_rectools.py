"""RecTools' EASE with its own defaults, fitted by the interpreter of build/peers-venv: what `benchmarks.peers` starts.

    build/peers-venv/bin/python benchmarks/peer_rectools.py HELD.npz WEIGHTS.npy

HELD: playlists × items, CSR; WEIGHTS: items × items float32, `model.weight`, to multiply what a playlist holds with.
"""

import sys

import numpy as np
import pandas as pd
import scipy.sparse as sp
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models import EASEModel

held = sp.load_npz(sys.argv[1]).tocoo()
given = {Columns.User: held.row, Columns.Item: held.col, Columns.Weight: 1.0, Columns.Datetime: "2020-01-01"}
dataset = Dataset.construct(pd.DataFrame(given))
model = EASEModel().fit(dataset)
items = dataset.item_id_map.external_ids.astype(np.int64)
weights = np.zeros((held.shape[1], held.shape[1]), dtype=np.float32)
weights[np.ix_(items, items)] = model.weight
np.save(sys.argv[2], weights)
