"""What is to be filled in: one model of the fields, and the texts and forms made of it."""
