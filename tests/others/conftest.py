"""What is run in the environment of others is no module of ours."""

collect_ignore = ["grlc_asked.py"]
