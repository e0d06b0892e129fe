"""THE DESK: where feeds, words and archive meet. `desk.py` is the way of one feed's stories, read top to bottom.

The other files are its steps, in their order: `portions` (a document to the worker), `choosing`,
`telling` and `summaries` (an entry to its words), `shaping`, `preparing`, `turns` and `deciding` (whose
turn it is, and what becomes of it); then what changes stories later: `raising`, `separating`. Besides:
`learning` (knowledge kept fresh), `watchkeeping` and `recounting` (what lives in memory), `probing`
(one look at a feed, nothing kept).
"""
