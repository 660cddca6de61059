"""Care of an installation: backups and restoring (`backing_up`, `restoring`), a look at what is wrong (`doctor`)."""
