"""What a store holds, taken away: as linked data, as files that people edit, as tables."""

from sysgraph.publish.files import Plainly, export_files
from sysgraph.publish.graphs import What, export, export_pieces

__all__ = ["Plainly", "What", "export", "export_files", "export_pieces"]
