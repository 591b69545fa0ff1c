/* What the Glibc module of Swift 6.3 does not give: epoll, eventfd, timerfd, signalfd, accept4, peer
 * credentials, and thread names. Only thin typed wrappers stand here; policy is Posix's.
 * They return what the call returns, or -errno, so that Swift need not read errno in between.
 *
 * A C target rather than a header of inline functions: _GNU_SOURCE, which these calls need, would give some
 * structures another shape here than in the Glibc module, and Swift refuses that. */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/types.h>

struct clinux_event { int32_t fd; uint32_t events; };

int clinux_epoll_create(void);
int clinux_epoll_ctl(int epoll, int op, int fd, uint32_t events);
/* At most 64 events a call: a loop turn stays short and its hooks run often. */
int clinux_epoll_wait(int epoll, struct clinux_event *_Nonnull out, int count, int timeout_ms);
int clinux_eventfd(void);
void clinux_eventfd_signal(int fd);
void clinux_eventfd_drain(int fd);
int clinux_timerfd(void);
/* Absolute monotonic nanoseconds; 0 disarms. */
int clinux_timerfd_set(int fd, int64_t at_ns);
int64_t clinux_monotonic_ns(void);
/* Blocks the signals for the calling thread (and those it starts later) and gives one descriptor for them. */
int clinux_signalfd(const int32_t *_Nonnull signals, int count);
/* The next pending signal's number, 0 when there is none. */
int clinux_signalfd_read(int fd);
void clinux_ignore_signal(int signal_number);

int clinux_socket_stream(void);
int clinux_bind_unix(int fd, const char *_Nonnull path);
int clinux_connect_unix(int fd, const char *_Nonnull path);
int clinux_listen(int fd, int backlog);
int clinux_accept(int fd);
int clinux_socketpair(int32_t *_Nonnull two);
int clinux_shutdown_write(int fd);
struct clinux_peer { uint32_t uid; uint32_t gid; int32_t pid; };
int clinux_peer(int fd, struct clinux_peer *_Nonnull out);
/* The path a socket is bound to, without its NUL; its length, 0 when it has none. */
int clinux_socket_path(int fd, char *_Nonnull out, int size);
/* Gives memory that is allocated by nobody back to the system, from the middle of the heap too. */
void clinux_give_back_memory(void);
void clinux_name_thread(const char *_Nonnull name);
/* nice(2) of this thread alone: on Linux setpriority with a thread id does that. */
int clinux_nice_thread(int value);
/* Takes the whole-file lock or answers -EWOULDBLOCK at once. */
int clinux_try_lock(int fd);
int clinux_set_nonblocking(int fd);
int clinux_set_cloexec(int fd);
/* 1 when the descriptor is a listening Unix stream socket. */
int clinux_is_listening(int fd);
ssize_t clinux_read(int fd, void *_Nonnull p, size_t n);
ssize_t clinux_send(int fd, const void *_Nonnull p, size_t n);
