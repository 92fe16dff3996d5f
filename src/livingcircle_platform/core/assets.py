"""Name static files by their contents, so that browsers may keep them for ever."""

from django.conf import settings
from whitenoise.storage import CompressedManifestStaticFilesStorage


class Hashed(CompressedManifestStaticFilesStorage):
    """Hash names once the files were collected; serve them by their own names before that."""

    manifest_strict = False

    def url(self, name: str | None, *, force: bool = False) -> str:
        """Return the address of a file."""
        if settings.WHITENOISE_USE_FINDERS and not self.hashed_files:
            return super(CompressedManifestStaticFilesStorage, self).base_url + str(name)
        return super().url(name, force=force)
