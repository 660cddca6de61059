"""Django's backend for SQLite, with a kept connection that notices when its file is gone."""
