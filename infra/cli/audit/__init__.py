"""The record of a job as a file, and checking it offline."""
