"""Feeds: fetched within bounds, parsed in child processes, handed on as entries of clean text.

Begin with `fetcher.py`. Nothing is imported here, so that a child process loads the parser and nothing else.
"""
