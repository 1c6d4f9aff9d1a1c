"""What follows: the axioms of the ontology and its rules as a program, run case by case."""
