"""The embedded stack behind `make up`: servers, simulator, demo. Development only."""
