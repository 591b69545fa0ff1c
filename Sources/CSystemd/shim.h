#pragma once
/* The journal's location fields would name this header, not the Swift caller. */
#define SD_JOURNAL_SUPPRESS_LOCATION 1
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
