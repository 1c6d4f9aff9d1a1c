"""An agent's door: the questions, advice, proofs and cases as tools of the Model Context Protocol.

``door`` answers, and knows nothing of the protocol; ``server`` hands its answers on.
"""
