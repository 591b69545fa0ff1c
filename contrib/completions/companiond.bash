# bash completion for companiond

_companiond() {
  local current=$2 previous=$3
  COMPREPLY=()
  case $previous in
    --config | --socket | --check-backup)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      compopt -o filenames
      ;;
    --data)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      compopt -o filenames
      ;;
    --log-level) mapfile -t COMPREPLY < <(compgen -W 'trace debug info notice warning error fault' -- "$current") ;;
    --idle-exit) ;;
    *)
      mapfile -t COMPREPLY < <(compgen -W \
        '--config --socket --data --system --log-level --idle-exit --check-config --check-backup --version --help' -- "$current")
      ;;
  esac
}
complete -F _companiond companiond
