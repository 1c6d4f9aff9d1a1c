"""What others wrote to read linked data: run as programs of their own, in an environment of theirs.

``just others`` makes that environment, in ``.others`` or the folder that SYSGRAPH_OTHERS names.
"""
