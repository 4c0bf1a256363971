"""Copies of the built site to read without a network.

pdf.py       `make pdf`: the whole book as one PDF
archive.py   `make zip`: the site as a ZIP that works from disk
landing.py   the line on the first page of the site that leads to both
"""
