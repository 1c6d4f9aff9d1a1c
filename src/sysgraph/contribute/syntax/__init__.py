"""From the text of a YAML or JSON file to a document, with the place of everything in it."""
