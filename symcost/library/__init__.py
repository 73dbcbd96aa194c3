"""The layers that come with symcost, written in `.arch`: every one of them is text that a user could have written."""
