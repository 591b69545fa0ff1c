// Furnished with its room.
