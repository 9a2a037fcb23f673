"""Weekly packets: made each Monday, judged line by line, and signed by an officer."""
