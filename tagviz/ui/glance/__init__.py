"""The evaluation at a glance as a Streamlit component: table, heatmap and histogram, with the questions' case and the
slider of k over them.

`view.panel` draws them once; `view.later` hands on the other k and cases, so that the browser itself answers both and
the server hears of it afterwards. `frames.frames` is what both send.
"""
