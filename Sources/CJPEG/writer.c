#include "fence.h"

#include <stdlib.h>

struct cjpeg_writer {
  struct fence fence;
  struct jpeg_compress_struct jpeg;
  struct jpeg_destination_mgr target;
  uint8_t *bytes;
  size_t count, room;
  int begun;
  /* What is packed again, when that is what the writer is for. */
  struct jpeg_decompress_struct source_jpeg;
  struct memory_source source;
  struct jpeg_progress_mgr progress;
  uint32_t most_scans;
  int has_source;
};

static const size_t first_room = 64 << 10;

static void begin(j_compress_ptr jpeg) {
  cjpeg_writer *writer = jpeg->client_data;
  writer->count = 0;
  writer->target.next_output_byte = writer->bytes;
  writer->target.free_in_buffer = writer->room;
}

/* libjpeg calls this when all of the room is used, whatever its counters say. */
static boolean grow(j_compress_ptr jpeg) {
  cjpeg_writer *writer = jpeg->client_data;
  uint8_t *larger = realloc(writer->bytes, writer->room * 2);
  if (!larger)
    ERREXIT1(jpeg, JERR_OUT_OF_MEMORY, 0);
  writer->bytes = larger;
  writer->target.next_output_byte = larger + writer->room;
  writer->target.free_in_buffer = writer->room;
  writer->room *= 2;
  return TRUE;
}

static void end(j_compress_ptr jpeg) {
  cjpeg_writer *writer = jpeg->client_data;
  writer->count = writer->room - writer->target.free_in_buffer;
}

static int create(cjpeg_writer *writer, uint32_t width, uint32_t height, uint32_t channels, uint32_t quality) {
  j_compress_ptr jpeg = &writer->jpeg;
  if (setjmp(writer->fence.escape))
    return 0;
  jpeg_create_compress(jpeg);
  jpeg->client_data = writer;
  jpeg->dest = &writer->target;
  jpeg->image_width = width;
  jpeg->image_height = height;
  jpeg->input_components = (int)channels;
  jpeg->in_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  /* 4:2:0 is what these set for colours. */
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, (int)quality, TRUE);
  jpeg->optimize_coding = TRUE;
  jpeg_simple_progression(jpeg);
  return 1;
}

cjpeg_writer *cjpeg_writer_make(uint32_t width, uint32_t height, uint32_t channels, uint32_t quality) {
  cjpeg_writer *writer = calloc(1, sizeof *writer);
  if (!writer)
    return NULL;
  writer->jpeg.err = fence_install(&writer->fence);
  writer->target.init_destination = begin;
  writer->target.empty_output_buffer = grow;
  writer->target.term_destination = end;
  writer->bytes = malloc(first_room);
  writer->room = first_room;
  if (!writer->bytes || !create(writer, width, height, channels, quality)) {
    cjpeg_writer_close(writer);
    return NULL;
  }
  return writer;
}

void cjpeg_writer_close(cjpeg_writer *writer) {
  if (!setjmp(writer->fence.escape)) {
    jpeg_destroy_compress(&writer->jpeg);
    if (writer->has_source)
      jpeg_destroy_decompress(&writer->source_jpeg);
  }
  free(writer->bytes);
  free(writer);
}

int32_t cjpeg_writer_row(cjpeg_writer *writer, const uint8_t *row) {
  j_compress_ptr jpeg = &writer->jpeg;
  JSAMPROW rows[1] = {(JSAMPROW)row};
  if (setjmp(writer->fence.escape))
    return writer->fence.outcome;
  if (!writer->begun) {
    writer->begun = 1;
    jpeg_start_compress(jpeg, TRUE);
  }
  return jpeg_write_scanlines(jpeg, rows, 1) == 1 ? CJPEG_DONE : CJPEG_BROKEN;
}

int32_t cjpeg_writer_finish(cjpeg_writer *writer, const uint8_t **bytes, size_t *count) {
  if (setjmp(writer->fence.escape))
    return writer->fence.outcome;
  jpeg_finish_compress(&writer->jpeg);
  *bytes = writer->bytes;
  *count = writer->count;
  return CJPEG_DONE;
}

/* libjpeg calls this at every row of blocks: the one chance to stop a file that has no end of scans. */
static void count_scans(j_common_ptr jpeg) {
  cjpeg_writer *writer = jpeg->client_data;
  if ((uint32_t)writer->source_jpeg.input_scan_number > writer->most_scans) {
    writer->fence.outcome = CJPEG_ENDLESS;
    longjmp(writer->fence.escape, 1);
  }
}

int32_t cjpeg_writer_repack(cjpeg_writer *writer, const uint8_t *source, size_t source_count, size_t most_memory,
                            uint32_t most_scans, const uint8_t **bytes, size_t *count) {
  j_decompress_ptr from = &writer->source_jpeg;
  j_compress_ptr to = &writer->jpeg;
  writer->most_scans = most_scans;
  from->err = &writer->fence.manager;
  /* Whatever it leaves behind is freed by `close`. */
  if (setjmp(writer->fence.escape))
    return writer->fence.outcome;
  jpeg_create_decompress(from);
  writer->has_source = 1;
  from->client_data = writer;
  from->mem->max_memory_to_use = (long)most_memory;
  writer->progress.progress_monitor = count_scans;
  from->progress = &writer->progress;
  memory_source_install(&writer->source, from, source, source_count);
  jpeg_read_header(from, TRUE);
  jvirt_barray_ptr *coefficients = jpeg_read_coefficients(from);
  if (writer->source.ran_out)
    return CJPEG_BROKEN;
  jpeg_copy_critical_parameters(from, to);
  to->optimize_coding = TRUE;
  jpeg_simple_progression(to);
  jpeg_write_coefficients(to, coefficients);
  jpeg_finish_compress(to);
  *bytes = writer->bytes;
  *count = writer->count;
  return CJPEG_DONE;
}
