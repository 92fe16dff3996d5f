"""Hand the platform to a web server."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "livingcircle_platform.settings")
application = get_wsgi_application()
# Every page is loaded before processes part: they share the memory, and nobody waits for the first.
_ = get_resolver().url_patterns
