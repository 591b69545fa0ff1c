# bash completion for companionctl

# The daemon knows its methods; one that does not answer at once has none to offer.
_companionctl_methods() { timeout 1 companionctl discover 2>/dev/null | sed -n 's/^\([a-z.]*\)  .*/\1/p'; }

_companionctl_companions() { timeout 1 companionctl companions 2>/dev/null | sed -n 's/^\([^ ]*\)  .*/\1/p'; }

_companionctl() {
  local current=$2 previous=$3 word verb='' command='' skip=
  COMPREPLY=()
  case $previous in
    --socket | --persona)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      compopt -o filenames
      return
      ;;
    --count | --interval | --timeout | --grace | --appearance | --overview | --handle | --description) return ;;
    --personality | --scenario | --greeting | --recent | --limit | --model | --leaf | --key | --before | --turn | --root | --depth) return ;;
  esac
  # The command and its verb are the first words that are neither options nor options' values.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then
      skip=
    elif [[ $word == --@(socket|count|interval|timeout|grace|recent|limit|model|leaf|key|before|turn|root|depth) ]]; then
      skip=1
    elif [[ $word != -* ]]; then
      if [[ -z $command ]]; then command=$word; elif [[ -z $verb ]]; then verb=$word; fi
    fi
  done
  local everywhere='--socket --json --help' commands words
  commands='companions new chat chats send history tree follow cancel models setup status ping health settings watch call discover config log metrics stop help version'
  case $command/$verb in
    /) words="$commands --version" ;;
    help/*) words=$commands ;;
    companions/*) words='--archived' ;;
    new/*) words='--handle --description --personality --scenario --greeting --persona' ;;
    chat/*) words="--new --recent $(_companionctl_companions)" ;;
    chats/*) words="--limit $(_companionctl_companions)" ;;
    send/*) words="--wait --no-reply --model --leaf --key $(_companionctl_companions)" ;;
    history/*) words="--limit --before --leaf --ids $(_companionctl_companions)" ;;
    tree/*) words="--root --depth --ids $(_companionctl_companions)" ;;
    follow/*) words=$(_companionctl_companions) ;;
    cancel/*) words="--turn $(_companionctl_companions)" ;;
    models/) words='test --refresh' ;;
    setup/*) words='--print' ;;
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
