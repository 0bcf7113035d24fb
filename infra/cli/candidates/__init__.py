"""`countersign cases`: what people made of past jobs, as cases of the workflow."""
