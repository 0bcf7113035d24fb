"""Twelve checks that any approval system can be put through by an adapter of five functions."""
