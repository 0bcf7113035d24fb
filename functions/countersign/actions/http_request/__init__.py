"""Actions on a business's own systems, as rows: templates of requests, what a row may say, and the
action that it becomes."""

from countersign.actions.http_request.file import Held, of_folder, of_text
from countersign.actions.http_request.row import Asked, Requests, System
from countersign.actions.http_request.template import Request

__all__ = ["Asked", "Held", "Request", "Requests", "System", "of_folder", "of_text"]
