/* libpng for Swift: a fence, since libpng leaves by longjmp when something is wrong and a longjmp must never cross a frame of
 * Swift. Every function here catches it and answers with an outcome; none calls back.
 *
 * libpng sees the chunks that make the picture and no other: texts, profiles and the like are passed over unread. A reader
 * belongs to one thread at a time. After any outcome but the good ones only `close` may follow. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum cpng_outcome {
  CPNG_DONE = 0,
  /* There is more to absorb. */
  CPNG_MORE = 1,
  /* libpng cannot make sense of it; `cpng_reader_complaint` says why. */
  CPNG_BROKEN = 2,
  /* The file ends before the picture does. */
  CPNG_CUT = 3,
  CPNG_NO_MEMORY = 4,
};

typedef struct cpng_reader cpng_reader;

struct cpng_facts {
  uint32_t width, height;
  /* What a row holds, 8 bits each: 1 grey, 2 grey and opacity, 3 RGB, 4 RGB and opacity. */
  uint32_t channels;
  /* Interlaced: all of the file must be read before the first row can be given. */
  uint32_t whole;
};

/* A reader of `bytes`, which stay where they are until `close`. NULL when there is no memory. */
cpng_reader *_Nullable cpng_reader_make(const uint8_t *_Nonnull bytes, size_t count, uint32_t longest_side);
void cpng_reader_close(cpng_reader *_Nonnull reader);

/* Reads up to the first pixels. */
int32_t cpng_reader_begin(cpng_reader *_Nonnull reader, struct cpng_facts *_Nonnull facts);
/* For a whole one: reads a little further, until CPNG_DONE; it keeps the picture. Otherwise CPNG_DONE at once. */
int32_t cpng_reader_absorb(cpng_reader *_Nonnull reader);
/* The next row, of width * channels bytes. */
int32_t cpng_reader_row(cpng_reader *_Nonnull reader, uint8_t *_Nonnull row);
/* libpng's own words, valid until `close`. */
const char *_Nonnull cpng_reader_complaint(const cpng_reader *_Nonnull reader);
