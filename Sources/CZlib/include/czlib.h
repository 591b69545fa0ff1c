/* zlib for Swift: one call that inflates into memory it is given and never past it, and the checksum of PNG and ZIP.
 *
 * z_stream is a struct of pointers into both buffers that must not move while it is used, so it stays on this side. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum czlib_outcome {
  CZLIB_DONE = 0,
  /* The output is full and there would be more. */
  CZLIB_FULL = 1,
  /* No such stream, or one that ends before its end. */
  CZLIB_DAMAGED = 2,
  CZLIB_NO_MEMORY = 3,
};

/* Inflates the one stream that begins at `bytes[from]` and ends before `bytes[to]`; `raw` when it has no zlib header, as in ZIP. What
 * follows the stream is not looked at. `written` is set in every case. */
int32_t czlib_inflate(const uint8_t *_Nonnull bytes, size_t from, size_t to, int32_t raw, uint8_t *_Nonnull out,
                      size_t room, size_t *_Nonnull written);

/* CRC-32 of `bytes[from]` up to `bytes[to]`. */
uint32_t czlib_crc32(const uint8_t *_Nonnull bytes, size_t from, size_t to);
