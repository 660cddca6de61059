"""The credit rules: pure Python, no clock, no database, no Django. README.md describes the algorithm in prose."""
