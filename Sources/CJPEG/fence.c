#include "fence.h"

#include <string.h>

static void leave(j_common_ptr jpeg) {
  struct fence *fence = (struct fence *)jpeg->err;
  fence->outcome = fence->manager.msg_code == JERR_OUT_OF_MEMORY ? CJPEG_NO_MEMORY : CJPEG_BROKEN;
  fence->manager.format_message(jpeg, fence->complaint);
  longjmp(fence->escape, 1);
}

/* Warnings are counted and not printed: strangers' pictures have plenty, and a viewer shows them all the same. */
static void note(j_common_ptr jpeg, int level) {
  if (level >= 0)
    return;
  struct fence *fence = (struct fence *)jpeg->err;
  fence->manager.num_warnings++;
  if (fence->manager.msg_code == JWRN_HIT_MARKER && jpeg->is_decompressor &&
      ((j_decompress_ptr)jpeg)->unread_marker == JPEG_EOI)
    fence->starved = 1;
}

static void keep_quiet(j_common_ptr jpeg) { (void)jpeg; }

struct jpeg_error_mgr *fence_install(struct fence *fence) {
  jpeg_std_error(&fence->manager);
  fence->manager.error_exit = leave;
  fence->manager.emit_message = note;
  fence->manager.output_message = keep_quiet;
  fence->outcome = CJPEG_BROKEN;
  fence->complaint[0] = 0;
  return &fence->manager;
}

static void nothing(j_decompress_ptr jpeg) { (void)jpeg; }

/* Past the end an end marker is read again and again, so that libjpeg comes to an end by itself. */
static boolean at_end(j_decompress_ptr jpeg) {
  static const JOCTET end[2] = {0xFF, JPEG_EOI};
  struct memory_source *source = (struct memory_source *)jpeg->src;
  source->ran_out = 1;
  source->manager.next_input_byte = end;
  source->manager.bytes_in_buffer = sizeof end;
  return TRUE;
}

static void skip(j_decompress_ptr jpeg, long count) {
  struct jpeg_source_mgr *manager = jpeg->src;
  if (count <= 0)
    return;
  if ((size_t)count > manager->bytes_in_buffer) {
    at_end(jpeg);
    return;
  }
  manager->next_input_byte += count;
  manager->bytes_in_buffer -= (size_t)count;
}

void memory_source_install(struct memory_source *source, j_decompress_ptr jpeg, const uint8_t *bytes, size_t count) {
  memset(source, 0, sizeof *source);
  source->manager.next_input_byte = bytes;
  source->manager.bytes_in_buffer = count;
  source->manager.init_source = nothing;
  source->manager.fill_input_buffer = at_end;
  source->manager.skip_input_data = skip;
  source->manager.resync_to_restart = jpeg_resync_to_restart;
  source->manager.term_source = nothing;
  jpeg->src = &source->manager;
}
