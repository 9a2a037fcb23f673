"""People: who works here, what they may do, how they sign in, and the day they leave."""
