"""Plays the sample events, signs for people, and checks what became of each."""
