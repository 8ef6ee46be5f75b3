"""The overview of a report as a Streamlit component: table, heatmap and histogram, with the case and the slider of k.

`view.panel` draws them once; `view.send_frames` sends what they show at other k and for other cases, so that the
browser answers both by itself and tells the server afterwards. `frames.frames` computes what is sent.
"""
