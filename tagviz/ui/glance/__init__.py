"""The evaluation at a glance as a Streamlit component: table, heatmap and histogram, and the slider of k over them.

`view.panel` draws them at one k; `view.later` hands the other k on, so that the browser itself answers the slider and
the server hears of a new k afterwards. `frames.frames` is what both send.
"""
