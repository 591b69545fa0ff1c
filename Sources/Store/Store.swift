// This room is furnished in its own commit.
