"""`countersign evaluate`: what a changed prompt, model or limit does, before anybody meets it."""
