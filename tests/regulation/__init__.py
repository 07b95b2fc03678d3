"""The rules of the regulation, checked without anything around them."""
