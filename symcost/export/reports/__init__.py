"""What is said: each file makes a page of one kind from models. None of them knows a writing."""
