"""The relay without its clock, sockets and database: events in, commands out."""
