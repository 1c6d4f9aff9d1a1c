"""The pages of ``sysgraph serve``: ask, see, share and browse, in a browser."""
