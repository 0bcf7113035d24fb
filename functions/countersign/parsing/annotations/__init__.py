"""Files of annotations: COCO, Label Studio, JSON lines (Prodigy, doccano), CSV, and CVAT's XML to
read only. A file becomes items; a correction changes the bytes of its one value and no other.

Imports `parsing` and the domain's errors alone and touches nothing: who calls maps the file.
"""
