"""The 2021 project's own check and 之江汇经验值, as the first document has them: pure Python, clause by clause."""
