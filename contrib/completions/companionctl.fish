# fish completion for companionctl

set -l commands companions new chat chats send history tree follow cancel models setup status ping health settings watch call discover config log metrics stop help version
set -l none "not __fish_seen_subcommand_from $commands"

# The daemon knows its methods; one that does not answer at once has none to offer.
function __companionctl_methods
    timeout 1 companionctl discover 2>/dev/null | string match -rg '^([a-z.]+)  '
end

function __companionctl_companions
    timeout 1 companionctl companions 2>/dev/null | string match -rg '^(\S+)  '
end

complete -c companionctl -f
complete -c companionctl -l socket -r -F -d 'The socket to connect to'
complete -c companionctl -l json -d 'Print results and errors as JSON'
complete -c companionctl -l help -d 'Say what there is'
complete -c companionctl -n $none -l version -d 'Print the version'
complete -c companionctl -n $none -a companions -d 'Your companions'
complete -c companionctl -n $none -a new -d 'Make a companion'
complete -c companionctl -n $none -a chat -d 'Talk with a companion'
complete -c companionctl -n $none -a chats -d 'Your chats with their ids'
complete -c companionctl -n $none -a send -d 'Say something and print the reply'
complete -c companionctl -n $none -a history -d 'Print what was said'
complete -c companionctl -n $none -a tree -d 'Draw a chat with its branches'
complete -c companionctl -n $none -a follow -d 'Print a conversation live'
complete -c companionctl -n $none -a cancel -d 'Stop the reply that is being written'
complete -c companionctl -n $none -a models -d 'The models there are'
complete -c companionctl -n $none -a setup -d 'Find model servers'
complete -c companionctl -n $none -a status -d 'What the daemon is and what it is doing'
complete -c companionctl -n $none -a ping -d 'Ask for a sign of life'
complete -c companionctl -n $none -a health -d 'Whether all is well'
complete -c companionctl -n $none -a settings -d 'Show or change your settings'
complete -c companionctl -n $none -a watch -d 'Print events as they happen'
complete -c companionctl -n $none -a call -d 'Call any method'
complete -c companionctl -n $none -a discover -d 'List every method, or explain one'
complete -c companionctl -n $none -a config -d 'Show, check or reload the configuration'
complete -c companionctl -n $none -a log -d 'Show or change how much is logged'
complete -c companionctl -n $none -a metrics -d 'Its measurements'
complete -c companionctl -n $none -a stop -d 'End the daemon; data stays'
complete -c companionctl -n $none -a help -d 'Explain a command'
complete -c companionctl -n $none -a version -d 'The version of this program'
complete -c companionctl -n '__fish_seen_subcommand_from help' -a "$commands"
complete -c companionctl -n '__fish_seen_subcommand_from companions' -l archived -d 'The archived ones'
complete -c companionctl -n '__fish_seen_subcommand_from new' -l handle -x -d 'A short name'
complete -c companionctl -n '__fish_seen_subcommand_from new' -l description -x -d 'Who they are'
complete -c companionctl -n '__fish_seen_subcommand_from new' -l personality -x -d 'What they are like'
complete -c companionctl -n '__fish_seen_subcommand_from new' -l scenario -x -d 'Where you meet'
complete -c companionctl -n '__fish_seen_subcommand_from new' -l greeting -x -d 'What they say first'
complete -c companionctl -n '__fish_seen_subcommand_from new' -l persona -r -F -d 'All of it in a file'
complete -c companionctl -n '__fish_seen_subcommand_from chat chats send history tree follow cancel' -a '(__companionctl_companions)'
complete -c companionctl -n '__fish_seen_subcommand_from chat' -l new -d 'Open a new chat'
complete -c companionctl -n '__fish_seen_subcommand_from chat' -l recent -x -d 'Earlier messages to show'
complete -c companionctl -n '__fish_seen_subcommand_from chats history' -l limit -x -d 'How many at most'
complete -c companionctl -n '__fish_seen_subcommand_from send' -l wait -d 'Print the reply when it is stored'
complete -c companionctl -n '__fish_seen_subcommand_from send' -l no-reply -d 'Only store the line'
complete -c companionctl -n '__fish_seen_subcommand_from send' -l model -x -d 'Another model'
complete -c companionctl -n '__fish_seen_subcommand_from send' -l key -x -d 'Say it once'
complete -c companionctl -n '__fish_seen_subcommand_from send history' -l leaf -x -d 'The message it goes on from'
complete -c companionctl -n '__fish_seen_subcommand_from history' -l before -x -d 'Only what is older'
complete -c companionctl -n '__fish_seen_subcommand_from history tree' -l ids -d 'With ids and times'
complete -c companionctl -n '__fish_seen_subcommand_from tree' -l root -x -d 'Only what is below'
complete -c companionctl -n '__fish_seen_subcommand_from tree' -l depth -x -d 'Levels'
complete -c companionctl -n '__fish_seen_subcommand_from cancel' -l turn -x -d 'This turn'
complete -c companionctl -n '__fish_seen_subcommand_from models' -a test
complete -c companionctl -n '__fish_seen_subcommand_from models' -l refresh -d 'Ask the servers anew'
complete -c companionctl -n '__fish_seen_subcommand_from setup' -l print -d 'Only show it'
complete -c companionctl -n '__fish_seen_subcommand_from ping' -l count -x -d 'How many times'
complete -c companionctl -n '__fish_seen_subcommand_from ping' -l interval -x -d 'Seconds between two'
complete -c companionctl -n '__fish_seen_subcommand_from settings' -a 'show set unset user'
complete -c companionctl -n '__fish_seen_subcommand_from user' -l appearance -x -d 'What you look like'
complete -c companionctl -n '__fish_seen_subcommand_from user' -l overview -x -d 'What they should know of you'
complete -c companionctl -n '__fish_seen_subcommand_from call discover' -a '(__companionctl_methods)'
complete -c companionctl -n '__fish_seen_subcommand_from call' -l follow -d 'Then print what the daemon sends'
complete -c companionctl -n '__fish_seen_subcommand_from call' -l timeout -x -d 'Give up after this many seconds'
complete -c companionctl -n '__fish_seen_subcommand_from config' -a 'show check reload'
complete -c companionctl -n '__fish_seen_subcommand_from check' -F
complete -c companionctl -n '__fish_seen_subcommand_from log' -a 'trace debug info notice warning error fault'
complete -c companionctl -n '__fish_seen_subcommand_from stop' -l grace -x -d 'Seconds that running calls may go on'
