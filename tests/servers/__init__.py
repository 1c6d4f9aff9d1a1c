"""Real SPARQL servers and engines, and what the product says when it is asked through them."""
