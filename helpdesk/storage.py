"""Storage of static files in production: compressed, each under a name that holds its hash."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """Writes hashed names into the imports of scripts too, or a new main.js would load an old module."""

    support_js_module_import_aggregation = True
