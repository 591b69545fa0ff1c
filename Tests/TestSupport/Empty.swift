// Furnished with its rooms.
