#include "cpng.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

struct cpng_reader {
  png_structp png;
  png_infop info;
  jmp_buf escape;
  int32_t outcome;
  char complaint[128];

  const uint8_t *next;
  size_t left;

  uint32_t width, height, passes;
  size_t row_bytes;
  /* The whole picture, when it is interlaced. */
  uint8_t *picture;
  uint32_t pass, row;

  /* Once the last row is begun: how much of the file may still be read. */
  int ending;
  size_t allowance;
};

static const uint32_t rows_at_once = 64;

static void leave(png_structp png, png_const_charp message) {
  cpng_reader *reader = png_get_error_ptr(png);
  strncpy(reader->complaint, message, sizeof reader->complaint - 1);
  longjmp(reader->escape, 1);
}

static void keep_quiet(png_structp png, png_const_charp message) {
  (void)png;
  (void)message;
}

static void give(png_structp png, png_bytep out, size_t count) {
  cpng_reader *reader = png_get_io_ptr(png);
  if (reader->ending) {
    if (count > reader->allowance)
      png_error(png, "there is more than the picture");
    reader->allowance -= count;
  }
  if (count > reader->left) {
    reader->outcome = CPNG_CUT;
    png_error(png, "the file ends early");
  }
  memcpy(out, reader->next, count);
  reader->next += count;
  reader->left -= count;
}

static int create(cpng_reader *reader, uint32_t longest_side) {
  if (setjmp(reader->escape))
    return 0;
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, leave, keep_quiet);
  reader->info = reader->png ? png_create_info_struct(reader->png) : NULL;
  if (!reader->info)
    return 0;
  png_set_user_limits(reader->png, longest_side, longest_side);
  /* All known chunks that are not needed to decode, and all that are unknown. */
  png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_read_fn(reader->png, reader, give);
  return 1;
}

/* With the last row libpng unpacks all that follows it, and a thousand bytes may stand for a megabyte of that. The row is in its
 * place before: whatever is wrong then, the picture is there. */
static void begin_last_row(cpng_reader *reader) {
  reader->ending = 1;
  reader->allowance = reader->row_bytes + (16 << 10);
}

static int is_done(const cpng_reader *reader) {
  if (!reader->ending)
    return 0;
  return reader->passes > 1 ? png_get_current_pass_number(reader->png) >= PNG_INTERLACE_ADAM7_PASSES
                            : png_get_current_row_number(reader->png) >= reader->height;
}

cpng_reader *cpng_reader_make(const uint8_t *bytes, size_t count, uint32_t longest_side) {
  cpng_reader *reader = calloc(1, sizeof *reader);
  if (!reader)
    return NULL;
  reader->next = bytes;
  reader->left = count;
  reader->outcome = CPNG_BROKEN;
  if (!create(reader, longest_side)) {
    cpng_reader_close(reader);
    return NULL;
  }
  return reader;
}

void cpng_reader_close(cpng_reader *reader) {
  if (!setjmp(reader->escape))
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader->picture);
  free(reader);
}

int32_t cpng_reader_begin(cpng_reader *reader, struct cpng_facts *facts) {
  png_structp png = reader->png;
  png_infop info = reader->info;
  if (setjmp(reader->escape))
    return reader->outcome;
  png_read_info(png, info);
  /* Palettes and few bits to whole bytes, a transparent colour to opacity. */
  png_set_expand(png);
  png_set_scale_16(png);
  reader->passes = (uint32_t)png_set_interlace_handling(png);
  png_read_update_info(png, info);
  reader->width = png_get_image_width(png, info);
  reader->height = png_get_image_height(png, info);
  reader->row_bytes = png_get_rowbytes(png, info);
  facts->width = reader->width;
  facts->height = reader->height;
  facts->channels = png_get_channels(png, info);
  facts->whole = reader->passes > 1 ? 1 : 0;
  /* The promise about rows, whatever libpng thinks of its own transformations. */
  if (png_get_bit_depth(png, info) != 8 || reader->row_bytes != (size_t)reader->width * facts->channels)
    png_error(png, "rows of an unexpected form");
  if (reader->passes > 1) {
    reader->picture = calloc(reader->height, reader->row_bytes);
    if (!reader->picture)
      return CPNG_NO_MEMORY;
  }
  return CPNG_DONE;
}

int32_t cpng_reader_absorb(cpng_reader *reader) {
  if (reader->passes <= 1)
    return CPNG_DONE;
  if (setjmp(reader->escape)) {
    if (!is_done(reader))
      return reader->outcome;
    reader->row = 0;
    reader->pass = reader->passes;
    return CPNG_DONE;
  }
  for (uint32_t count = 0; count < rows_at_once; count++) {
    if (reader->row == reader->height) {
      reader->row = 0;
      reader->pass++;
    }
    if (reader->pass == reader->passes)
      return CPNG_DONE;
    if (reader->pass + 1 == reader->passes && reader->row + 1 == reader->height)
      begin_last_row(reader);
    png_read_row(reader->png, reader->picture + reader->row * reader->row_bytes, NULL);
    reader->row++;
  }
  return CPNG_MORE;
}

int32_t cpng_reader_row(cpng_reader *reader, uint8_t *row) {
  if (setjmp(reader->escape)) {
    if (!is_done(reader))
      return reader->outcome;
    reader->row = reader->height;
    return CPNG_DONE;
  }
  if (reader->row >= reader->height)
    return CPNG_BROKEN;
  if (reader->picture)
    memcpy(row, reader->picture + reader->row * reader->row_bytes, reader->row_bytes);
  else {
    if (reader->row + 1 == reader->height)
      begin_last_row(reader);
    png_read_row(reader->png, row, NULL);
  }
  reader->row++;
  return CPNG_DONE;
}

const char *cpng_reader_complaint(const cpng_reader *reader) { return reader->complaint; }
