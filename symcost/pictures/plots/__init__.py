"""Plots: a chart says what is shown, `layout` where its words stand, and one file for each writing how it is drawn."""
