"""The WSGI application of the platform, for any WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kaiwu.web.setting")

application = get_wsgi_application()
