#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

int clinux_epoll_create(void) {
  int r = epoll_create1(EPOLL_CLOEXEC);
  return r < 0 ? -errno : r;
}

int clinux_epoll_ctl(int epoll, int op, int fd, uint32_t events) {
  struct epoll_event e;
  memset(&e, 0, sizeof e);
  e.events = events;
  e.data.fd = fd;
  return epoll_ctl(epoll, op, fd, &e) < 0 ? -errno : 0;
}

int clinux_epoll_wait(int epoll, struct clinux_event *_Nonnull out, int count, int timeout_ms) {
  struct epoll_event raw[64];
  if (count > 64)
    count = 64;
  int n = epoll_wait(epoll, raw, count, timeout_ms);
  if (n < 0)
    return -errno;
  for (int i = 0; i < n; i++) {
    out[i].fd = raw[i].data.fd;
    out[i].events = raw[i].events;
  }
  return n;
}

int clinux_eventfd(void) {
  int r = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  return r < 0 ? -errno : r;
}

void clinux_eventfd_signal(int fd) {
  uint64_t one = 1;
  while (write(fd, &one, 8) < 0 && errno == EINTR) {
  }
}

void clinux_eventfd_drain(int fd) {
  uint64_t v;
  while (read(fd, &v, 8) < 0 && errno == EINTR) {
  }
}

int clinux_timerfd(void) {
  int r = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  return r < 0 ? -errno : r;
}

int clinux_timerfd_set(int fd, int64_t at_ns) {
  struct itimerspec t;
  memset(&t, 0, sizeof t);
  t.it_value.tv_sec = at_ns / 1000000000;
  t.it_value.tv_nsec = at_ns % 1000000000;
  return timerfd_settime(fd, TFD_TIMER_ABSTIME, &t, 0) < 0 ? -errno : 0;
}

int64_t clinux_monotonic_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int clinux_signalfd(const int32_t *_Nonnull signals, int count) {
  sigset_t set;
  sigemptyset(&set);
  for (int i = 0; i < count; i++)
    sigaddset(&set, signals[i]);
  int e = pthread_sigmask(SIG_BLOCK, &set, 0);
  if (e)
    return -e;
  int r = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
  return r < 0 ? -errno : r;
}

int clinux_signalfd_read(int fd) {
  struct signalfd_siginfo i;
  ssize_t n = read(fd, &i, sizeof i);
  return n == sizeof i ? (int)i.ssi_signo : 0;
}

void clinux_ignore_signal(int signal_number) { signal(signal_number, SIG_IGN); }

int clinux_socket_stream(void) {
  int r = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  return r < 0 ? -errno : r;
}

static int clinux_unix_address(const char *_Nonnull path, struct sockaddr_un *_Nonnull a) {
  memset(a, 0, sizeof *a);
  a->sun_family = AF_UNIX;
  size_t n = strlen(path);
  if (n == 0 || n >= sizeof a->sun_path)
    return -ENAMETOOLONG;
  memcpy(a->sun_path, path, n);
  return 0;
}

int clinux_bind_unix(int fd, const char *_Nonnull path) {
  struct sockaddr_un a;
  int r = clinux_unix_address(path, &a);
  if (r)
    return r;
  return bind(fd, (struct sockaddr *)&a, sizeof a) < 0 ? -errno : 0;
}

int clinux_connect_unix(int fd, const char *_Nonnull path) {
  struct sockaddr_un a;
  int r = clinux_unix_address(path, &a);
  if (r)
    return r;
  return connect(fd, (struct sockaddr *)&a, sizeof a) < 0 ? -errno : 0;
}

int clinux_listen(int fd, int backlog) { return listen(fd, backlog) < 0 ? -errno : 0; }

int clinux_accept(int fd) {
  int r = accept4(fd, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
  return r < 0 ? -errno : r;
}

int clinux_socketpair(int32_t *_Nonnull two) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, two) < 0 ? -errno : 0;
}

int clinux_shutdown_write(int fd) { return shutdown(fd, SHUT_WR) < 0 ? -errno : 0; }

int clinux_peer(int fd, struct clinux_peer *_Nonnull out) {
  struct ucred c;
  socklen_t n = sizeof c;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &n) < 0)
    return -errno;
  out->uid = c.uid;
  out->gid = c.gid;
  out->pid = c.pid;
  return 0;
}

int clinux_socket_path(int fd, char *out, int size) {
  struct sockaddr_un a;
  socklen_t n = sizeof a;
  memset(&a, 0, sizeof a);
  if (getsockname(fd, (struct sockaddr *)&a, &n) < 0) return -errno;
  if (a.sun_family != AF_UNIX || a.sun_path[0] == 0) return 0;
  size_t length = strnlen(a.sun_path, sizeof a.sun_path);
  if ((int)length > size) return -ENAMETOOLONG;
  memcpy(out, a.sun_path, length);
  return (int)length;
}

void clinux_give_back_memory(void) { malloc_trim(0); }

void clinux_name_thread(const char *_Nonnull name) { pthread_setname_np(pthread_self(), name); }

int clinux_nice_thread(int value) {
  return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), value) < 0 ? -errno : 0;
}

int clinux_try_lock(int fd) { return flock(fd, LOCK_EX | LOCK_NB) < 0 ? -errno : 0; }

int clinux_set_nonblocking(int fd) {
  int f = fcntl(fd, F_GETFL);
  if (f < 0)
    return -errno;
  return fcntl(fd, F_SETFL, f | O_NONBLOCK) < 0 ? -errno : 0;
}

int clinux_set_cloexec(int fd) { return fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -errno : 0; }

int clinux_is_listening(int fd) {
  int v = 0, d = 0;
  socklen_t n = sizeof v;
  if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &v, &n) < 0)
    return -errno;
  n = sizeof d;
  if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &d, &n) < 0)
    return -errno;
  return v && d == AF_UNIX;
}

ssize_t clinux_read(int fd, void *_Nonnull p, size_t n) {
  ssize_t r;
  do
    r = read(fd, p, n);
  while (r < 0 && errno == EINTR);
  return r < 0 ? -errno : r;
}

ssize_t clinux_send(int fd, const void *_Nonnull p, size_t n) {
  ssize_t r;
  do
    r = send(fd, p, n, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (r < 0 && errno == EINTR);
  return r < 0 ? -errno : r;
}
