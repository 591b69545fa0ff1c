# fish completion for companiond

complete -c companiond -f
complete -c companiond -l config -r -F -d 'Read only this file'
complete -c companiond -l socket -r -F -d 'Listen here'
complete -c companiond -l data -x -a '(__fish_complete_directories)' -d 'Keep data here'
complete -c companiond -l system -d 'Serve several owners by uid'
complete -c companiond -l log-level -x -a 'trace debug info notice warning error fault' -d 'How much to log'
complete -c companiond -l idle-exit -x -d 'End after this many seconds without work'
complete -c companiond -l check-config -d 'Read the configuration and end'
complete -c companiond -l check-backup -r -F -d 'Read a backup and end'
complete -c companiond -l version -d 'Print the version'
complete -c companiond -l help -d 'Print a summary'
