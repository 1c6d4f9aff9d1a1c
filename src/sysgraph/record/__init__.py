"""The public record: how well advice did over the cases, each left out in its turn."""
