"""What is done with a whole job: resuming it, its cases, handing it over, rolling it back.

Works through `deps` alone; imports `web` for the words of its mails, and what is below.
"""
