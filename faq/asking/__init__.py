"""Questions that readers ask where no entry answers, and their answers; the README of the app shows the life of one."""
