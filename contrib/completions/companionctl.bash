# bash completion for companionctl

# The daemon knows its methods; one that does not answer at once has none to offer.
_companionctl_methods() { timeout 1 companionctl discover 2>/dev/null | sed -n 's/^\([a-z.]*\)  .*/\1/p'; }

_companionctl() {
  local current=$2 previous=$3 word verb='' command='' skip=
  COMPREPLY=()
  case $previous in
    --socket)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      compopt -o filenames
      return
      ;;
    --count | --interval | --timeout | --grace | --appearance | --overview) return ;;
  esac
  # The command and its verb are the first words that are neither options nor options' values.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then
      skip=
    elif [[ $word == --socket || $word == --count || $word == --interval || $word == --timeout || $word == --grace ]]; then
      skip=1
    elif [[ $word != -* ]]; then
      if [[ -z $command ]]; then command=$word; elif [[ -z $verb ]]; then verb=$word; fi
    fi
  done
  local everywhere='--socket --json --help' commands words
  commands='status ping health settings watch call discover config log metrics stop help version'
  case $command/$verb in
    /) words="$commands --version" ;;
    help/*) words=$commands ;;
    ping/*) words='--count --interval' ;;
    settings/) words='show set unset user' ;;
    settings/user) words='--appearance --overview' ;;
    call/) words="--follow --timeout $(_companionctl_methods)" ;;
    discover/) words=$(_companionctl_methods) ;;
    config/) words='show check reload' ;;
    config/check)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      compopt -o filenames
      return
      ;;
    log/) words='trace debug info notice warning error fault' ;;
    stop/*) words='--grace' ;;
    *) words='' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words $everywhere" -- "$current")
}
complete -F _companionctl companionctl
