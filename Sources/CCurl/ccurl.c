#include "ccurl.h"
#include <dlfcn.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* Each function once: its pointer has the type that curl's header gives it. */
#define EACH_FUNCTION(do) \
  do(global_init) do(easy_init) do(easy_cleanup) do(easy_strerror) do(easy_setopt) do(easy_getinfo) \
  do(slist_append) do(slist_free_all) do(multi_init) do(multi_cleanup) do(multi_add_handle) \
  do(multi_remove_handle) do(multi_socket_action) do(multi_setopt) do(multi_info_read)

#define MEMBER(name) __typeof__(curl_##name) *name;
static struct { EACH_FUNCTION(MEMBER) } curl;

const char *ccurl_load(void) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) return dlerror();
#define RESOLVE(name) \
  if (!(curl.name = (__typeof__(curl.name))dlsym(library, "curl_" #name))) return "it lacks curl_" #name;
  EACH_FUNCTION(RESOLVE)
  CURLcode code = curl.global_init(CURL_GLOBAL_DEFAULT);
  return code == CURLE_OK ? NULL : curl.easy_strerror(code);
}

CURL *ccurl_easy_init(void) { return curl.easy_init(); }
void ccurl_easy_cleanup(CURL *easy) { curl.easy_cleanup(easy); }
const char *ccurl_easy_strerror(CURLcode code) { return curl.easy_strerror(code); }
struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *text) {
  return curl.slist_append(list, text);
}
void ccurl_slist_free_all(struct curl_slist *list) { curl.slist_free_all(list); }

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) { return curl.easy_setopt(easy, option, value); }
CURLcode ccurl_set_size(CURL *easy, CURLoption option, curl_off_t value) {
  return curl.easy_setopt(easy, option, value);
}
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value) {
  return curl.easy_setopt(easy, option, value);
}
CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, const void *value) {
  return curl.easy_setopt(easy, option, value);
}
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
  return curl.easy_setopt(easy, option, value);
}
CURLcode ccurl_set_piece(CURL *easy, CURLoption option, ccurl_piece call) {
  return curl.easy_setopt(easy, option, call);
}
CURLcode ccurl_set_ready(CURL *easy, ccurl_ready call) {
  return curl.easy_setopt(easy, CURLOPT_PREREQFUNCTION, call);
}

static ccurl_permit permit;

/* The sockets of a guarded handle are opened here, where the address is known that its host's name led to. */
static curl_socket_t open_permitted(void *context, curlsocktype purpose, struct curl_sockaddr *address) {
  (void)purpose;
  const struct sockaddr *to = &address->addr;
  int is_permitted = 0;
  if (address->family == AF_INET && address->addrlen >= sizeof(struct sockaddr_in)) {
    is_permitted = permit(context, (const unsigned char *)&((const struct sockaddr_in *)to)->sin_addr, 4);
  } else if (address->family == AF_INET6 && address->addrlen >= sizeof(struct sockaddr_in6)) {
    is_permitted = permit(context, (const unsigned char *)&((const struct sockaddr_in6 *)to)->sin6_addr, 16);
  }
  if (!is_permitted) return CURL_SOCKET_BAD;
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

CURLcode ccurl_set_permit(CURL *easy, ccurl_permit call, void *context) {
  permit = call;
  CURLcode code = curl.easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
  return code == CURLE_OK ? curl.easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_permitted) : code;
}

long ccurl_get_long(CURL *easy, CURLINFO info) {
  long value = 0;
  curl.easy_getinfo(easy, info, &value);
  return value;
}
curl_off_t ccurl_get_size(CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  curl.easy_getinfo(easy, info, &value);
  return value;
}

CURLM *ccurl_multi_init(void) { return curl.multi_init(); }
void ccurl_multi_cleanup(CURLM *multi) { curl.multi_cleanup(multi); }
CURLMcode ccurl_multi_add(CURLM *multi, CURL *easy) { return curl.multi_add_handle(multi, easy); }
CURLMcode ccurl_multi_remove(CURLM *multi, CURL *easy) { return curl.multi_remove_handle(multi, easy); }
CURLMcode ccurl_multi_act(CURLM *multi, curl_socket_t socket, int flags, int *running) {
  return curl.multi_socket_action(multi, socket, flags, running);
}
CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl.multi_setopt(multi, option, value);
}
CURLMcode ccurl_multi_set_context(CURLM *multi, CURLMoption option, void *value) {
  return curl.multi_setopt(multi, option, value);
}
CURLMcode ccurl_multi_set_socket(CURLM *multi, ccurl_socket call) {
  return curl.multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, call);
}
CURLMcode ccurl_multi_set_timer(CURLM *multi, ccurl_timer call) {
  return curl.multi_setopt(multi, CURLMOPT_TIMERFUNCTION, call);
}

CURL *ccurl_next_ended(CURLM *multi, CURLcode *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = curl.multi_info_read(multi, &left))) {
    if (message->msg == CURLMSG_DONE) {
      *result = message->data.result;
      return message->easy_handle;
    }
  }
  return NULL;
}
