"""Announcements to staff, local until a second person approves."""
