#include "czlib.h"

#include <limits.h>
#include <string.h>
#include <zlib.h>

/* zlib counts in unsigned int: larger buffers are handed over in pieces. */
static uInt piece(size_t count) { return count > UINT_MAX / 2 ? UINT_MAX / 2 : (uInt)count; }

int32_t czlib_inflate(const uint8_t *bytes, size_t from, size_t to, int32_t raw, uint8_t *out, size_t room,
                      size_t *written) {
  z_stream stream;
  memset(&stream, 0, sizeof stream);
  *written = 0;
  int start = inflateInit2(&stream, raw ? -MAX_WBITS : MAX_WBITS);
  if (start != Z_OK)
    return start == Z_MEM_ERROR ? CZLIB_NO_MEMORY : CZLIB_DAMAGED;
  int32_t outcome = CZLIB_DAMAGED;
  for (;;) {
    uInt given = piece(to - from), free_before = piece(room - *written);
    stream.next_in = (Bytef *)(bytes + from);
    stream.avail_in = given;
    stream.next_out = out + *written;
    stream.avail_out = free_before;
    int state = inflate(&stream, Z_NO_FLUSH);
    from += given - stream.avail_in;
    *written += free_before - stream.avail_out;
    if (state == Z_STREAM_END) {
      outcome = CZLIB_DONE;
      break;
    }
    if (state == Z_MEM_ERROR) {
      outcome = CZLIB_NO_MEMORY;
      break;
    }
    if (state != Z_OK && state != Z_BUF_ERROR)
      break;
    if (*written == room) {
      outcome = CZLIB_FULL;
      break;
    }
    /* Nothing is left to read, and the stream has not ended. */
    if (from == to)
      break;
    /* Room and input are left and neither moved: no progress is possible. */
    if (state == Z_BUF_ERROR && stream.avail_in == given && stream.avail_out == free_before)
      break;
  }
  inflateEnd(&stream);
  return outcome;
}

uint32_t czlib_crc32(const uint8_t *bytes, size_t from, size_t to) {
  return (uint32_t)crc32_z(crc32_z(0, Z_NULL, 0), bytes + from, to - from);
}
