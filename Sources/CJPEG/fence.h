/* What both directions share: the way out of libjpeg, and a source in memory. */
#pragma once
#include "cjpeg.h"

#include <setjmp.h>
#include <stdio.h>

#include <jerror.h>
#include <jpeglib.h>

/* libjpeg's error manager, and where to go. The manager stands first: libjpeg hands back a pointer to it. */
struct fence {
  struct jpeg_error_mgr manager;
  jmp_buf escape;
  int32_t outcome;
  /* Pixels were wanted when there was nothing but an end marker. */
  int starved;
  char complaint[JMSG_LENGTH_MAX];
};

struct jpeg_error_mgr *fence_install(struct fence *fence);

/* Bytes in memory, with a note of when they ran out. The source manager stands first, as above. */
struct memory_source {
  struct jpeg_source_mgr manager;
  /* The file ended before the picture did. */
  int ran_out;
};

void memory_source_install(struct memory_source *source, j_decompress_ptr jpeg, const uint8_t *bytes, size_t count);
