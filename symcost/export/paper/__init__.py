"""A section of a paper about one model and those that it is compared with, made by `symcost paper`."""
