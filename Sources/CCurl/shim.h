/* libcurl's setters and getters are variadic, which Swift cannot call: one typed wrapper for each kind of
 * argument stands here, and one for the union in CURLMsg. Nothing else does. */
#pragma once
#include <curl/curl.h>
#include <stddef.h>

static inline CURLcode ccurl_set_long(CURL *_Nonnull easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_size(CURL *_Nonnull easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_string(CURL *_Nonnull easy, CURLoption option, const char *_Nullable value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_pointer(CURL *_Nonnull easy, CURLoption option, const void *_Nullable value) {
  return curl_easy_setopt(easy, option, value);
}
static inline CURLcode ccurl_set_list(CURL *_Nonnull easy, CURLoption option, struct curl_slist *_Nullable value) {
  return curl_easy_setopt(easy, option, value);
}

/* What curl calls with each piece of a body and with each header line. */
typedef size_t (*ccurl_piece)(char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);
static inline CURLcode ccurl_set_piece(CURL *_Nonnull easy, CURLoption option, ccurl_piece _Nonnull call) {
  return curl_easy_setopt(easy, option, call);
}
/* What curl calls when the connection stands and the request is about to be sent. */
typedef int (*ccurl_ready)(void *_Nullable context, char *_Nullable peer, char *_Nullable local, int peer_port,
                           int local_port);
static inline CURLcode ccurl_set_ready(CURL *_Nonnull easy, ccurl_ready _Nonnull call) {
  return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, call);
}

static inline long ccurl_get_long(CURL *_Nonnull easy, CURLINFO info) {
  long value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}
static inline curl_off_t ccurl_get_size(CURL *_Nonnull easy, CURLINFO info) {
  curl_off_t value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}

static inline CURLMcode ccurl_multi_set_long(CURLM *_Nonnull multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}
static inline CURLMcode ccurl_multi_set_context(CURLM *_Nonnull multi, CURLMoption option, void *_Nullable value) {
  return curl_multi_setopt(multi, option, value);
}
typedef int (*ccurl_socket)(CURL *_Nullable easy, curl_socket_t socket, int what, void *_Nullable context,
                            void *_Nullable of_socket);
static inline CURLMcode ccurl_multi_set_socket(CURLM *_Nonnull multi, ccurl_socket _Nonnull call) {
  return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, call);
}
typedef int (*ccurl_timer)(CURLM *_Nullable multi, long milliseconds, void *_Nullable context);
static inline CURLMcode ccurl_multi_set_timer(CURLM *_Nonnull multi, ccurl_timer _Nonnull call) {
  return curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, call);
}

/* The next transfer that ended, or NULL; its result goes to `result`. */
static inline CURL *_Nullable ccurl_next_ended(CURLM *_Nonnull multi, CURLcode *_Nonnull result) {
  int left = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left))) {
    if (message->msg == CURLMSG_DONE) {
      *result = message->data.result;
      return message->easy_handle;
    }
  }
  return NULL;
}
