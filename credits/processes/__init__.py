"""What the documents describe people doing, step by step: each function is one step, asks whether who does it may,
refuses in Chinese (`Refusal`) where the state does not allow it, and leaves an event behind (`history`)."""
