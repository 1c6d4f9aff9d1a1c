"""A site of files for any web server: the pages, the data, and what tells one from the other."""
