/* libcurl for Swift: typed wrappers for its variadic setters and getters, which Swift cannot call, and for the union in
 * CURLMsg. Policy is HTTP's.
 *
 * Declared against curl's header, and loaded when the first request needs it instead of linked: libcurl brings some thirty
 * libraries along, several times the memory of a whole idle daemon, and a daemon without a provider needs none of it. */
#pragma once
#include <curl/curl.h>
#include <stddef.h>

/* Loads libcurl and initialises it; NULL when it is ready, otherwise why not, to be read at once. Before anything else
 * here, by one thread; what it loaded stays. */
const char *_Nullable ccurl_load(void);

CURL *_Nullable ccurl_easy_init(void);
void ccurl_easy_cleanup(CURL *_Nonnull easy);
const char *_Nonnull ccurl_easy_strerror(CURLcode code);
struct curl_slist *_Nullable ccurl_slist_append(struct curl_slist *_Nullable list, const char *_Nonnull text);
void ccurl_slist_free_all(struct curl_slist *_Nullable list);

CURLcode ccurl_set_long(CURL *_Nonnull easy, CURLoption option, long value);
CURLcode ccurl_set_size(CURL *_Nonnull easy, CURLoption option, curl_off_t value);
CURLcode ccurl_set_string(CURL *_Nonnull easy, CURLoption option, const char *_Nullable value);
CURLcode ccurl_set_pointer(CURL *_Nonnull easy, CURLoption option, const void *_Nullable value);
CURLcode ccurl_set_list(CURL *_Nonnull easy, CURLoption option, struct curl_slist *_Nullable value);
/* What curl calls with each piece of a body and with each header line. */
typedef size_t (*ccurl_piece)(char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);
CURLcode ccurl_set_piece(CURL *_Nonnull easy, CURLoption option, ccurl_piece _Nonnull call);
/* What curl calls when the connection stands and the request is about to be sent. */
typedef int (*ccurl_ready)(void *_Nullable context, char *_Nullable peer, char *_Nullable local, int peer_port,
                           int local_port);
CURLcode ccurl_set_ready(CURL *_Nonnull easy, ccurl_ready _Nonnull call);

/* What curl calls before it connects to an address, of 4 or 16 bytes; 0 forbids it. The same for all handles, each with a
 * context of its own; a handle without one connects anywhere. */
typedef int (*ccurl_permit)(void *_Nullable context, const unsigned char *_Nonnull address, size_t length);
CURLcode ccurl_set_permit(CURL *_Nonnull easy, ccurl_permit _Nonnull call, void *_Nonnull context);

long ccurl_get_long(CURL *_Nonnull easy, CURLINFO info);
curl_off_t ccurl_get_size(CURL *_Nonnull easy, CURLINFO info);

CURLM *_Nullable ccurl_multi_init(void);
void ccurl_multi_cleanup(CURLM *_Nonnull multi);
CURLMcode ccurl_multi_add(CURLM *_Nonnull multi, CURL *_Nonnull easy);
CURLMcode ccurl_multi_remove(CURLM *_Nonnull multi, CURL *_Nonnull easy);
CURLMcode ccurl_multi_act(CURLM *_Nonnull multi, curl_socket_t socket, int flags, int *_Nonnull running);
CURLMcode ccurl_multi_set_long(CURLM *_Nonnull multi, CURLMoption option, long value);
CURLMcode ccurl_multi_set_context(CURLM *_Nonnull multi, CURLMoption option, void *_Nullable value);
typedef int (*ccurl_socket)(CURL *_Nullable easy, curl_socket_t socket, int what, void *_Nullable context,
                            void *_Nullable of_socket);
CURLMcode ccurl_multi_set_socket(CURLM *_Nonnull multi, ccurl_socket _Nonnull call);
typedef int (*ccurl_timer)(CURLM *_Nullable multi, long milliseconds, void *_Nullable context);
CURLMcode ccurl_multi_set_timer(CURLM *_Nonnull multi, ccurl_timer _Nonnull call);
/* The next transfer that ended, or NULL; its result goes to `result`. */
CURL *_Nullable ccurl_next_ended(CURLM *_Nonnull multi, CURLcode *_Nonnull result);
