"""What owners are told, by the clock: the day's list, the month, what is not as usual, and the
sealed root of all trails. Reads jobs; writes its own rows and mails."""
