"""A release that stands on any web server: its files, and the rules of its address."""
