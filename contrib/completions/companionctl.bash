# bash completion for companionctl

_companionctl() {
  local current=$2 previous=$3 word command='' skip=
  COMPREPLY=()
  case $previous in
    --socket)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      compopt -o filenames
      return
      ;;
  esac
  # The command is the first word that is neither an option nor an option's value.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then
      skip=
    elif [[ $word == --socket ]]; then
      skip=1
    elif [[ $word != -* && -z $command ]]; then
      command=$word
    fi
  done
  local words='--help'
  case $command in
    '') words='ping status health metrics watch call discover config log stop settings --socket --json --help' ;;
    config) words='show reload --help' ;;
    log) words='level trace debug info notice warning error fault --help' ;;
    settings) words='get set --help' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _companionctl companionctl
