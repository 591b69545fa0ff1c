/* libjpeg-turbo for Swift: a fence, since libjpeg leaves by longjmp when something is wrong and a longjmp must never cross a
 * frame of Swift. Every function here catches it and answers with an outcome; none calls back.
 *
 * A reader and a writer belong to one thread at a time. After any outcome but the good ones only `close` may follow. */
#pragma once
#include <stddef.h>
#include <stdint.h>

enum cjpeg_outcome {
  CJPEG_DONE = 0,
  /* There is more to absorb. */
  CJPEG_MORE = 1,
  /* libjpeg cannot make sense of it; `cjpeg_reader_complaint` says why. */
  CJPEG_BROKEN = 2,
  /* More scans than were allowed. */
  CJPEG_ENDLESS = 3,
  CJPEG_NO_MEMORY = 4,
};

typedef struct cjpeg_reader cjpeg_reader;

struct cjpeg_facts {
  uint32_t width, height;
  /* What a row holds: 1 grey, 3 RGB, 4 CMYK. */
  uint32_t channels;
  /* CMYK as Adobe writes it: 0 is full ink. */
  uint32_t inverted;
  /* All of the file must be read before the first row can be given. */
  uint32_t whole;
};

/* A reader of `bytes`, which stay where they are until `close`. NULL when there is no memory. */
cjpeg_reader *_Nullable cjpeg_reader_make(const uint8_t *_Nonnull bytes, size_t count, size_t most_memory,
                                          uint32_t most_scans);
void cjpeg_reader_close(cjpeg_reader *_Nonnull reader);

/* Reads the header, and prepares to give the picture at `eighths` / 8 of its size. The facts are those of the rows to come. */
int32_t cjpeg_reader_begin(cjpeg_reader *_Nonnull reader, uint32_t eighths, struct cjpeg_facts *_Nonnull facts);
/* For a whole one: reads a little further, until CJPEG_DONE. Otherwise CJPEG_DONE at once. */
int32_t cjpeg_reader_absorb(cjpeg_reader *_Nonnull reader);
/* The next row, of width * channels bytes. */
int32_t cjpeg_reader_row(cjpeg_reader *_Nonnull reader, uint8_t *_Nonnull row);
/* Rows that were there when the file ended too early; all of them when it did not. Of a picture in several scans none, unless every one of
 * its coefficients is known to its last bit; then the rows of its last scan. */
uint32_t cjpeg_reader_sound_rows(const cjpeg_reader *_Nonnull reader);
/* libjpeg's own words, valid until `close`. */
const char *_Nonnull cjpeg_reader_complaint(const cjpeg_reader *_Nonnull reader);

typedef struct cjpeg_writer cjpeg_writer;

/* A writer of a progressive JPEG with tables of its own: RGB (as YCbCr 4:2:0) for 3 channels, grey for 1. NULL when there is no memory
 * or the size is none that JPEG knows. */
cjpeg_writer *_Nullable cjpeg_writer_make(uint32_t width, uint32_t height, uint32_t channels, uint32_t quality);
void cjpeg_writer_close(cjpeg_writer *_Nonnull writer);
int32_t cjpeg_writer_row(cjpeg_writer *_Nonnull writer, const uint8_t *_Nonnull row);
/* After the last row. The bytes are the writer's, until `close`. */
int32_t cjpeg_writer_finish(cjpeg_writer *_Nonnull writer, const uint8_t *_Nullable *_Nonnull bytes,
                            size_t *_Nonnull count);
/* Instead of rows and `finish`: the same coefficients as the JPEG in `bytes`, packed again as this writer packs, without its
 * metadata. The writer's own size, channels and quality do not matter then. CJPEG_BROKEN also when the picture is incomplete. */
int32_t cjpeg_writer_repack(cjpeg_writer *_Nonnull writer, const uint8_t *_Nonnull source, size_t source_count,
                            size_t most_memory, uint32_t most_scans, const uint8_t *_Nullable *_Nonnull bytes,
                            size_t *_Nonnull count);
