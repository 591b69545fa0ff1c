#include "fence.h"

#include <stdlib.h>

struct cjpeg_reader {
  struct fence fence;
  struct jpeg_decompress_struct jpeg;
  struct memory_source source;
  uint32_t most_scans;
  /* Rows given out before the pixels ended, or rows of blocks of the last scan that was read. */
  uint32_t rows_before_end;
  int ended_early, absorbed;
};

static int create(cjpeg_reader *reader) {
  if (setjmp(reader->fence.escape))
    return 0;
  jpeg_create_decompress(&reader->jpeg);
  return 1;
}

cjpeg_reader *cjpeg_reader_make(const uint8_t *bytes, size_t count, size_t most_memory, uint32_t most_scans) {
  cjpeg_reader *reader = calloc(1, sizeof *reader);
  if (!reader)
    return NULL;
  reader->most_scans = most_scans;
  reader->jpeg.err = fence_install(&reader->fence);
  if (!create(reader)) {
    cjpeg_reader_close(reader);
    return NULL;
  }
  reader->jpeg.mem->max_memory_to_use = (long)most_memory;
  memory_source_install(&reader->source, &reader->jpeg, bytes, count);
  return reader;
}

void cjpeg_reader_close(cjpeg_reader *reader) {
  if (!setjmp(reader->fence.escape))
    jpeg_destroy_decompress(&reader->jpeg);
  free(reader);
}

int32_t cjpeg_reader_begin(cjpeg_reader *reader, uint32_t eighths, struct cjpeg_facts *facts) {
  j_decompress_ptr jpeg = &reader->jpeg;
  if (setjmp(reader->fence.escape))
    return reader->fence.outcome;
  jpeg_read_header(jpeg, TRUE);
  switch (jpeg->jpeg_color_space) {
  case JCS_GRAYSCALE:
    jpeg->out_color_space = JCS_GRAYSCALE;
    break;
  case JCS_CMYK:
  case JCS_YCCK:
    jpeg->out_color_space = JCS_CMYK;
    break;
  case JCS_UNKNOWN:
    /* Two components, or five: nobody knows which colours they are. */
    return CJPEG_BROKEN;
  default:
    jpeg->out_color_space = JCS_RGB;
  }
  jpeg->scale_num = eighths;
  jpeg->scale_denom = 8;
  jpeg->buffered_image = jpeg_has_multiple_scans(jpeg);
  jpeg_start_decompress(jpeg);
  facts->width = jpeg->output_width;
  facts->height = jpeg->output_height;
  facts->channels = (uint32_t)jpeg->output_components;
  facts->inverted = jpeg->saw_Adobe_marker ? 1 : 0;
  facts->whole = jpeg->buffered_image ? 1 : 0;
  return CJPEG_DONE;
}

int32_t cjpeg_reader_absorb(cjpeg_reader *reader) {
  j_decompress_ptr jpeg = &reader->jpeg;
  if (!jpeg->buffered_image || reader->absorbed)
    return CJPEG_DONE;
  if (setjmp(reader->fence.escape))
    return reader->fence.outcome;
  /* A row of blocks at a time, so that whoever asked may change his mind; a few of them for a call. */
  for (int step = 0; step < 8; step++) {
    int state = jpeg_consume_input(jpeg);
    if (reader->fence.starved && !reader->ended_early) {
      reader->ended_early = 1;
      reader->rows_before_end = jpeg->input_iMCU_row;
    }
    if ((uint32_t)jpeg->input_scan_number > reader->most_scans)
      return CJPEG_ENDLESS;
    if (state == JPEG_REACHED_EOI) {
      reader->absorbed = 1;
      jpeg_start_output(jpeg, jpeg->input_scan_number);
      return CJPEG_DONE;
    }
  }
  return CJPEG_MORE;
}

int32_t cjpeg_reader_row(cjpeg_reader *reader, uint8_t *row) {
  j_decompress_ptr jpeg = &reader->jpeg;
  JSAMPROW rows[1] = {row};
  if (setjmp(reader->fence.escape))
    return reader->fence.outcome;
  if (jpeg->output_scanline >= jpeg->output_height)
    return CJPEG_BROKEN;
  JDIMENSION before = jpeg->output_scanline;
  if (jpeg_read_scanlines(jpeg, rows, 1) != 1)
    return CJPEG_BROKEN;
  if (!jpeg->buffered_image && reader->fence.starved && !reader->ended_early) {
    reader->ended_early = 1;
    reader->rows_before_end = before;
  }
  return CJPEG_DONE;
}

uint32_t cjpeg_reader_sound_rows(const cjpeg_reader *reader) {
  const struct jpeg_decompress_struct *jpeg = &reader->jpeg;
  if (!jpeg->buffered_image)
    return reader->ended_early ? reader->rows_before_end : jpeg->output_height;
  if (!reader->ended_early && !reader->source.ran_out)
    return jpeg->output_height;
  /* Whether more scans were to come can be told only by what is still unknown. */
  if (jpeg->coef_bits) {
    for (int component = 0; component < jpeg->num_components; component++)
      for (int coefficient = 0; coefficient < DCTSIZE2; coefficient++)
        if (jpeg->coef_bits[component][coefficient] != 0)
          return 0;
  } else if (jpeg->input_scan_number < jpeg->num_components) {
    return 0;
  }
  if (!reader->ended_early || jpeg->total_iMCU_rows == 0)
    return jpeg->output_height;
  uint64_t rows = (uint64_t)jpeg->output_height * reader->rows_before_end / jpeg->total_iMCU_rows;
  return rows > jpeg->output_height ? jpeg->output_height : (uint32_t)rows;
}

const char *cjpeg_reader_complaint(const cjpeg_reader *reader) { return reader->fence.complaint; }
