# What the two rehearsals share: a place of their own to run a real service manager in, and facts about it.
# Sourced by user-manager and system-manager; they run as root.
# shellcheck shell=bash
#
# The place is a set of namespaces (mounts, processes, cgroups, IPC, host name), so nothing on this machine is
# touched: /run is empty, /etc and /var/lib are copies, and when its first process ends the kernel ends all others.

# rehearse SECONDS SCRIPT DAEMON: runs SCRIPT --place as the first process of new namespaces and SCRIPT --facts
# beside it, and ends with the latter's status. It is over after SECONDS in any case: a service manager minds no
# SIGTERM as process 1, hence KILL.
rehearse() {
  local bound=$1 script=$2 daemon=$3 rc=0 mount place first=
  if ((EUID != 0)); then
    echo "${script##*/} makes namespaces and needs root." >&2
    exit 2
  fi
  if [[ ! -x $daemon || ! -f $daemon ]]; then
    echo "usage: ${script##*/} PATH-OF-COMPANIOND" >&2
    exit 2
  fi
  daemon=$(realpath -- "$daemon")
  # A cgroup for all of it, made out here: from within, the namespace begins at it.
  mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
  cgroup=$mount$(sed -n 's/^0:://p' /proc/self/cgroup)/companion-rehearsal-$$
  mkdir "$cgroup"
  (
    echo "$BASHPID" >"$cgroup/cgroup.procs"
    exec timeout --foreground -s KILL "$bound" \
      unshare --kill-child --mount --pid --fork --mount-proc --cgroup --ipc --uts -- \
      "$script" --place "$daemon" </dev/null
  ) &
  place=$!
  # Its end is wanted; bash would report it as a killed job.
  disown "$place"
  trap 'tidy "$place"' EXIT
  trap 'exit 130' INT TERM
  # timeout's child is unshare, whose child is the first process in there.
  until_true 10 found_first "$place" || { echo "FAIL  no namespaces were to be had" >&2; exit 1; }
  until_true 20 nsenter --target "$first" --mount test -e /run/rehearsal/furnished ||
    { echo "FAIL  the place for the rehearsal could not be furnished" >&2; exit 1; }
  timeout -s KILL "$bound" nsenter --target "$first" --all "$script" --facts </dev/null || rc=$?
  ((rc != 137)) || echo "FAIL  the rehearsal was not over within $bound s" >&2
  exit "$rc"
}

found_first() {
  local outer
  outer=$(pgrep -P "$1" -x unshare) && first=$(pgrep -P "$outer")
}

# Ends the place and takes back the cgroup, which outlives its processes by some milliseconds.
tidy() {
  # unshare takes its child along; were the child to go first, unshare would complain about its end.
  pkill -KILL -P "$1" -x unshare || true
  for _ in {1..100}; do
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null || true
    [[ -d $cgroup ]] || return 0
    sleep 0.1
  done
  echo "The cgroup $cgroup could not be removed." >&2
}

# Empties /run, copies what a manager would write to, and brings the daemon where any user can read it.
furnish() {
  # Shared, though among ourselves only: a manager running as root gets no credentials from its helpers otherwise.
  mount --make-rprivate /
  mount --make-rshared /
  mount -t tmpfs -o mode=0755 tmpfs /run
  # Without /run/systemd/system systemd believes that it was not booted; without the others every sandboxed unit
  # dies with 226/NAMESPACE.
  mkdir -p /run/rehearsal /run/lock /run/user /run/systemd/{system,unit-root,inaccessible/dir}
  touch /run/systemd/inaccessible/reg
  mkfifo /run/systemd/inaccessible/fifo
  mknod /run/systemd/inaccessible/chr c 0 0 2>/dev/null || true
  mknod /run/systemd/inaccessible/blk b 0 0 2>/dev/null || true
  chmod 000 /run/systemd/inaccessible/*
  umount --recursive --lazy /sys/fs/cgroup
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  cp -a /etc /run/rehearsal/etc
  mount --bind /run/rehearsal/etc /etc
  mount -t tmpfs -o mode=0755 tmpfs /var/lib
  install -m 0755 -- "$1" /run/rehearsal/companiond
  # A journal for the daemon's lines and the manager's.
  mkdir -p /run/systemd/journald.conf.d
  printf '[Journal]\nStorage=volatile\nReadKMsg=no\nAudit=no\nRateLimitBurst=0\n' >/run/systemd/journald.conf.d/rehearsal.conf
  env -i PATH="$PATH" /lib/systemd/systemd-journald </dev/null >/run/rehearsal/journald.log 2>&1 &
  until_true 10 test -S /run/systemd/journal/stdout
  touch /run/rehearsal/furnished
}

# unit_of FILE FOLDER: a shipped unit that starts the copy.
unit_of() { sed 's|@BINDIR@|/run/rehearsal|g' "$1" >"$2/${1##*/}"; }

journal() { journalctl --directory=/run/log/journal -q "$@"; }

# until SECONDS COMMAND...: whether it succeeds in time; asks often, since most answers come within milliseconds.
until_true() {
  local end=$((${EPOCHREALTIME/[^0-9]/} + $1 * 1000000))
  shift
  until "$@"; do
    ((${EPOCHREALTIME/[^0-9]/} < end)) || return 1
    sleep 0.02
  done
}

# What stands before the client in ask: a person's daemon answers that person alone.
asker=()

# ask SOCKET METHOD: the result of one call without parameters, as compact JSON; fails when none comes.
ask() {
  local reply
  reply=$(printf '{"jsonrpc":"2.0","id":1,"method":"%s"}\n' "$2" |
    "${asker[@]}" timeout 20 socat -t 20 - "UNIX-CONNECT:$1" | head -n 1) || return 1
  jq -ce '.result' <<<"$reply"
}

fact() { printf 'ok    %s\n' "$*"; }

# Ends the rehearsal with what is known about the unit.
failed() {
  printf 'FAIL  %s\n' "$*"
  report || true
  exit 1
}

equal() { # NAME EXPECTED SEEN
  [[ $2 == "$3" ]] || failed "$1: expected $2, saw $3"
  fact "$1: $3"
}

milliseconds_since() { echo $(((${EPOCHREALTIME/[^0-9]/} - ${1/[^0-9]/}) / 1000)) ms; }

# from /proc/PID/status or /proc/PID/limits
process_status() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"; }
soft_limit() { sed -n "s/^$2  *\([^ ]*\) .*/\1/p" "/proc/$1/limits"; }
