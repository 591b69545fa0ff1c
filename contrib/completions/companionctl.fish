# fish completion for companionctl

set -l commands ping status health metrics watch call discover config log stop settings
set -l none "not __fish_seen_subcommand_from $commands"

complete -c companionctl -f
complete -c companionctl -l socket -r -F -d 'The socket to connect to'
complete -c companionctl -l json -d 'Print the result as the daemon sent it'
complete -c companionctl -l help -d 'Say what there is'
complete -c companionctl -n $none -a ping -d 'Ask for a sign of life'
complete -c companionctl -n $none -a status -d 'What the daemon is and what it is doing'
complete -c companionctl -n $none -a health -d 'Whether all is well'
complete -c companionctl -n $none -a metrics -d 'Its measurements'
complete -c companionctl -n $none -a watch -d 'Print events as they happen'
complete -c companionctl -n $none -a call -d 'Call any method'
complete -c companionctl -n $none -a discover -d 'The description of every method'
complete -c companionctl -n $none -a config -d 'Show or reload the configuration'
complete -c companionctl -n $none -a log -d 'Show or change how much is logged'
complete -c companionctl -n $none -a stop -d 'End the daemon; data stays'
complete -c companionctl -n $none -a settings -d 'Show or change settings'
complete -c companionctl -n '__fish_seen_subcommand_from config' -a 'show reload'
complete -c companionctl -n '__fish_seen_subcommand_from log' -a 'level trace debug info notice warning error fault'
complete -c companionctl -n '__fish_seen_subcommand_from settings' -a 'get set'
