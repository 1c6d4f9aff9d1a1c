"""What a person asks in SPARQL: is it a question, and what is wrong with it."""
