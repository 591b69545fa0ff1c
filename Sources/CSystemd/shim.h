#pragma once
/* The journal's location fields would name this header, not the Swift caller. */
#define SD_JOURNAL_SUPPRESS_LOCATION 1
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

/* An entry of the journal has at most this many fields of ours: Systemd cuts before it comes here. */
#define CSYSTEMD_MAX_FIELDS 64

/* Sends fields that lie one behind the other in `bytes`. iovec is a struct of pointers, which Swift would
 * have to build from borrowed memory at each use. */
static inline int csystemd_journal_send(const uint8_t *_Nonnull bytes, const int32_t *_Nonnull lengths,
                                        int32_t count) {
  struct iovec fields[CSYSTEMD_MAX_FIELDS];
  if (count < 0 || count > CSYSTEMD_MAX_FIELDS) return -E2BIG;
  for (int32_t i = 0; i < count; i++) {
    fields[i].iov_base = (void *)bytes;
    fields[i].iov_len = (size_t)lengths[i];
    bytes += lengths[i];
  }
  return sd_journal_sendv(fields, count);
}
