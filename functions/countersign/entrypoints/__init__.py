"""One file per Lambda that AWS calls beside the states: webhook, start, pages, tick, events.

The outermost room: nobody imports it; it turns events into calls and errors into answers.
"""
