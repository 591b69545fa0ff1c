# bash completion for companionctl

# The daemon knows its methods; one that does not answer at once has none to offer.
_companionctl_methods() { timeout 1 companionctl discover 2>/dev/null | sed -n 's/^\([a-z.]*\)  .*/\1/p'; }

_companionctl_companions() { timeout 1 companionctl companions 2>/dev/null | sed -n 's/^\([^ ]*\)  .*/\1/p'; }

_companionctl() {
  local current=$2 previous=$3 word verb='' command='' skip=
  COMPREPLY=()
  case $previous in
    --socket | --persona | --folder)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      compopt -o filenames
      return
      ;;
    --count | --interval | --timeout | --grace | --appearance | --overview | --handle | --description) return ;;
    --personality | --scenario | --greeting | --recent | --limit | --model | --leaf | --key | --before | --turn | --root | --depth) return ;;
    --name | --tagline | --tags | --behaviour | --note | --version | --query | --message | --how | --cursor | --since) return ;;
    --by)
      mapfile -t COMPREPLY < <(compgen -W 'model chat day purpose' -- "$current")
      return
      ;;
    --in)
      mapfile -t COMPREPLY < <(compgen -W "$(_companionctl_companions)" -- "$current")
      return
      ;;
  esac
  # The command and its verb are the first words that are neither options nor options' values.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    if [[ -n $skip ]]; then
      skip=
    elif [[ $word == --@(socket|count|interval|timeout|grace|recent|limit|model|leaf|key|before|turn|root|depth|name|tagline|tags|behaviour|note|query|message|how|cursor|since|by|in|folder|handle|description|personality|appearance|overview|scenario|greeting|persona|as|chat|format|version|picture|output|companion|not|provider|size|seed|steps|cfg|sampler|scheduler|checkpoint|vae|clip-skip|hires|upscaler|from|mask|strength|loras|styles|extra|kind|into) ]]; then
      skip=1
    elif [[ $word != -* ]]; then
      if [[ -z $command ]]; then command=$word; elif [[ -z $verb ]]; then verb=$word; fi
    fi
  done
  local everywhere='--socket --json --help' commands words
  commands='companions new chat chats send history messages tree search scene prompt title generate enhance import export follow cancel images imagine illustrate portrait edit again jobs trash models setup settings usage backup status ping health watch call discover config log metrics stop help version'
  case $command/$verb in
    /) words="$commands --version" ;;
    help/*) words=$commands ;;
    companions/) words='list show edit publish versions archive delete --archived' ;;
    companions/list) words='--archived' ;;
    companions/show) words="--version $(_companionctl_companions)" ;;
    companions/edit)
      words="--name --handle --tagline --tags --description --personality --behaviour --appearance --scenario --greeting
        --persona $(_companionctl_companions)"
      ;;
    companions/publish) words="--note $(_companionctl_companions)" ;;
    companions/archive) words="--undo $(_companionctl_companions)" ;;
    companions/*) words=$(_companionctl_companions) ;;
    new/*) words='--handle --description --personality --scenario --greeting --persona' ;;
    chat/*) words="--new --recent --no-picture $(_companionctl_companions)" ;;
    chats/) words="list show rename set unset pin read archive delete --query --limit $(_companionctl_companions)" ;;
    chats/list) words="--query --limit $(_companionctl_companions)" ;;
    chats/read) words="--message $(_companionctl_companions)" ;;
    chats/archive) words="--undo $(_companionctl_companions)" ;;
    chats/*) words=$(_companionctl_companions) ;;
    messages/) words='show edit regenerate continue switch mark hide add delete' ;;
    messages/edit) words='--replace --no-reply' ;;
    messages/regenerate) words='--model --how' ;;
    messages/hide) words='--undo' ;;
    messages/add) words="--leaf $(_companionctl_companions)" ;;
    messages/delete) words='--all-below --lift' ;;
    scene/) words="show set history $(_companionctl_companions)" ;;
    scene/set) words="--outfit --place --action --leaf $(_companionctl_companions)" ;;
    scene/history) words="--leaf --limit $(_companionctl_companions)" ;;
    scene/*) words="--leaf $(_companionctl_companions)" ;;
    title/*) words="$(_companionctl_companions)" ;;
    generate/*) words="--appearance" ;;
    enhance/*) words="--fields --instruction --yes $(_companionctl_companions)" ;;
    prompt/*) words="--text --message --leaf --picture --request $(_companionctl_companions)" ;;
    import/*)
      mapfile -t COMPREPLY < <(compgen -W "--as --companion --handle --dry-run" -f -- "$current")
      return
      ;;
    export/*) words="--chat --leaf --format --version --v2 --picture --output --force $(_companionctl_companions)" ;;
    search/*) words='--in --best --limit --cursor' ;;
    images/) words="list show open export add rm stats collect options $(_companionctl_companions)" ;;
    images/list) words="--kind --chat --limit --thumbnails $(_companionctl_companions)" ;;
    images/show) words='last --no-picture' ;;
    images/open | images/rm) words='last' ;;
    images/export) words='last --into --force' ;;
    images/add)
      mapfile -t COMPREPLY < <(compgen -W "--companion --kind" -f -- "$current")
      return
      ;;
    images/collect) words='--remove' ;;
    imagine/*)
      words='--not --provider --companion --size --count --seed --steps --cfg --sampler --scheduler --checkpoint --vae
        --clip-skip --hires --upscaler --from --mask --strength --loras --styles --extra --wait --no-wait --no-picture'
      ;;
    illustrate/* | portrait/*) words="--provider --wait --no-wait --no-picture $(_companionctl_companions)" ;;
    edit/*) words='last --provider --wait --no-wait --no-picture' ;;
    again/*) words='last --seed --wait --no-wait --no-picture' ;;
    jobs/) words='list watch cancel retry --all --limit' ;;
    jobs/list) words='--all --limit' ;;
    trash/) words='list restore purge empty' ;;
    trash/purge | trash/empty) words='--yes' ;;
    usage/*) words='--by --since' ;;
    backup/) words='list create verify restore' ;;
    backup/create) words='--folder' ;;
    backup/restore)
      mapfile -t COMPREPLY < <(compgen -f -- "$current"; compgen -W latest -- "$current")
      compopt -o filenames
      return
      ;;
    send/*) words="--wait --no-reply --model --leaf --key $(_companionctl_companions)" ;;
    history/*) words="--limit --before --leaf --ids $(_companionctl_companions)" ;;
    tree/*) words="--root --depth --ids $(_companionctl_companions)" ;;
    follow/*) words=$(_companionctl_companions) ;;
    cancel/*) words="--turn $(_companionctl_companions)" ;;
    models/) words='test --refresh' ;;
    setup/*) words='--model --print' ;;
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
