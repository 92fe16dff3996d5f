"""Set the platform up for tests: on SQLite, or on the database LIVINGCIRCLE_TEST_DATABASE names."""

import os
import tempfile
from pathlib import Path

_data = Path(tempfile.mkdtemp(prefix="livingcircle-test-"))
os.environ["LIVINGCIRCLE_SECRET_KEY"] = "only-for-tests-" + "x" * 40
os.environ["LIVINGCIRCLE_DATA"] = str(_data)
os.environ["LIVINGCIRCLE_DATABASE_URL"] = os.environ.get(
    "LIVINGCIRCLE_TEST_DATABASE", f"sqlite:///{_data / 'test.sqlite3'}"
)

from livingcircle_platform.settings import *  # noqa: E402, F403

# Argon2 is slow on purpose; signing in is tested with it, everything else signs in directly.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}  # noqa: F405
FREE_DISK_WANTED = 0.0
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
if "sqlite" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    # A real file: threads of one test share it, as they do in an office.
    DATABASES["default"]["TEST"] = {"NAME": str(_data / "test.sqlite3")}  # noqa: F405
