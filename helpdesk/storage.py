"""Static files as they are served in production: compressed, each under a name that holds its hash."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Writes the hashed names into the scripts' imports as well: else a new main.js would meet an old module."""

    support_js_module_import_aggregation = True
