"""The credit rules: pure Python, no clock, no database, no Django. README.md tells the algorithm in prose."""
