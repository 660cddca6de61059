"""Metrics for Prometheus: `gauges` measures, `exposition` writes them down, `views` answers those who may ask.

Only facts that all processes of a host agree on: which worker process answers is chance, so a counter of one process
would jump between the values of several. Requests are counted from the lines of the log (`helpdesk.log_requests`).
"""
