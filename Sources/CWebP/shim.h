/* libwebp's decoder for Swift. It reports errors by value and never jumps, so nothing stands between. */
#pragma once
#include <webp/decode.h>
