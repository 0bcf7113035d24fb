"""Models behind OpenAI's Chat Completions, at any base URL: OpenAI's client over a transport of our
own that bounds each answer. Its bytes are read here, and nothing that they say is believed before
it was looked at. Imports `parsing` and `domain`."""
